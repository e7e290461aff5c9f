"""What can be wrong with a row of a list of applications, beside what is asked of rosters."""

from __future__ import annotations

from gonghui.core.errors import N_
from gonghui.programmes.mutualaid.claims.statements import FAULTS
from gonghui.programmes.mutualaid.rosters.findings import learn

ERRORS: dict[str, tuple[str, str]] = {
    **FAULTS,
    "code_unknown": (
        N_("“{value}” is not among the words expected here."),
        N_("Choose one from the template's list."),
    ),
    "day_unreadable": (
        N_("The date cannot be read."),
        N_("Write it like 2022-01-31."),
    ),
    "settlement_repeated": (
        N_("The same settlement stands in rows {rows}."),
        N_("Apply for each settlement once; delete the other rows."),
    ),
    "settlement_ruined": (
        N_("The spreadsheet has turned the settlement's number into a power of ten."),
        N_("Format the column as text and type the number again; its last digits are lost."),
    ),
    "invoice_repeated": (
        N_("The same invoice stands in rows {rows}."),
        N_("Apply with each invoice once; delete the other rows."),
    ),
    "invoice_malformed": (
        N_("Code and number name no electronic invoice."),
        N_("Enter 票据代码 and 票据号码 as the invoice prints them, both of them."),
    ),
    "invoice_used": (
        N_("An application with this invoice is there already."),
        N_("Compare code and number with the invoice; an invoice counts once."),
    ),
    "invoice_reversed": (
        N_("The hospital has reversed this invoice (冲红)."),
        N_("Ask the worker for the invoice that took its place."),
    ),
    "already_applied": (
        N_("An application for this settlement is there already."),
        N_("Delete the row; ask the office how far the application is."),
    ),
    "already_decided": (
        N_("This settlement has been applied for and decided."),
        N_("Delete the row; whoever disagrees with the decision asks for 复核."),
    ),
    "settlement_elsewhere": (
        N_("This settlement belongs to somebody else."),
        N_("Compare the settlement's number and the person with the statement."),
    ),
    "not_taking_part": (
        N_("On the day that counts this person did not take part through your units."),
        N_("Compare number and date; ask the office if the person came from another unit."),
    ),
    "row_empty": (
        N_("Neither a settlement's number nor amounts are stated."),
        N_("Enter 结算编号, or the amounts of the statement."),
    ),
}
"""These keep the list from being booked."""

WARNINGS: dict[str, tuple[str, str]] = {
    "days_serial": (
        N_("The date stood there as a day number and was read as {value}."),
        N_("Format the column as a date."),
    ),
    "same_stay": (
        N_("The rows {rows} are of one stay of one person."),
        N_("Check that the hospital settled it in several parts; the reviewer sees them together."),
    ),
    "invoice_unstated": (
        N_("No electronic invoice is stated."),
        N_("Nothing to do, where the hospital gave none; otherwise add code and number."),
    ),
}
"""These are looked at; the row can be booked."""

learn(ERRORS, WARNINGS)
