"""Refusals of whole rosters: nothing in them can be told apart, so nothing is previewed."""

from __future__ import annotations

from gonghui.core.errors import N_, Place, Refusal

SENTENCES: dict[str, tuple[str, str]] = {
    "no_cells": (
        N_("There is nothing in the file."),
        N_("Fill the template and send it."),
    ),
    "no_heading": (
        N_("No row has the headings of a roster; seen were: {value}."),
        N_("Put headings above the list as in the template: at least 姓名 and 证件号码."),
    ),
    "starts_with_people": (
        N_("The list has no headings; it begins with people at once."),
        N_("Put headings above the list as in the template: at least 姓名 and 证件号码."),
    ),
    "no_name": (
        N_("There is no column for names; seen were: {value}."),
        N_("Add a column headed 姓名."),
    ),
    "no_document_number": (
        N_("There is no column for document numbers; seen were: {value}."),
        N_("Add a column headed 证件号码 with everybody's identity number."),
    ),
    "heading_twice": (
        N_("Two columns could be “{value}”: {columns}."),
        N_("Keep the right one and delete the other."),
    ),
    "several_lists": (
        N_("Several sheets hold lists of people: {value}."),
        N_("Put all people into one sheet, or send one file for each."),
    ),
    "no_people": (
        N_("Under the headings there is nobody."),
        N_("Fill in the people below the headings and send the file again."),
    ),
    "no_unit_column": (
        N_("You enrol for several units, but no column says who belongs to which."),
        N_("Add a column 单位名称 or 统一社会信用代码, or send one file for each unit."),
    ),
}


class RosterRefused(Refusal):
    """A roster that cannot be previewed at all."""

    def __init__(self, code: str, file: str, *, row: int = 0, **values: str) -> None:
        what, todo = SENTENCES[code]
        super().__init__(what, todo, place=Place(file, row))
        self.values = dict(values)
        self.code = code
