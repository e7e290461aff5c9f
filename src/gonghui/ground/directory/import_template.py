"""The workbook to be filled in: headings, choices, an example, everything formatted as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from gonghui.ground.directory.document_kinds import DOCUMENT_KINDS
from gonghui.ground.directory.import_sheets import HEADINGS
from gonghui.ground.directory.models.kinds import read_post_kinds
from gonghui.ground.directory.models.unions import UnionKind

ROWS = 2000
_CREATED = datetime(2000, 1, 1)  # no clock: the same template is the same bytes
_EXAMPLES = {
    "units": ("JX001", "某某机械有限公司工会", "基层工会", "E01", "", "企业", "120"),
    "officers": ("JX001", "某某", "居民身份证", "", "单位经办人"),
}


def write_template(path: Path) -> None:
    """Writes the template. Rows of the example begin with 例 in a comment, not in the cells."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False})
    book.set_properties({"created": _CREATED})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    choices = {
        "kind": list(UnionKind.labels),
        "document": [kind.words[0] for kind in DOCUMENT_KINDS.values()],
        "post": [kind["name"] for kind in read_post_kinds()],
    }
    for what, about in HEADINGS.items():
        sheet = book.add_worksheet(about["sheet"])
        sheet.freeze_panes(1, 0)
        for at, (name, column) in enumerate(about["columns"].items()):
            sheet.set_column(at, at, column["width"], text)
            sheet.write_string(0, at, column["words"][0] + "*" * bool(column.get("needed")), head)
            sheet.write_comment(0, at, _hint(name, _EXAMPLES[what][at]))
            if name in choices:
                sheet.data_validation(1, at, ROWS, at, _chosen(choices[name]))
    book.close()


def _hint(name: str, example: str) -> str:
    hints = {
        "parent": "上级工会的编码；上级可在本表中，也可已在系统里。",
        "number": "请先保持“文本”格式再录入，否则末几位会丢失。",
        "credit_code": "18位，没有的可不填。",
    }
    said = hints.get(name, "")
    return f"{said}例：{example}" if example else said or "可不填。"


def _chosen(words: Sequence[str]) -> dict[str, object]:
    return {"validate": "list", "source": list(words)}
