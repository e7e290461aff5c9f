"""What a file is, by its content, and whether an honest workbook can look so.

Runs inside the child: even a directory can be a weapon. Nothing is unpacked here.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Literal

from gonghui.adapters.spreadsheets.compound import SIGNATURE, CompoundFile
from gonghui.adapters.spreadsheets.damage import damage_refused
from gonghui.adapters.spreadsheets.errors import Judged
from gonghui.adapters.spreadsheets.limits import Limits

_WORKBOOKS = ("xlsx", "xls", "xlsm", "xltx", "ods", "et")
_TEXTS = ("csv", "txt", "tsv")
_OTHERS = {"xlsb": "binary_workbook", "zip": "archive", "rar": "archive", "7z": "archive"}

_OOXML_PARTS = ("[Content_Types].xml", "_rels/", "docProps/", "xl/", "customXml/")
_ODS_PARTS = (
    *("mimetype", "content.xml", "styles.xml", "meta.xml", "settings.xml", "manifest.rdf"),
    *("META-INF/", "Configurations2/", "Thumbnails/", "Pictures/", "ObjectReplacements/"),
    *("layout-cache", "Object "),
)
_MACROS = ("vba", "macro", "activex", "basic/", "scripts/", "dialogs/")
_LINKS = ("externallink", "connections")
_STRANGE = ("embeddings", "..", "\\", "object ")
_MARKUP = re.compile(
    rb"\s*<(!doctype html|html|head|body|table|meta|style|\?xml)|mime-version:", re.I
)


def judge(data: bytes, name: str, limits: Limits) -> Literal["xlsx", "xls", "ods", "text"]:
    """The kind of a file; refuses (``Judged``) what is not read, and what no honest file is."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if ending in _OTHERS:
        raise Judged(_OTHERS[ending])
    if ending not in (*_WORKBOOKS, *_TEXTS):
        raise Judged("kind", value=ending[:20])
    if data.startswith(b"PK\x03\x04"):
        return _judge_zip(data, limits)
    if data.startswith(SIGNATURE[:4]):
        return _judge_compound(data, ending)
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")[:2000]):
        raise Judged("web_page")
    if ending in _WORKBOOKS:
        sample = data[:4096]
        plain = b"\0" not in sample and sample.count(b"\n") + sample.count(b",") > 0
        raise Judged("named_wrong" if plain else "broken")
    return "text"


def _judge_compound(data: bytes, ending: str) -> Literal["xls"]:
    try:
        with damage_refused():
            names = CompoundFile(data).names
    except Judged:
        if ending == "xlsx":  # the only honest reason for a workbook of this name to begin so
            raise Judged("encrypted") from None
        raise
    if "EncryptedPackage" in names:
        raise Judged("encrypted")
    if not names & {"Workbook", "Book"}:
        raise Judged("other_document")
    for macro in ("_VBA_PROJECT_CUR", "_VBA_PROJECT", "Macros"):
        if macro in names:
            raise Judged("macro", value=macro)
    return "xls"


def _judge_zip(data: bytes, limits: Limits) -> Literal["xlsx", "ods"]:
    with damage_refused(), zipfile.ZipFile(io.BytesIO(data)) as workbook:
        parts = workbook.infolist()
        mimetype = _mimetype(workbook)
    names = {part.filename for part in parts}
    if len(parts) > limits.parts:
        raise Judged("parts", value=len(parts))
    if len(names) < len(parts):
        raise Judged("broken")  # two parts of one name: which is judged, which is read?
    if any(part.flag_bits & 1 for part in parts):
        raise Judged("encrypted")
    kind = _kind_of_zip(names, mimetype)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes:
        raise Judged("size", value=unpacked)
    for part in parts:
        _judge_name(part.filename, _OOXML_PARTS if kind == "xlsx" else _ODS_PARTS)
        # Small parts compress well by nature; a bomb needs size to hurt.
        if part.file_size > max(limits.ratio * part.compress_size, 1_000_000):
            raise Judged("ratio", value=part.filename[:80])
    return kind


def _mimetype(workbook: zipfile.ZipFile) -> bytes:
    """What an OpenDocument file calls itself; it must stand first and unpacked."""
    first = workbook.infolist()[0] if workbook.infolist() else None
    if first is None or first.filename != "mimetype" or first.file_size > 200:
        return b""
    with workbook.open(first) as part:
        return part.read(200)


def _kind_of_zip(names: set[str], mimetype: bytes) -> Literal["xlsx", "ods"]:
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if "xl/workbook.bin" in names:
        raise Judged("binary_workbook")
    if mimetype or any(name.startswith(("word/", "ppt/")) for name in names):
        raise Judged("other_document")
    if "[Content_Types].xml" not in names:
        beginnings = tuple(name.startswith(("xl/", "_rels/")) for name in names)
        raise Judged("broken" if any(beginnings) else "archive")
    return "xlsx"


def _judge_name(name: str, known: tuple[str, ...]) -> None:
    plain = name.casefold()
    for code, words in (("macro", _MACROS), ("external_link", _LINKS), ("part_unknown", _STRANGE)):
        if any(word in plain for word in words):
            raise Judged(code, value=name[:80])
    if not name.startswith(known):
        raise Judged("part_unknown", value=name[:80])
