"""The head that the 经审会 keeps: a sheet of paper that is also a file the verifier reads."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gonghui.ground.audit.chain import Head

_SHEET = Path(__file__).parents[1] / "evening_head.txt"
_NAMES = {"sha256": "SHA-256", "sm3": "SM3", "ed25519": "Ed25519", "sm2": "SM2"}
_BEIJING = ZoneInfo("Asia/Shanghai")


def evening_sheet(head: Head, *, city: str, waiting: int) -> str:
    """The sheet in Chinese, whatever is spoken: the committee keeps it for years."""
    at = beijing_time(head)
    groups = [head.hash[start : start + 8] for start in range(0, 64, 8)]
    return _SHEET.read_text(encoding="utf-8").format(
        city=city,
        at=f"{at:%Y}年{at:%m}月{at:%d}日 {at:%H:%M:%S}",
        chain=head.chain,
        block=head.block,
        last=head.last,
        algorithm=_NAMES.get(head.algorithm, head.algorithm),
        hash_1=" ".join(groups[:4]),
        hash_2=" ".join(groups[4:]),
        key=head.key,
        scheme=_NAMES.get(head.scheme, head.scheme),
        waiting=waiting,
        line=f"{head.digest()} {head.line().decode()}",
    )


def beijing_time(head: Head) -> datetime:
    """When it was sealed, as the city's clocks showed it."""
    return datetime.fromisoformat(head.at).astimezone(_BEIJING)


def write_sheet(path: Path, sheet: str) -> None:
    """Whole or not at all, and on the disk. Never over another day's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(sheet)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    finally:
        part.unlink()
