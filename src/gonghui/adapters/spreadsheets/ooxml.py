"""xlsx: error values, formulas, hidden rows and columns, which calamine leaves out.

A sheet is large and most have none of these, so a quick search comes before the patterns. Cells
without an address (which no spreadsheet program writes) are not found.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree

from gonghui.adapters.spreadsheets.errors import Judged
from gonghui.adapters.spreadsheets.untold import Untold

_CHUNK = 1 << 20
_OVERLAP = 64
_ROOT = re.compile(rb"<((?:\w+:)?)worksheet\b")
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)")

_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})([1-9][0-9]{0,6})["']""")
_ERROR_CELL = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*?\bt=["']e["'][^>]*)>(?:[^<]|<(?!/?(?:\w+:)?[cv]\b))*"""
    rb"""(?:<(?:\w+:)?v>([^<]*))?"""
)
_FORMULA_CELL = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\b[^>]*>([^<]*))?"""
)
_TEXT_RESULT = re.compile(rb"""\bt=["']str["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s([^>]*\bhidden=["'](?:1|true)["'][^>]*)>""")
_ROW_NUMBER = re.compile(rb"""\br=["']([1-9][0-9]{0,6})["']""")
_COLUMNS = re.compile(rb"""<(?:\w+:)?col\s([^>]*\bhidden=["'](?:1|true)["'][^>]*)>""")
_BOUND = re.compile(rb"""\b(min|max)=["']([1-9][0-9]{0,4})["']""")


def refuse_declarations(workbook: zipfile.ZipFile) -> None:
    """No office program declares a document type: entities are for bombs."""
    for part in workbook.infolist():
        if part.filename.endswith((".xml", ".rels")):
            with workbook.open(part) as stream:
                if _DECLARED.search(stream.read(4096)):
                    raise Judged("document_type")


def sheet_parts(workbook: zipfile.ZipFile) -> tuple[list[str], bool]:
    """The parts that hold the sheets, in the workbook's order; whether days count from 1904."""
    root = ElementTree.fromstring(workbook.read("xl/workbook.xml"))
    links = ElementTree.fromstring(workbook.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    parts, from_1904 = [], False
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            from_1904 = element.get("date1904") in ("1", "true")
        elif tag == "sheet":
            link = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            target = targets.get(link, "")
            parts.append(posixpath.normpath(posixpath.join("/xl", target)).removeprefix("/"))
    return parts, from_1904


def untold_of(data: bytes, part: str) -> Untold:
    """What calamine does not tell of one sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as workbook:
        found = _searched(workbook, part)
        sheet = workbook.read(part) if found else b""
    untold = Untold()
    if "errors" in found:
        for match in _ERROR_CELL.finditer(sheet):
            if at := _address(match[1]):
                untold.errors[at] = (match[2] or b"#VALUE!").decode("utf-8", "replace")[:20]
    if "formulas" in found:
        for match in _FORMULA_CELL.finditer(sheet):
            attributes, formula, value = match.groups()
            if at := _address(attributes):
                untold.formulas.add(at)
                if not value and at not in untold.errors and not _TEXT_RESULT.search(attributes):
                    untold.errors[at] = "=" + (formula or b"").decode("utf-8", "replace")[:99]
    if "hidden" in found:
        for match in _ROW.finditer(sheet):
            if number := _ROW_NUMBER.search(match[1]):
                untold.hidden_rows.add(int(number[1]) - 1)
        for match in _COLUMNS.finditer(sheet):
            bounds = {key: int(value) for key, value in _BOUND.findall(match[1])}
            if bounds.keys() == {b"min", b"max"}:
                untold.hidden_columns |= set(range(bounds[b"min"] - 1, min(bounds[b"max"], 16384)))
    return untold


def _searched(workbook: zipfile.ZipFile, part: str) -> set[str]:
    """Which of the patterns have anything to find."""
    found: set[str] = set()
    tail = b""
    marks: dict[str, tuple[bytes, ...]] = {}
    with workbook.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            window = tail + chunk
            marks = marks or _marks(window)
            for name, some in marks.items():
                if name not in found and any(mark in window for mark in some):
                    found.add(name)
            tail = chunk[-_OVERLAP:]
    if "end" not in found:  # calamine reads a sheet that breaks off as if it ended there
        raise Judged("broken")
    return found - {"end"}


def _marks(beginning: bytes) -> dict[str, tuple[bytes, ...]]:
    """What to search for in a sheet that begins so: as few as its writer's habits allow."""
    quote = b"'" if b" xmlns='" in beginning else b'"'
    named = _ROOT.search(beginning)
    prefix = named[1] if named else b""
    return {
        "errors": (b"t=" + quote + b"e" + quote,),
        "formulas": (b"<" + prefix + b"f",),
        "hidden": (b"hidden=",),
        "end": tuple(
            one % prefix for one in (b"</%ssheetData>", b"<%ssheetData/>", b"<%ssheetData />")
        ),
    }


def _address(attributes: bytes) -> tuple[int, int] | None:
    match = _ADDRESS.search(attributes)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - 64
    return int(match[2]) - 1, column - 1
