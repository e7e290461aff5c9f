"""xlsx workbooks, which strangers send: judged as a zip file first, then read in a limited child.

Whatever a workbook makes its reader do (fill the memory, run for hours, crash) it does to a child
process with limits of its own; what comes back is plain CSV.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from gonghui.adapters.medical_insurance.errors import FeedRefused


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one workbook may cost. A city's roster: 9 parts, 45 MB unpacked, ratio 9."""

    parts: int = 200
    unpacked_bytes: int = 200_000_000
    ratio: int = 100
    memory_bytes: int = 2 << 30
    cpu_seconds: int = 60
    wall_seconds: int = 120
    csv_bytes: int = 1 << 30


_LIMITS = Limits()
_KNOWN_PARTS = ("[Content_Types].xml", "_rels/", "docProps/", "xl/", "customXml/")
_FORBIDDEN = ("vba", "macro", "activex", "externallink", "embeddings", "connections", "..", "\\")
_CHILD = Path(__file__).with_name("spreadsheet_child.py")
_CFB = b"\xd0\xcf\x11\xe0"
"""Begins the container in which Excel puts an encrypted workbook (and the old xls)."""


def workbook_as_csv(path: Path, limits: Limits = _LIMITS) -> bytes:
    """The first sheet of a workbook as UTF-8 CSV, one line a row."""
    _judge(path, limits)
    with tempfile.TemporaryDirectory(prefix="gonghui-") as folder:
        target = Path(folder) / "sheet.csv"
        command = [sys.executable, "-I", str(_CHILD), str(path.resolve()), str(target)]
        command += map(str, (limits.memory_bytes, limits.cpu_seconds, limits.csv_bytes))
        try:
            child = subprocess.run(
                command, capture_output=True, timeout=limits.wall_seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise FeedRefused("xlsx_too_large", path, value=f"{limits.wall_seconds} s") from error
        if child.returncode == 3:
            raise FeedRefused("xlsx_broken", path)
        if child.returncode != 0:
            raise FeedRefused("xlsx_too_large", path, value=_end_of(child.returncode))
        return target.read_bytes()


def _judge(path: Path, limits: Limits) -> None:
    """Refuse by the zip directory alone what no honest workbook has."""
    with path.open("rb") as stream:
        if stream.read(4) == _CFB:
            raise FeedRefused("xlsx_encrypted", path)
    try:
        with zipfile.ZipFile(path) as workbook:
            parts = workbook.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FeedRefused("xlsx_broken", path) from error
    if len(parts) > limits.parts:
        raise FeedRefused("xlsx_parts", path, value=len(parts))
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes:
        raise FeedRefused("xlsx_size", path, value=unpacked)
    for part in parts:
        name = part.filename.casefold()
        if not part.filename.startswith(_KNOWN_PARTS) or any(word in name for word in _FORBIDDEN):
            raise FeedRefused("xlsx_part_forbidden", path, value=part.filename[:80])
        # Small parts compress well by nature; a bomb needs size to hurt.
        if part.file_size > max(limits.ratio * part.compress_size, 1_000_000):
            raise FeedRefused("xlsx_ratio", path, value=part.filename[:80])


def _end_of(returncode: int) -> str:
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"exit {returncode}"
