"""Setting pages: the same template and data give the same bytes on every machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal


def set_pages(template: Path, said: dict[str, str], kind: Literal["pdf", "png"] = "pdf") -> bytes:
    """A template with its inputs as one file, in the fonts of the extra and no others."""
    import typst
    from pylopdf_fonts_zh_cn import serif_path

    compiler = typst.Compiler(
        str(template),
        font_paths=[str(Path(serif_path()).parent)],
        ignore_system_fonts=True,
        sys_inputs=said,
    )
    made = compiler.compile(format=kind)
    if isinstance(made, list):  # pictures of several pages come one by one
        made = made[0]
    assert isinstance(made, bytes)
    return made
