"""What the database refuses, in the words of whoever posted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction

from gonghui.core.errors import N_, Refusal

_FOLLOW = (
    N_("A period starts where the last one of its fund ends."),
    N_("Give it the day on which the last one ends."),
)

_WORDS: dict[str, tuple[str, str]] = {
    "ledger_period_open": (
        N_("No open period of this fund holds that day."),
        N_("Book it on a day of an open period and say what it refers to, or open the period."),
    ),
    "ledger_periods_follow": _FOLLOW,
    "ledger_period_one_at_a_time": _FOLLOW,  # somebody opened one at the same moment
    "ledger_period_in_order": (
        N_("The period ends before it starts."),
        N_("Give a first day and, after it, the day on which the next period starts."),
    ),
    "ledger_fen_balance": (
        N_("Debits and credits of the journal differ."),
        N_("Let both sides come to the same sum."),
    ),
    "ledger_items_balance": (
        N_("More goods come than go in the journal, or fewer."),
        N_("Let every quantity leave one account and reach another."),
    ),
    "ledger_two_lines": (
        N_("A journal has two lines or more."),
        N_("Say where it comes from and where it goes."),
    ),
    "ledger_line_money_or_goods": (
        N_("A line moves nothing, or a quantity of no item."),
        N_("Give an amount, or an item and its quantity."),
    ),
    "ledger_line_of_its_journal": (
        N_("A line is of another fund or another day than its journal."),
        N_("Money moves between funds by one journal in each."),
    ),
    "ledger_journal_complete": (
        N_("The journal is complete; nothing can be added to it."),
        N_("Post a new one, or reverse it."),
    ),
    "ledger_journal_source_once": (
        N_("This has been posted before."),
        N_("Look for the journal of the same source; reverse it if it is wrong."),
    ),
    "treasury_journal_reverses_id_key": (
        N_("The journal has been reversed before."),
        N_("Nothing is to be done."),
    ),
    "ledger_reversal_mirrors": (
        N_("A reversal takes back a journal of its fund line by line."),
        N_("Reverse the whole journal and post what is right anew."),
    ),
    "ledger_stock_not_negative": (
        N_("There are not so many goods in the store."),
        N_("Count the store, and post what came in first."),
    ),
    "ledger_fund_floor": (
        N_("The fund would fall below its floor."),
        N_("Wait for money, or have the floor lowered by those who set it."),
    ),
    "payout_another": (
        N_("Whoever drafted, checked or approved this batch cannot take this step, too."),
        N_("Let somebody else do it; two accounts of one person are one person."),
    ),
    "payout_step": (
        N_("The batch is not where this step begins."),
        N_("Look at its state: `gonghui payout list`."),
    ),
    "payout_floor": (
        N_("With this batch the fund would fall below its floor."),
        N_("Wait for money, or cancel the batch and draft a smaller one."),
    ),
    "payout_source_once": (
        N_("One of these stands in another batch already."),
        N_("Look at the open batches; draft what is left."),
    ),
    "payout_again_said": (
        N_("One of these was paid and came back."),
        N_("Find out why, then issue it anew: `gonghui payout reissue`."),
    ),
    "payout_owed": (
        N_("Only what the fund owes is paid out."),
        N_("Name an account of what is owed."),
    ),
    "payout_frozen": (
        N_("A batch and its lines do not change."),
        N_("Cancel it before it is sealed, and draft another."),
    ),
    "payout_sealed_whole": (
        N_("The file is not of the lines of this batch."),
        N_("Seal it again."),
    ),
    "payout_never_twice": (
        N_("This batch has been handed over already, or may have been."),
        N_("Ask the bank what became of it; it is never sent a second time."),
    ),
    "payout_held": (
        N_("The database was restored from a backup; what was paid after it, it does not know."),
        N_("Compare with the bank, mark what was paid, then lift the hold: gonghui payout holds"),
    ),
    "payout_hold_by_two": (
        N_("Nobody has compared with the bank yet, or you did yourself."),
        N_("One says what was compared, another lifts the hold."),
    ),
    "payout_message_differs": (
        N_("Another message of the bank has this number and says something else."),
        N_("Ask the bank which one counts; nothing was counted."),
    ),
    "payout_paid_posted": (
        N_("A payment is paid only together with its journal."),
        N_("Take the bank's answer again."),
    ),
    "payout_source_fits": (
        N_("A payment does not fit what it says it pays, or that is no longer open."),
        N_("Draft it again from what is owed now."),
    ),
    "payout_row_held": (
        N_("This row of the bank is not held, or no reason was given."),
        N_("`gonghui payout list --held` shows the rows."),
    ),
    "ledger_close_in_order": (
        N_("An earlier period of this fund is still open."),
        N_("Close the earlier one first."),
    ),
    "ledger_closing_by_two": (
        N_("Whoever proposed the closing cannot confirm it."),
        N_("Let somebody else compare the trial balance with the bank and confirm."),
    ),
    "ledger_closing_moved": (
        N_("Something was posted after the closing was proposed."),
        N_("Propose it again, on the new figures."),
    ),
    "ledger_fund_code": (
        N_("The fund's code cannot be used."),
        N_("Write up to 40 lower-case letters, digits and hyphens, a letter first."),
    ),
    "treasury_fund_code_key": (
        N_("There is a fund of this code."),
        N_("Choose another code."),
    ),
    "ledger_account_key_once": (
        N_("The fund has an account of this key."),
        N_("Choose another key."),
    ),
    "ledger_account_code_once": (
        N_("The fund has an account of this code."),
        N_("Choose another code."),
    ),
    "ledger_item_code": (
        N_("The item's code cannot be used."),
        N_("Write 2 to 22 capital letters, digits and hyphens, a letter first; not CNY."),
    ),
    "treasury_item_code_key": (
        N_("There is an item of this code."),
        N_("Choose another code."),
    ),
}
"""By the constraint that refuses."""

_INSUFFICIENT_PRIVILEGE = "42501"


@contextmanager
def in_words() -> Iterator[None]:
    """What PostgreSQL refuses inside becomes a refusal; the transaction around it can go on."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        known = _WORDS.get(getattr(diagnosis, "constraint_name", None) or "")
        if known:
            raise Refusal(*known) from error
        if getattr(error.__cause__, "sqlstate", "") == _INSUFFICIENT_PRIVILEGE:
            raise Refusal(
                N_("This fund or this union lies outside of where you act."),
                N_("Ask the union that keeps the fund."),
            ) from error
        raise


def not_sealed() -> Refusal:
    """There is no file yet."""
    return Refusal(N_("The batch is not sealed yet."), N_("Seal it first."))
