"""What can be wrong with a statement, in the words of those who correct it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gonghui.core.errors import N_, Place, Refusal, masked_numbers

Severity = Literal["error", "warning"]

_EXPORT_AGAIN = N_("Export the statement from the bank's website again and do not edit it.")

SENTENCES: dict[str, tuple[str, str]] = {
    # whole files
    "heading_missing": (
        N_("No row holds the headings of a bank statement."),
        N_("Send the file as the bank exported it, or have a mapping made for this bank."),
    ),
    "columns_missing": (
        N_("The statement has no column for: {value}."),
        N_("Export it with all columns, or have a mapping made for this bank."),
    ),
    "several_sheets": (
        N_("Several sheets hold a statement: {value}."),
        N_("Send one file for each account."),
    ),
    "heading_twice": (
        N_("Two columns have the heading “{value}”."),
        _EXPORT_AGAIN,
    ),
    "mapping_unknown": (
        N_("There is no mapping of this name; there are {value}."),
        N_("Name one of them, or leave the choice to the headings."),
    ),
    "mapping_broken": (
        N_("The mapping cannot be used: {value}."),
        N_("Compare it with the mappings in the adapter's folder."),
    ),
    "no_lines": (
        N_("The statement holds no payment."),
        N_("Choose the days on the bank's website and export it again."),
    ),
    # cells
    "day_missing": (N_("The day of the payment is missing."), _EXPORT_AGAIN),
    "day_malformed": (
        N_("“{value}” is no date that can be read in one way only."),
        N_("Write it like 2026-03-02."),
    ),
    "day_in_future": (
        N_("The day {value} has not come yet."),
        N_("Check the date and the clock of this machine."),
    ),
    "time_malformed": (N_("“{value}” is no time of day."), N_("Write it like 09:30:00.")),
    "amount_malformed": (
        N_("“{value}” is no amount."),
        N_("Write it like 1,234.50, with at most two decimals."),
    ),
    "amount_missing": (
        N_("The row has neither money in nor money out."),
        _EXPORT_AGAIN,
    ),
    "amount_on_both_sides": (
        N_("The row has both money in and money out."),
        _EXPORT_AGAIN,
    ),
    "amount_zero": (N_("The amount is zero; the row was passed over."), ""),
    "direction_unknown": (
        N_("“{value}” does not say whether money came in or went out."),
        N_("Add the word to the bank's mapping."),
    ),
    "currency_other": (
        N_("The row is in another currency ({value})."),
        N_("Send the statement of the yuan account only."),
    ),
    "serial_missing": (N_("The bank's serial number is missing."), _EXPORT_AGAIN),
    "digits_lost": (
        N_("Excel has turned this long number into {value}; its last digits are lost."),
        N_("Export the statement again and send it without saving it in Excel."),
    ),
    "text_too_long": (N_("The text is longer than any bank writes."), _EXPORT_AGAIN),
    "row_unknown": (
        N_("This row is neither a payment nor a total."),
        N_("Delete remarks of your own below the payments, or have the mapping completed."),
    ),
    # the whole
    "serial_twice": (
        N_("The serial number {value} stands in row {other} too."),
        N_("Remove the row that was copied, or export the statement again."),
    ),
    "balance_differs": (
        N_("By the row before, the balance should be {expected}; it says {value}."),
        N_("A row is missing, changed or out of order here: export the statement again."),
    ),
    "opening_differs": (
        N_("The opening balance should be {expected} by the first row; it says {value}."),
        _EXPORT_AGAIN,
    ),
    "closing_differs": (
        N_("The closing balance should be {expected} by the last row; it says {value}."),
        _EXPORT_AGAIN,
    ),
    "total_differs": (
        N_("The rows add up to {expected}; the statement's own total says {value}."),
        N_("Rows are missing or changed: export the statement again."),
    ),
    "count_differs": (
        N_("There are {expected} rows; the statement's own count says {value}."),
        N_("Rows are missing or were added: export the statement again."),
    ),
    "formula": (
        N_("A formula computes this cell; no bank exports formulas."),
        N_("Compare the row with the bank's website."),
    ),
    "hidden_rows": (
        N_("Some rows are hidden ({value}); they were read like the others."),
        N_("Look at them before you book the statement."),
    ),
}


class StatementRefused(Refusal):
    """A file that is no statement, or none that can be read."""

    def __init__(self, code: str, file: str, *, row: int = 0, value: object = "") -> None:
        what, todo = SENTENCES[code]
        super().__init__(what, todo, place=Place(file, row), value=value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in one row; rows count from 1 as a spreadsheet's, 0 is the whole."""

    row: int
    code: str
    field: str = ""
    value: str = ""
    expected: str = ""
    other: int = 0
    severity: Severity = "error"

    def refusal(self, file: str) -> Refusal:
        """The same in words. Of long numbers only the ends are shown."""
        what, todo = SENTENCES[self.code]
        return Refusal(
            what,
            todo,
            place=Place(file, self.row),
            field=self.field,
            value=masked_numbers(self.value),
            expected=self.expected,
            other=self.other,
        )
