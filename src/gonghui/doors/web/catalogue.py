"""The catalogue in the form Django reads, made from the one that is kept.

Nothing compiled is kept in the repository, so nothing compiled can be stale.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from gonghui.doors.cli.language import CATALOGUE


def compile_catalogue(folder: Path) -> Path:
    """Writes ``folder/zh_Hans/LC_MESSAGES/django.mo`` unless it is of today's catalogue already.

    Several processes may do so at once.
    """
    source = CATALOGUE.read_bytes()
    target = folder / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    mark, digest = target.with_suffix(".sha256"), hashlib.sha256(source).hexdigest()
    if target.exists() and mark.exists() and mark.read_text(encoding="ascii") == digest:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans", abort_invalid=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as made:
        write_mo(made, catalogue)
    os.replace(made.name, target)
    mark.write_text(digest, encoding="ascii")
    return target
