"""What can be wrong with a roster, cell by cell: codes, and what clerks are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from gonghui.core.errors import N_
from gonghui.ground.directory.identity import REMARKS, Problem

Level = Literal["error", "warning"]
Translate = Callable[[str], str]

_DOCUMENT = "document_"
"""Begins the codes that come from checking identity numbers; the rest is their own code."""

ERRORS: dict[str, tuple[str, str]] = {
    "cell_error": (
        N_("The cell shows {value} instead of a value."),
        N_("Type the value itself, not a formula."),
    ),
    "formula_uncomputed": (
        N_("The cell holds a formula without a result."),
        N_("Open the file in Excel or WPS and save it, or type the value itself."),
    ),
    "too_long": (
        N_("The cell holds more than {most} characters."),
        N_("Shorten it."),
    ),
    "merged": (
        N_("The cell is merged with others; whom it concerns cannot be told."),
        N_("Unmerge the cells and give every person a row and values of her own."),
    ),
    "cells_shifted": (
        N_("The row has more cells than the heading: values may stand in wrong columns."),
        N_("Look for a comma inside a cell; or save the list as xlsx."),
    ),
    "name_missing": (
        N_("The name is missing."),
        N_("Enter it as the document shows it."),
    ),
    "name_characters": (
        N_("The name holds digits or signs that no name has."),
        N_("Type it again; ask for the character if the computer does not show it."),
    ),
    "name_private": (
        N_("The name holds a character that only one computer knows."),
        N_("Type it again with a present input method, for rare characters one of GB 18030."),
    ),
    "name_long": (
        N_("The name has more than {most} characters."),
        N_("Enter only the name; remarks belong into their own column."),
    ),
    "document_is_date": (
        N_("Instead of a number the cell holds a date."),
        N_("Format the column as text and type the number again from the document."),
    ),
    "document_kind_unknown": (
        N_("The kind of document “{value}” is unknown."),
        N_("Choose one of the kinds in the template."),
    ),
    "born_differs": (
        N_("The date of birth contradicts the identity number."),
        N_("Check whether the number belongs to this person; rows may have slipped."),
    ),
    "sex_differs": (
        N_("The sex contradicts the identity number."),
        N_("Check whether the number belongs to this person; rows may have slipped."),
    ),
    "born_unreadable": (
        N_("The date of birth cannot be read."),
        N_("Write it like 1990-01-31."),
    ),
    "born_future": (
        N_("The date of birth lies ahead."),
        N_("Check the date of birth."),
    ),
    "too_young": (
        N_("The person would be {age} years old; a worker is at least {least}."),
        N_("Check the number; perhaps it is a child's."),
    ),
    "too_old": (
        N_("The person would be {age} years old."),
        N_("Check the number and the date of birth."),
    ),
    "duplicate": (
        N_("The same document number stands in rows {rows}, with other particulars."),
        N_("Keep the right row and delete the others, or correct the wrong number."),
    ),
    "shares_unreadable": (
        N_("The number of shares is no whole number."),
        N_("Enter a whole number, without words."),
    ),
    "shares_out_of_range": (
        N_("{value} shares are not possible; from {least} to {most} are."),
        N_("Correct the number of shares."),
    ),
    "amount_unreadable": (
        N_("The amount cannot be read."),
        N_("Enter yuan in figures, such as 80 or 80.00."),
    ),
    "amount_out_of_range": (
        N_("The amount is below zero or beyond all measure."),
        N_("Correct the amount."),
    ),
    "card_ruined": (
        N_("The spreadsheet has turned the card number into a power of ten."),
        N_("Format the column as text and type the number again; its last digits are lost."),
    ),
    "unit_missing": (
        N_("The unit is missing."),
        N_("Enter the unit's name or its unified social credit code."),
    ),
    "unit_unknown": (
        N_("The unit “{value}” is not among the units you enrol for."),
        N_("Compare name and code with the list of units; new units are registered first."),
    ),
    "unit_ambiguous": (
        N_("Several units are called “{value}”."),
        N_("Add the unit's unified social credit code."),
    ),
    "unit_code_wrong": (
        N_("The unified social credit code is mistyped: its check character does not fit."),
        N_("Compare it with the unit's certificate, character by character."),
    ),
    "unit_code_differs": (
        N_("Name and code belong to two different units."),
        N_("Correct the name or the code."),
    ),
    # Found in the house, not in the file. Of other units no more is told than this.
    "covered_elsewhere": (
        N_("This person already takes part through another unit."),
        N_("Delete the row, or ask the mutual-aid office for a transfer."),
    ),
    "covered_in_other_unit": (
        N_("This person already takes part through another of your units."),
        N_("Delete the row, or transfer the person."),
    ),
    "number_replaced": (
        N_("This document number was replaced by a newer one."),
        N_("Enter the number that is valid now."),
    ),
    "name_differs": (
        N_("Under this number we know another name."),
        N_("Compare both with the document; if the name changed, have it corrected first."),
    ),
    "ask_office": (
        N_("This row has to be looked at by the mutual-aid office."),
        N_("Send the office a copy of the person's document."),
    ),
}
"""These keep a row, and with it the file, from being booked."""

WARNINGS: dict[str, tuple[str, str]] = {
    "name_garbled": (
        N_("The name looks garbled: its characters were read in a wrong encoding."),
        N_("Type the name again, or send the file as it was before it was converted."),
    ),
    "enrolled": (
        N_("This person already takes part through this unit."),
        N_("Nothing to do; the row is not booked again."),
    ),
    "name_short": (
        N_("The name has a single character."),
        N_("Check whether a part is missing."),
    ),
    "name_signs": (
        N_("The name holds brackets or several names."),
        N_("Enter the name of one person as the document shows it; remarks in their own column."),
    ),
    "name_rewritten": (
        N_("A character of an old computer was replaced by the one Unicode has for it."),
        N_("Compare the name with the document."),
    ),
    "hidden_characters": (
        N_("The cell held characters nobody sees; they were taken away."),
        N_("Nothing to do, if the value is right."),
    ),
    "full_width": (
        N_("Full-width digits or letters were read as half-width ones."),
        N_("Nothing to do, if the value is right."),
    ),
    "spaces_inside": (
        N_("Spaces or dashes inside the number were taken away."),
        N_("Nothing to do, if the number is right."),
    ),
    "document_kind_differs": (
        N_("By its number the document is of another kind than stated."),
        N_("Check the kind of document; the number's own kind was taken."),
    ),
    "born_month_only": (
        N_("The date of birth has no day."),
        N_("Write it like 1990-01-31; the identity number's date was taken if it has one."),
    ),
    "born_unclear": (
        N_("The date of birth cannot be read; the identity number's was taken."),
        N_("Write it like 1990-01-31."),
    ),
    "born_serial": (
        N_("The date of birth stood there as a day number and was read as {value}."),
        N_("Format the column as a date."),
    ),
    "sex_unknown": (
        N_("“{value}” is no sex."),
        N_("Write 男 or 女; the identity number's was taken if it tells one."),
    ),
    "ethnicity_unknown": (
        N_("“{value}” is none of the 56 ethnic groups."),
        N_("Choose one from the template's list."),
    ),
    "phone_wrong": (
        N_("The phone number is neither a mobile number of 11 digits nor a landline."),
        N_("Check it; without a right number the worker gets no messages."),
    ),
    "staff_number_secret": (
        N_("The staff number is an identity, phone or card number; it was not taken."),
        N_("Enter the number the unit itself gives, or leave the cell empty."),
    ),
    "word_unknown": (
        N_("“{value}” is not among the words expected here."),
        N_("Choose one from the template's list."),
    ),
    "renewal_unknown": (
        N_("“{value}” is neither the first time nor a renewal."),
        N_("Choose one from the template's list; the records decide in the end."),
    ),
    "amount_differs": (
        N_("Own and unit's contribution are {value} yuan together; {expected} are due."),
        N_("Check the amounts and the number of shares."),
    ),
    "card_check": (
        N_("The card number does not fit its check digit."),
        N_("Compare it with the card, digit by digit."),
    ),
    "card_shared": (
        N_("The same card number stands in rows {rows}."),
        N_("Everybody needs a card of her own; check the number."),
    ),
    "row_hidden": (
        N_("The row is hidden in the file, yet it is read."),
        N_("Delete the row if the person does not take part."),
    ),
    "formula_result": (
        N_("A formula computed this value."),
        N_("Check it, and paste it as a value."),
    ),
}
"""These are looked at; the row can be booked."""

NOTICES: dict[str, tuple[str, str]] = {
    "columns_ignored": (
        N_("Not read, as the scheme does not need them: columns {value}."),
        N_("Nothing to do; next time these columns may be left out."),
    ),
    "columns_unheaded": (
        N_("Columns without a heading were not read: {value}."),
        N_("Give them a heading if they matter."),
    ),
    "column_repeated": (
        N_("Two columns mean the same; “{value}” was not read."),
        N_("Check that the right one was read."),
    ),
    "columns_hidden": (
        N_("Hidden columns were read, too: {value}."),
        N_("Check what stands in them."),
    ),
    "sheets_ignored": (
        N_("Other sheets were not read: {value}."),
        N_("Put all people into one sheet if there are some in the others."),
    ),
    "totals_differ": (
        N_("The totals in row {row} say {value} in column “{column}”; the rows add up to {sum}."),
        N_("Check whether rows are missing or counted twice."),
    ),
}
"""Of the whole file."""

_ALL = ERRORS | WARNINGS | NOTICES
_GRAVE = set(ERRORS)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one cell. ``row`` and ``column`` count from 1, as people count; ``column`` 0:
    the field has no column; ``row`` 0: the whole file. ``values`` fill the sentences."""

    row: int
    column: int
    field: str
    code: str
    values: tuple[tuple[str, object], ...] = ()

    @property
    def level(self) -> Level:
        return level_of(self.code)

    def words(self, translate: Translate) -> tuple[str, str]:
        """What is wrong, and what to do."""
        what, todo = self._templates()
        values = dict(self.values)
        return translate(what).format(**values), translate(todo).format(**values)

    def _templates(self) -> tuple[str, str]:
        if self.code in _ALL:
            return _ALL[self.code]
        refusal = Problem(self.code.removeprefix(_DOCUMENT)).refusal()
        return refusal.what, refusal.todo


def learn(errors: Mapping[str, tuple[str, str]], warnings: Mapping[str, tuple[str, str]]) -> None:
    """What is asked about another list of people, beside what is asked about rosters."""
    _GRAVE.update(errors)
    _ALL.update({**errors, **warnings})


def level_of(code: str) -> Level:
    """Whether a code keeps its row from being booked."""
    own = code.removeprefix(_DOCUMENT)
    return "error" if code in _GRAVE or (code not in _ALL and own not in REMARKS) else "warning"


def code_of(problem: Problem) -> str:
    """The code under which a problem of an identity number is told."""
    return _DOCUMENT + problem.code
