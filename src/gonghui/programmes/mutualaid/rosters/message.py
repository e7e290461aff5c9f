"""What to tell the officer who sent a roster: short, polite, to be copied into a chat.

Rows and columns, no names and no numbers of people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gonghui.core.errors import N_, Refusal, masked_numbers
from gonghui.programmes.mutualaid.rosters.findings import Level, Translate
from gonghui.programmes.mutualaid.rosters.roster import CheckedRoster

_MOST_LINES = 12
_MOST_ROWS = 12

_HELLO = N_("Hello! The roster “{file}” has been checked: {people} people, {good} in order.")
_NOTHING = N_("Nothing needs to be corrected. Thank you!")
_MUST = N_("To be corrected, please:")
_LOOK = N_("To be looked at, please; whatever is right may stay:")
_LINE = N_("{number}. {rows}, {column}: {what} {todo}")
_FILE_LINE = N_("{number}. {what} {todo}")
_ROWS = N_("row {rows}")
_MANY_ROWS = N_("{count} rows ({rows} and others)")
_FURTHER = N_("There is more of this kind; the sheet 问题清单 of the workbook has all of it.")
_AGAIN = N_(
    "Please correct the list and send all of it again; right rows stay as they are. Thanks!"
)
_CONFIRM = N_("If all of this is right, a short word is enough. Thank you!")
_REFUSED = N_("Hello! The roster “{file}” cannot be read. {what} {todo} Thank you!")


def message_for(roster: CheckedRoster, translate: Translate, hello: str = _HELLO) -> str:
    """The message about a checked roster, or about another list that begins with ``hello``."""
    counts = roster.counts
    people = counts["good"] + counts["warned"] + counts["bad"]
    opening = translate(hello).format(file=roster.file, people=people, good=counts["good"])
    must = list(_lines(roster, "error", translate))
    look = list(_lines(roster, "warning", translate))
    if not must and not look:
        return "\n".join([opening, translate(_NOTHING)])
    parts = [opening]
    for heading, lines in ((_MUST, must), (_LOOK, look)):
        if lines:
            parts.append(translate(heading))
            parts += lines[:_MOST_LINES]
            if len(lines) > _MOST_LINES:
                parts.append(translate(_FURTHER))
    parts.append(translate(_AGAIN if must else _CONFIRM))
    return "\n".join(parts)


def message_for_refusal(refusal: Refusal, file: str, translate: Translate) -> str:
    """The message about a file that could not be previewed at all."""
    what, todo = (
        masked_numbers(translate(part).format(**refusal.values))
        for part in (refusal.what, refusal.todo)
    )
    return translate(_REFUSED).format(file=file, what=what, todo=todo).replace("。 ", "。")


def _lines(roster: CheckedRoster, level: Level, translate: Translate) -> Iterator[str]:
    """One line for each thing that is wrong in one column, with its rows."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for finding in roster.findings:
        if finding.level == level:
            what, todo = finding.words(translate)
            rows = groups.setdefault((finding.field, what, todo), [])
            if not rows or rows[-1] != finding.row:
                rows.append(finding.row)
    number = 0
    for notice in roster.notices if level == "warning" else ():
        if notice.code == "totals_differ":
            number += 1
            what, todo = notice.words(translate)
            line = translate(_FILE_LINE).format(number=number, what=what, todo=todo)
            yield _tidy(line)
    for (field, what, todo), rows in groups.items():
        number += 1
        line = translate(_LINE).format(
            number=number,
            rows=_rows(rows, translate),
            column=roster.heading(field),
            what=what,
            todo=todo,
        )
        yield _tidy(line)


def _tidy(line: str) -> str:
    return masked_numbers(line).replace("。 ", "。")


def _rows(rows: Sequence[int], translate: Translate) -> str:
    """5、8—12、30"""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = "、".join(
        f"{first}" if first == last else f"{first}—{last}" for first, last in runs[:_MOST_ROWS]
    )
    if len(runs) <= _MOST_ROWS:
        return translate(_ROWS).format(rows=shown)
    return translate(_MANY_ROWS).format(count=len(rows), rows=shown)
