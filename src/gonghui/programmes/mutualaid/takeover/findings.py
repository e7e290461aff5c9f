"""What can be wrong with a take-over beyond its list of people: codes, and what clerks are told."""

from __future__ import annotations

from dataclasses import dataclass

from gonghui.core.errors import N_
from gonghui.programmes.mutualaid.rosters.findings import Finding, Level, Translate

ERRORS: dict[str, tuple[str, str]] = {
    "no_people_sheet": (
        N_("No sheet lists the people who take part."),
        N_("Add a sheet with 姓名 and 证件号码, as in the template."),
    ),
    "sheet_twice": (
        N_("Two sheets hold the same kind of list: {value}."),
        N_("Put both into one sheet, or delete the older one."),
    ),
    "no_balances_sheet": (
        N_("No sheet states the opening balances."),
        N_("Add a sheet with 科目, 借方余额 and 贷方余额, as in the template."),
    ),
    "unit_no_code": (
        N_("The unit has no code or no name."),
        N_("Enter both; the code is what other sheets name the unit by."),
    ),
    "unit_twice": (
        N_("The unit's code {value} stands here a second time."),
        N_("Delete the row, or give the unit a code of its own."),
    ),
    "unit_kind_unknown": (
        N_("“{value}” is no level of unions."),
        N_("Write one of 县（市、区）总工会, 产业工会, 集团工会, 基层工会, 分工会."),
    ),
    "unit_parent_unknown": (
        N_("There is no union with the code {value} above it."),
        N_("Add the row of the union above, or correct the code."),
    ),
    "unit_differs": (
        N_("The unit {value} is known here under another name."),
        N_("Correct the name or the code; renaming is a step of its own."),
    ),
    "number_unreadable": (
        N_("“{value}” is no whole number."),
        N_("Enter a whole number of 0 or more."),
    ),
    "amount_unreadable": (
        N_("The amount cannot be read."),
        N_("Enter yuan in figures, such as 80 or 80.00."),
    ),
    "payout_no_person": (
        N_("The person of this payout is not in the list of people."),
        N_("Compare the document number with the list; add the person if she takes part."),
    ),
    "payout_other_name": (
        N_("Under this number the list of people has another name."),
        N_("Compare both rows with the payment voucher."),
    ),
    "payout_no_day": (
        N_("The day of the payout cannot be read."),
        N_("Write it like 2022-03-25."),
    ),
    "payout_outside": (
        N_("The payout of {value} lies outside {first} to {last}."),
        N_("Only payouts of this period until the day of the take-over belong here."),
    ),
    "payout_nothing": (
        N_("A payout is above zero."),
        N_("Enter the yuan that were paid; a payout taken back is left out with its repayment."),
    ),
    "payout_twice": (
        N_("The same payout stands in row {value}."),
        N_("Delete one of them, or add what tells them apart to the column 结算编号."),
    ),
    "counts_unclear": (
        N_("“{value}” does not say whether the payout used up a turn."),
        N_("Write 是 or 否."),
    ),
    "uses_differ": (
        N_("The list says {value} uses, the payouts show {found}."),
        N_("Find the payout that is missing or too many."),
    ),
    "paid_differs": (
        N_("The list says {value} yuan were paid, the payouts add up to {found}."),
        N_("Find the payout that is missing, too many or mistyped."),
    ),
    "account_unknown": (
        N_("There is no account “{value}”."),
        N_("Use the names or codes of the fund's accounts: {known}."),
    ),
    "account_twice": (
        N_("The account “{value}” stands here a second time."),
        N_("State each account once."),
    ),
    "account_both_sides": (
        N_("The account “{value}” has a debit and a credit."),
        N_("State the balance on one side."),
    ),
    "balances_uneven": (
        N_("Debits add up to {debit} yuan, credits to {credit}; they differ by {value}."),
        N_("The trial balance of the old books has the right figures."),
    ),
    "benefits_differ": (
        N_("The accounts say {value} yuan of 互助保障金, the payouts add up to {found}."),
        N_("Find the payout that is missing in the list or in the books."),
    ),
}
"""These keep the take-over from being entered."""

WARNINGS: dict[str, tuple[str, str]] = {
    "sheet_unread": (
        N_("The sheet “{value}” was not read."),
        N_("Nothing to do, if nothing of the take-over stands there."),
    ),
}


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing about one row of a sheet; ``row`` 0: the whole sheet. Of people's rows it is the
    roster's own finding."""

    sheet: str
    row: int
    code: str
    values: tuple[tuple[str, object], ...] = ()
    finding: Finding | None = None

    @property
    def level(self) -> Level:
        if self.finding is not None:
            return self.finding.level
        return "error" if self.code in ERRORS else "warning"

    def words(self, translate: Translate) -> tuple[str, str]:
        """What is wrong, and what to do."""
        if self.finding is not None:
            return self.finding.words(translate)
        what, todo = (ERRORS | WARNINGS)[self.code]
        values = dict(self.values)
        return translate(what).format(**values), translate(todo).format(**values)
