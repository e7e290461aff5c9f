"""People and cards that stand in a file more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import TypeVar

from gonghui.programmes.mutualaid.rosters.findings import Finding
from gonghui.programmes.mutualaid.rosters.roster import CheckedRoster, Skipped

_SHOWN = 10
_Key = TypeVar("_Key", bound=Hashable)


def without_repetitions(roster: CheckedRoster) -> None:
    """Rows that say again what an earlier one says are skipped; rows that give one number other
    particulars are all in doubt."""
    values = roster.values
    keys = list(zip(values["document_kind"], values["document_number"], strict=True))
    content = [values[name] for name in roster.content if name in values and name != "remark"]
    dropped: set[int] = set()
    for key, places in _repeated(keys).items():
        if not key[1]:
            continue
        said = {tuple(column[at] for column in content) for at in places}
        if len(said) == 1:
            dropped |= set(places[1:])
        else:
            _note(roster, "document_number", "duplicate", places)
    if dropped:
        _drop(roster, dropped)


def check_cards(roster: CheckedRoster) -> None:
    """One card for two people is told; whoever repeats the whole row is not asked about it."""
    numbers = roster.values["document_number"]
    for card, places in _repeated(roster.values["card"]).items():
        if card and len({numbers[at] for at in places}) > 1:
            _note(roster, "card", "card_shared", places)


def _repeated(keys: Sequence[_Key]) -> dict[_Key, list[int]]:
    """The places of every key that stands there more than once."""
    if len(set(keys)) == len(keys):
        return {}
    places = defaultdict(list)
    for at, key in enumerate(keys):
        places[key].append(at)
    return {key: found for key, found in places.items() if len(found) > 1}


def _note(roster: CheckedRoster, field: str, code: str, places: Sequence[int]) -> None:
    column = roster.columns[field].number + 1
    rows = "、".join(str(roster.numbers[at]) for at in places[:_SHOWN])
    more = "…" if len(places) > _SHOWN else ""
    roster.findings += [
        Finding(roster.numbers[at], column, field, code, (("rows", rows + more),)) for at in places
    ]


def _drop(roster: CheckedRoster, places: set[int]) -> None:
    gone = {roster.numbers[at] for at in places}
    kept = [at for at in range(len(roster.numbers)) if at not in places]
    roster.skipped += [Skipped(number, "repeated") for number in sorted(gone)]
    roster.skipped.sort()
    roster.numbers = [roster.numbers[at] for at in kept]
    roster.raw = {name: [column[at] for at in kept] for name, column in roster.raw.items()}
    roster.values = {name: [column[at] for at in kept] for name, column in roster.values.items()}
    roster.findings = [finding for finding in roster.findings if finding.row not in gone]
