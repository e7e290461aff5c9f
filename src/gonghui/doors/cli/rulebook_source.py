"""`gonghui rulebook source`: the lines the engine folds, beside them their numbers and clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gonghui.core.rulebook.compiler.layout import Layout
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.model import Citation
from gonghui.core.rulebook.prose import ASSUMED
from gonghui.core.rulebook.timeline import always
from gonghui.core.rulebook.wording import Wording
from gonghui.doors.cli.printing import width

CODE_COLUMNS = 78

_PARAMETER = re.compile(r"p\[b \+ (\d+)")
_WHOLE = re.compile(r"^eligibility\.|\.when\.|^answers\.rounding$")
_CITES = re.compile(r"  # ([a-z_0-9., ]+)$")


def audited(wording: Wording) -> str:
    """The program of one edition as its engine runs it; only the comments differ."""
    program = compile_segments(always(wording.edition))
    (step,) = program.steps
    lines = [_beside(line, step.paths, wording) for line in program.source().split("\n")]
    start = next(place for place, line in enumerate(lines) if line.startswith("def step_"))
    return "\n".join((*lines[:start], *_legend(program.layout), *lines[start:]))


def _legend(layout: Layout) -> Iterator[str]:
    """What the step remembers of a person, by its place in the state."""
    for place, index in layout.places.items():
        yield f"# s[o + {index}]: {' '.join((place.what, place.whose))} ({place.window})"


def _beside(line: str, places: tuple[str, ...], wording: Wording) -> str:
    """A line with the value and the source of every parameter it reads or rests on."""
    cites = _CITES.search(line)
    cited = cites[1].split(", ") if cites else []
    read = [places[int(number)] for number in _PARAMETER.findall(line)]
    paths = dict.fromkeys((*cited, *read))
    said = [
        _said(path, wording)
        for path in paths
        if not any(other.startswith(f"{path}.") for other in paths)  # it says more
    ]
    if not said:
        return line
    code = line[: cites.start()] if cites else line
    return f"{code}{' ' * max(2, CODE_COLUMNS - width(code))}# {' ｜ '.join(said)}"


def _said(path: str, wording: Wording) -> str:
    """``享受次数 · 次数 = 2次 〔享受次数〕``; a table with its rows, a condition with its tests."""
    inside = f"{path}." if _WHOLE.search(path) else f"{path}.rows."
    stated = [
        one
        for one in wording.edition.parameters
        if one.path == path or (one.path.startswith(inside) and not path.endswith(".bands"))
    ]
    if not stated:
        return wording.name(path)
    values = (
        wording.value(one)
        if one.path == path
        else f"{wording.name(one.path, below=path)} {wording.value(one)}"
        for one in stated
    )
    sources = dict.fromkeys(_source(one.citation, wording) for one in stated)
    return f"{wording.name(path)} = {wording.several(values)} {''.join(sources)}".rstrip()


def _source(citation: Citation, wording: Wording) -> str:
    clause = wording.edition.clause(citation.clause)
    stated = f"〔{clause.title or clause.id}〕" if clause else ""
    return stated + (wording.translate(ASSUMED) if citation.assumed else "")
