"""Refusals of whole files, with a code by which tests and other adapters know them."""

from __future__ import annotations

from gonghui.core.errors import N_, Place, Refusal

SENTENCES: dict[str, tuple[str, str]] = {
    "missing": (N_("There is no such file."), N_("Check the path and the name.")),
    "empty": (N_("The file is empty."), N_("Save it again in Excel or WPS and send it again.")),
    "too_big": (
        N_("The file has {value} bytes, more than is taken."),
        N_("Keep the sheet with the data only, or split the file."),
    ),
    "kind": (
        N_("Files of the kind “{value}” are not read."),
        N_("Save it as xlsx in Excel or WPS and send it again."),
    ),
    "web_page": (
        N_("This is a web page that was only named like a workbook."),
        N_("Open it in Excel or WPS, save it as xlsx there and send the new file."),
    ),
    "named_wrong": (
        N_("The name says workbook, but inside is plain text."),
        N_("Open it in Excel or WPS, save it as xlsx there and send the new file."),
    ),
    "binary_workbook": (
        N_("This is a binary workbook (xlsb)."),
        N_("Save it as xlsx in Excel or WPS and send it again."),
    ),
    "other_document": (
        N_("This is no workbook but another kind of document."),
        N_("Put the list into Excel or WPS, save it as xlsx and send that file."),
    ),
    "archive": (
        N_("This is a compressed folder, not a workbook."),
        N_("Unpack it and send the workbook inside."),
    ),
    "encrypted": (
        N_("The workbook is protected by a password."),
        N_("Remove the password and send it again."),
    ),
    "broken": (
        N_("The workbook is damaged or incomplete."),
        N_("Open it in Excel or WPS, save it as a new xlsx file and send that one."),
    ),
    "parts": (
        N_("The workbook has {value} parts inside, more than allowed."),
        N_("Copy the data to a new workbook, save it as xlsx and send that one."),
    ),
    "size": (
        N_("Unpacked, the workbook has {value} bytes, more than allowed."),
        N_("Split it into several files, or save it as CSV."),
    ),
    "ratio": (
        N_("The part “{value}” is packed more tightly than any honest workbook."),
        N_("Copy the data to a new workbook, save it as xlsx and send that one."),
    ),
    "macro": (
        N_("The workbook holds macros ({value})."),
        N_("Copy the data to a new workbook, save it as xlsx and send that one."),
    ),
    "external_link": (
        N_("The workbook takes values from other files ({value})."),
        N_("Copy the data, paste them as values into a new workbook and send that one."),
    ),
    "part_unknown": (
        N_("The workbook holds something that belongs in no workbook ({value})."),
        N_("Copy the data to a new workbook, save it as xlsx and send that one."),
    ),
    "document_type": (
        N_("The workbook holds instructions that no spreadsheet program writes."),
        N_("Copy the data to a new workbook, save it as xlsx and send that one."),
    ),
    "no_sheet": (
        N_("The workbook has no sheet with cells."),
        N_("Put the list into a sheet and send the workbook again."),
    ),
    "too_large": (
        N_("Reading the file took more memory or time than allowed ({value})."),
        N_("Delete empty rows and columns around the data, or copy the data to a new workbook."),
    ),
    "sixteen_bits": (
        N_("The text is in UTF-16 (“Unicode text” of Excel)."),
        N_("Save it as xlsx, or as “CSV UTF-8 (comma delimited)”, and send it again."),
    ),
    "binary": (
        N_("The file holds characters that are no text; it may have been damaged on its way."),
        N_("Save it as xlsx in Excel or WPS and send it again."),
    ),
    "encoding": (
        N_("The text of this line is neither UTF-8 nor GB18030."),
        N_("Open it in Excel or WPS, look whether all names are right, and save it as xlsx."),
    ),
    "mixed_encodings": (
        N_("Some lines are written in UTF-8 and others in GB18030; this line is one of them."),
        N_("Put the lists together in Excel or WPS, not by copying files, and save as xlsx."),
    ),
    "quotes": (
        N_("From this line on the quotes do not pair; later rows cannot be told apart."),
        N_("Correct the quotes of this line, or save it as xlsx, and send the whole file again."),
    ),
}


class SpreadsheetRefused(Refusal):
    """A file that cannot be read at all."""

    def __init__(self, code: str, file: str, *, row: int = 0, value: object = "") -> None:
        what, todo = SENTENCES[code]
        super().__init__(what, todo, place=Place(file, row), value=value)
        self.code = code


class Judged(Exception):
    """The same inside the child, which knows no file's name and sends the code to its parent."""

    def __init__(self, code: str, *, row: int = 0, value: object = "") -> None:
        super().__init__(code)
        self.code, self.row, self.value = code, row, value
