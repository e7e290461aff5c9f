"""Events as columns: the facts of the dictionary, one ``int64`` array each, all of one length.

Two columns stand beside the dictionary's: ``person`` (position in ``People``) and ``settlement``
(the settlement's number; ties of a day are broken by it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gonghui.core.rulebook.fields import FIELDS, NONE, Vocabulary

Column = NDArray[np.int64]
Columns = dict[str, Column]

Decide = Callable[[Columns], Column]
"""The engine, as the twin knows it: a history, sorted by person, with every fact of the dictionary
-> what each row is paid in fen, all benefit kinds together. The rows of each person stand in the
order in which they were settled; the engine may fold them in another."""


def code_of(vocabulary: Vocabulary, word: str) -> int:
    """The code of a word that the vocabulary is known to hold."""
    code = vocabulary.code(word)
    assert code is not None, f"{vocabulary.name} has no {word}"
    return code


def rows(columns: Columns) -> int:
    return columns["person"].size


def take(columns: Columns, which: NDArray[np.int64] | NDArray[np.bool_]) -> Columns:
    return {name: column[which] for name, column in columns.items()}


def concatenate(parts: Sequence[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def follows_own(person: Column) -> NDArray[np.bool_]:
    """True where a row has the same person as the row before it (rows sorted by person)."""
    return np.r_[False, person[1:] == person[:-1]] if person.size else person.astype(np.bool_)


def running_total(person: Column, values: Column) -> Column:
    """The sum of a person's earlier rows, without the row itself (rows sorted by person)."""
    before = np.cumsum(values) - values
    starts = np.flatnonzero(~follows_own(person))
    return before - np.repeat(before[starts], np.diff(np.r_[starts, person.size]))


def per_person(columns: Columns, values: Column, people: int) -> Column:
    """The sum of ``values`` for each of ``people`` persons. Exact: sums of fen stay below 2^53."""
    return np.bincount(columns["person"], weights=values, minlength=people).astype(np.int64)


def history(events: Columns, facts: Columns) -> Columns:
    """The events with the facts of their persons and covers beside them, every fact present."""
    count = rows(events)
    complete = {"person": events["person"], "settlement": events["settlement"]}
    for name, field in FIELDS.items():
        if name in events:
            complete[name] = events[name]
        elif name in facts:
            complete[name] = facts[name][events["person"]]
        else:
            complete[name] = np.full(count, field.default, dtype=np.int64)
    return complete


def unstated(count: int) -> Column:
    """A column of dates that are not stated."""
    return np.full(count, NONE, dtype=np.int64)
