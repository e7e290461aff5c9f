"""Applications at the same moment: invoice and settlement count once, a case is granted once."""

import pytest

from gonghui.core.errors import Refusal
from tests.programmes.mutualaid.claiming import ON, window
from tests.proofs.test_cases import apart

__all__ = ["window"]  # a fixture


def answers_of(*work):
    """What each came to, in their order; the words of a refusal."""
    answers = [None] * len(work)

    def kept(at):
        def run():
            try:
                answers[at] = work[at]()
            except Refusal as refusal:
                answers[at] = refusal.what

        return run

    assert apart(*map(kept, range(len(work)))) == (True,) * len(work)
    return answers


@pytest.mark.parametrize("held", [True, False], ids=["held", "control"])
def test_two_windows_at_once_claim_one_settlement_and_one_invoice_once(window, held):
    from gonghui.programmes.mutualaid.claims.invoices import invoice_of
    from gonghui.programmes.mutualaid.services.claims import apply

    bill = invoice_of("41060122", "0012345678")
    for worker in window.workers[:2]:
        window.agreed("claim_health_data", worker)
    if not held:
        superuser = window.connect("superuser", autocommit=True)
        superuser.execute("drop index claim_live_once; drop index claiminvoice_once")
    clerks = window.house.clerk, window.house.second_clerk

    # One settlement and its invoice, brought to both windows.
    def bring(clerk):
        asked = window.asked(invoices=(bill,))
        return lambda: apply(clerk, asked, how="window", on=ON).new

    answers = answers_of(*map(bring, clerks))
    claims = window.rows("select count(*) from mutualaid_claim where live")
    if held:
        assert sorted(map(str, answers)) == [
            "An application for this settlement is there already.",
            "True",
        ]
        assert claims == [(1,)]
    else:
        assert claims == [(2,)]


def test_two_who_accept_the_same_cases_in_opposite_orders_grant_each_once(window):
    from gonghui.verbs.cases.services.moving import accept_many

    brought = window.bring(*(window.asked(f"S{one}", one) for one in window.workers))
    window.confirmed(*brought)
    cases = [one.case_id for one in brought]

    def accept(actor, order):
        return [one.outcome for one in accept_many(actor, [(case, None) for case in order], on=ON)]

    window.agreed("told_by_sms")
    first, second = answers_of(
        lambda: accept(window.house.head, cases),
        lambda: accept(window.house.second_clerk, cases[::-1]),
    )
    both = zip(first, second[::-1], strict=True)
    assert all(sorted(pair) == ["done", "state"] for pair in both), (first, second)
    assert window.rows("select count(*), sum(fen) from mutualaid_due") == [(8, 8 * 300_000)]
    assert window.rows("select count(*) from messages_message") == [(1,)]
