"""What the child can do: read a file as raw cells, or mark cells of a workbook."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import IO, Any

from gonghui.adapters.spreadsheets.delimited import read_text
from gonghui.adapters.spreadsheets.errors import Judged
from gonghui.adapters.spreadsheets.judging import judge
from gonghui.adapters.spreadsheets.limits import Limits

Task = Callable[[dict[str, Any], bool, IO[bytes]], None]


def read(request: dict[str, Any], isolated: bool, answer: IO[bytes]) -> None:
    """Lines of JSON: how the file was taken, then the portions of its sheets."""
    limits, data = Limits(**request["limits"]), sys.stdin.buffer.read()
    try:
        kind = judge(data, request["name"], limits)
        _write(answer, {"format": kind, "isolated": isolated})
        if kind == "text":
            portions = read_text(data, request["name"], limits, request["known_headings"])
        else:
            from gonghui.adapters.spreadsheets.workbooks import read_workbook

            portions = read_workbook(data, kind, limits, request["first_only"])
        for portion in portions:
            _write(answer, portion)
    except Judged as judged:
        _write(answer, {"refused": judged.code, "row": judged.row, "value": judged.value})


def mark(request: dict[str, Any], isolated: bool, answer: IO[bytes]) -> None:
    """The workbook again, with cells marked; see ``marking``."""
    from gonghui.adapters.spreadsheets.marking_child import marked

    answer.write(marked(sys.stdin.buffer.read(), request))


def _write(answer: IO[bytes], line: dict[str, Any]) -> None:
    answer.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")


TASKS: dict[str, Task] = {"read": read, "mark": mark}
