"""Data keys brought under the current master key, some at a time, while people work.

What is left to do is seen from the rows themselves: a rotation killed at any moment is gone on
with by starting it again. Who may do this, and its record: ``directory/services/secrets.py``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from gonghui.ground.vault.models import DataKey, EarlierKey, FileKey
from gonghui.ground.vault.providers import KeyProvider
from gonghui.ground.vault.sealing import file_context, rewrap_data_keys
from gonghui.ground.vault.services.asking import ask
from gonghui.ground.vault.services.keys import provider


@dataclass(frozen=True, slots=True)
class Step:
    """How many keys a step brought over; ``after`` is where the next begins, None at the end."""

    rewrapped: int
    after: int | None


def rewrap_some(limit: int, after: int = 0) -> Step:
    """One step over the keys of at most ``limit`` persons whose ids come after ``after``."""
    holder = provider()
    current = holder.current_key_id
    columns = ("person_id", "generation", "wrapped")
    waiting = DataKey.objects.filter(person_id__gt=after, wrapped__isnull=False)
    rows = list(waiting.exclude(key_id=current).order_by("person_id").values_list(*columns)[:limit])
    earlier = EarlierKey.objects.filter(person_id__gt=after).exclude(key_id=current)
    reached = rows[-1][0] if len(rows) == limit else None
    if reached is not None:
        earlier = earlier.filter(person_id__lte=reached)
    rows += earlier.values_list(*columns)
    files = 0 if reached is not None else _rewrap_files(holder)
    if not rows:
        return Step(files, None)
    persons, generations, wraps = (list(column) for column in zip(*rows, strict=True))
    old = [bytes(one) for one in wraps]
    new = rewrap_data_keys(holder, persons, generations, old)
    ((done,),) = ask(
        "select gate.rewrap_data_keys(%s::bigint[], %s::integer[], %s::bytea[], %s::bytea[], %s)",
        [persons, generations, old, new, current],
    )
    return Step(done + files, reached)


def _rewrap_files(holder: KeyProvider) -> int:
    """All of them in one: there are a few a unit and year, and a file is not touched itself."""
    current = holder.current_key_id
    rows = list(FileKey.objects.exclude(key_id=current).order_by("id").values_list("id", "wrapped"))
    if not rows:
        return 0
    ids, wraps = (list(column) for column in zip(*rows, strict=True))
    contexts, old = [file_context(one) for one in ids], [bytes(one) for one in wraps]
    new = holder.wrap(holder.unwrap(old, contexts), contexts)
    ((done,),) = ask(
        "select gate.rewrap_file_keys(%s::bigint[], %s::bytea[], %s::bytea[], %s)",
        [ids, old, new, current],
    )
    return int(done)


def wrapped_under() -> dict[int, int]:
    """How many keys are wrapped under each master key, as far as the scope sees."""
    counts: Counter[int] = Counter()
    persons = DataKey.objects.filter(wrapped__isnull=False).values_list("key_id")
    for rows in (
        persons,
        EarlierKey.objects.values_list("key_id"),
        FileKey.objects.values_list("key_id"),
    ):
        counts.update(dict(rows.annotate(Count("key_id"))))
    return dict(counts)
