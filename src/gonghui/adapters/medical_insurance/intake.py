"""From feed files to the store: who is meant, what is new, what takes back what.

Several feed files are taken in as one batch, and the result does not depend on the order of the
files or of their rows. Every row ends in exactly one of four ways: a new settlement, a reversal, a
record already known, or rejected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gonghui.adapters.medical_insurance.errors import FeedRefused, Language
from gonghui.adapters.medical_insurance.feeds import Feed, read_feeds
from gonghui.adapters.medical_insurance.findings import (
    REJECTS,
    check_target,
    draft_beside,
    rejects_csv,
    write_private,
)
from gonghui.adapters.medical_insurance.mapping import SourceMapping, path_of_mapping
from gonghui.adapters.medical_insurance.numbers import settlement_number
from gonghui.adapters.medical_insurance.people import (
    Listing,
    cover_in_force,
    read_covers,
    read_persons,
)
from gonghui.core.adjudication.store import IDENTITIES, KEYS, MANIFEST, Order, Store
from gonghui.core.errors import masked_numbers
from gonghui.core.rulebook.fields import FIELDS

_NOT_CONTENT = {"received_on", "reversed_on"}
"""Facts of ours, not of the insurer's statement: sent again later, it is the same statement."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a batch came to: ``rows_in = settlements + reversals + known + rows_rejected``.

    ``rejected``: every finding of feeds and lists (see ``findings.REJECTS``). ``touched``: the
    persons whose history changed.
    """

    rows_in: int
    settlements: int
    reversals: int
    known: int
    rows_rejected: int
    rejected: pl.DataFrame
    touched: NDArray[np.int32]
    feeds: tuple[Feed, ...]
    persons: Listing
    covers: Listing


def ingest(
    feeds: Sequence[Path],
    *,
    persons: Path,
    covers: Path,
    store: Path,
    rejects: Path,
    order: Order,
    mapping: str | Path | SourceMapping = "national",
    received_on: int | None = None,
    partitions: int = 8,
    provenance: str = "",
    language: Language = "zh",
) -> Intake:
    """Take a batch of feed files into a store, made if it is not there; write the rejects file.

    A file that is refused as a whole (``FeedRefused``) leaves store and rejects file as they were,
    and so does a rejects file that would take the place of something else.
    """
    of_mapping = [] if isinstance(mapping, SourceMapping) else [path_of_mapping(mapping)]
    check_target(rejects, [*feeds, persons, covers, *of_mapping])
    with ThreadPoolExecutor() as pool:
        lists = pool.submit(read_persons, persons), pool.submit(read_covers, covers)
        read = read_feeds(feeds, mapping, received_on=received_on)
        listed, covered = (waiting.result() for waiting in lists)
    target = _opened(store, order, partitions, provenance)
    with draft_beside(rejects) as draft, target.change() as change:
        known_people = target.identities()
        people = _with_surrogates(listed.accepted, known_people)
        rows = _judged(_identified(read, people), target)
        new = rows.filter(pl.col("outcome") == "new")
        events = new.filter(pl.col("reverses") == 0)
        events = _with_facts(events, people, covered.accepted, order.deciding_date)
        reversals = new.filter(pl.col("reverses") != 0)
        taken_back = reversals.select("person", settlement="reverses", reversed_on="received_on")
        events, earlier = _marked_reversed(events, taken_back)
        change.append(events)
        change.mark_reversed(earlier)
        if new.height:
            change.register(new)
        identities = _identities(known_people, people, covered.accepted)
        if not identities.equals(known_people):
            change.put_identities(identities)
        away = rows.filter(~pl.col("outcome").is_in(["new", "known"]))
        rejected = pl.concat(
            [*(feed.rejected for feed in read), _rejects(away), listed.rejected, covered.rejected]
        )
        told = [*(feed.rejected for feed in read), _rejects(away)]
        told += [_without_numbers(listing.rejected) for listing in (listed, covered)]
        write_private(draft, rejects_csv(pl.concat(told), language))
        change.publish_with(lambda: draft.replace(rejects))
    return Intake(
        rows_in=sum(feed.rows_in for feed in read),
        settlements=events.height,
        reversals=reversals.height,
        known=rows.height - new.height - away.height,
        rows_rejected=sum(feed.rows_rejected for feed in read) + away.height,
        rejected=rejected,
        touched=new["person"].unique().sort().to_numpy(),
        feeds=read,
        persons=listed,
        covers=covered,
    )


def _opened(path: Path, order: Order, partitions: int, provenance: str) -> Store:
    if not (path / MANIFEST).exists():
        return Store.create(
            path,
            partitions=partitions,
            deciding_date=order.deciding_date,
            same_day_order=order.same_day_order,
            provenance=provenance,
        )
    store = Store.open(path)
    if store.manifest.order != order:
        own = store.manifest.order
        raise FeedRefused("order_differs", path, value=f"{own.deciding_date}, {own.same_day_order}")
    return store


def _with_surrogates(listed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The persons of the list with their ``person`` numbers; new ones follow the known ones."""
    numbered = listed.join(
        known.select("person", person_id="certificate"), on="person_id", how="left"
    ).sort("person", "person_id", nulls_last=True)
    first = known.height
    return numbered.with_columns(
        pl.col("person").fill_null(first + pl.col("person").is_null().cum_sum() - 1).cast(pl.Int32)
    )


def _identified(feeds: Sequence[Feed], people: pl.DataFrame) -> pl.DataFrame:
    """The rows of all feeds with their keys: ``person`` (null if not listed), ``settlement``,
    ``reverses`` (0 for a settlement) and ``content``."""
    rows = pl.concat([feed.accepted for feed in feeds], how="diagonal")
    facts = [name for name in rows.columns if name in FIELDS and FIELDS[name].whose == "event"]
    rows = rows.with_columns(pl.col(name).fill_null(FIELDS[name].default) for name in facts)
    rows = rows.join(people.select("person_id", "person"), on="person_id", how="left")
    rows = rows.with_columns(
        settlement=settlement_numbers(rows["settlement_id"]),
        reverses=settlement_numbers(rows["original_id"]),
    )
    return rows.with_columns(content=_content(rows))


def settlement_numbers(ids: pl.Series) -> pl.Series:
    """A number for each settlement id that depends on nothing but the id; 0 where there is none.

    63 bits of SHA-256: among a hundred million ids, two alike are one chance in two thousand, and
    the store refuses them.
    """
    return pl.Series([settlement_number(one) if one else 0 for one in ids], dtype=pl.Int64)


def _content(rows: pl.DataFrame) -> pl.Series:
    """A number for what each record says, to know it again.

    What is not stated counts like its default, so that a source may add or leave out a column, and
    the dictionary may grow, without making old records look new.
    """
    total = np.zeros(rows.height, dtype=np.uint64)
    stated = [name for name in rows.columns if name in FIELDS and name not in _NOT_CONTENT]
    for name in ["person", "reverses", *stated]:
        default = FIELDS[name].default if name in FIELDS else 0
        values = rows[name].fill_null(default).cast(pl.Int64).to_numpy()
        seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
        total += np.where(values == default, np.uint64(0), _mixed(values.view(np.uint64), seed))
    return pl.Series(total.view(np.int64))


def _mixed(values: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Steele, Lea and Flood's splitmix64: every bit of the value changes half of the result's."""
    mixed = values ^ np.uint64(seed)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _judged(rows: pl.DataFrame, store: Store) -> pl.DataFrame:
    """``outcome`` of every row: ``new``, ``known``, or why it is rejected."""
    numbers = pl.concat([rows["settlement"], rows["reverses"]]).unique()
    received = store.settlements(numbers.filter(numbers != 0))
    _check_numbers_differ(rows, received)
    # The earliest received of equal records is the one that counts.
    rows = rows.sort("received_on", "settlement_id", "file", "row")
    rows = rows.join(
        received.select("settlement", known_content="content"), on="settlement", how="left",
        maintain_order="left",
    ).with_columns(
        outcome=pl.when(pl.col("person").is_null()).then(pl.lit("person_unknown"))
        .when(pl.col("content") == pl.col("known_content")).then(pl.lit("known"))
        .when(pl.col("known_content").is_not_null()).then(pl.lit("other_content"))
    )  # fmt: skip
    open_ = pl.col("outcome").is_null()
    contents = pl.col("content").filter(open_).n_unique().over("settlement")
    first = open_.cum_sum().over("settlement") == 1
    rows = rows.with_columns(
        outcome=pl.when(~open_).then("outcome")
        .when(contents > 1).then(pl.lit("conflicting_content"))
        .when(~first).then(pl.lit("known"))
        .when(pl.col("reverses") == 0).then(pl.lit("new"))
    )  # fmt: skip
    return _with_reversals_judged(rows, received)


def _with_reversals_judged(rows: pl.DataFrame, received: pl.DataFrame) -> pl.DataFrame:
    """The outcome of reversals, open until here: each must fit the settlement it takes back."""
    open_ = pl.col("outcome").is_null()
    facts = ("settlement", "person", "total_cost", "reverses")
    candidates = rows.filter(open_ | (pl.col("outcome") == "new")).select(facts)
    originals = pl.concat([received.select(facts), candidates], how="vertical_relaxed").select(
        reverses="settlement",
        original_person="person",
        original_cost="total_cost",
        original_reverses="reverses",
    )
    rows = rows.join(originals, on="reverses", how="left", maintain_order="left").with_columns(
        outcome=pl.when(~open_).then("outcome")
        .when(pl.col("original_person").is_null()).then(pl.lit("original_unknown"))
        .when(pl.col("original_reverses") != 0).then(pl.lit("original_is_reversal"))
        .when(pl.col("original_person") != pl.col("person")).then(pl.lit("reversal_other_person"))
        .when(pl.col("total_cost").abs() != pl.col("original_cost")).then(pl.lit("reversal_amount"))
        .when(pl.col("reverses").is_in(received["reverses"].implode()))
        .then(pl.lit("already_reversed"))
    )  # fmt: skip
    first = open_.cum_sum().over("reverses") == 1
    return rows.with_columns(
        outcome=pl.when(~open_)
        .then("outcome")
        .otherwise(pl.when(first).then(pl.lit("new")).otherwise(pl.lit("already_reversed")))
    )


def _check_numbers_differ(rows: pl.DataFrame, received: pl.DataFrame) -> None:
    pairs = pl.concat([frame.select("settlement", "settlement_id") for frame in (rows, received)])
    pairs = pairs.unique()
    assert pairs["settlement"].n_unique() == pairs.height, "two settlement ids have one number"


def _with_facts(
    events: pl.DataFrame, people: pl.DataFrame, covers: pl.DataFrame, day: str
) -> pl.DataFrame:
    """The events with the facts of their persons (the feed's own first) and covers."""
    facts = [name for name in people.columns if name in FIELDS]
    events = events.join(people.select("person", *facts), on="person", how="left", suffix="_listed")
    own = [name for name in facts if f"{name}_listed" in events.columns]
    events = events.with_columns(pl.coalesce(name, f"{name}_listed").alias(name) for name in own)
    covers = covers.join(people.select("person_id", "person"), on="person_id", how="inner")
    if day not in events.columns:
        events = events.with_columns(pl.lit(FIELDS[day].default, pl.Int64).alias(day))
    events = cover_in_force(events, covers, day)
    stated = [name for name in FIELDS if name in events.columns]
    return events.select(*KEYS, *(pl.col(n).fill_null(FIELDS[n].default) for n in stated))


def _marked_reversed(
    events: pl.DataFrame, taken_back: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The events with the reversals among the batch, and those of events already in the store."""
    marks = taken_back.select("settlement", mark="reversed_on")
    events = events.join(marks, on="settlement", how="left")
    stated = pl.col("reversed_on") if "reversed_on" in events.columns else pl.lit(None, pl.Int64)
    events = events.with_columns(
        reversed_on=pl.coalesce("mark", stated, pl.lit(FIELDS["reversed_on"].default))
    ).drop("mark")
    return events, taken_back.join(events, on="settlement", how="anti")


def _identities(known: pl.DataFrame, people: pl.DataFrame, covers: pl.DataFrame) -> pl.DataFrame:
    """Who everybody is: as the lists say now, or as they said when they last named her.

    The unit is that of her latest cover, or of the list of persons where covers name none.
    """
    blank = {name: pl.lit(None, pl.String) for name in ("unit_id", "unit_name")}

    def filled(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(**{n: v for n, v in blank.items() if n not in frame.columns})

    latest = filled(covers).sort("cover_from").unique("person_id", keep="last")
    now = (
        filled(people)
        .join(latest.select("person_id", *blank), on="person_id", how="left", suffix="_covered")
        .with_columns(pl.coalesce(f"{name}_covered", name).alias(name) for name in blank)
        .select("person", pl.col("person_id").alias("certificate"), "name", *blank)
    )
    gone = known.join(now, on="person", how="anti")
    return pl.concat([gone.select(*IDENTITIES), now.select(*IDENTITIES)]).sort("person")


def _without_numbers(rejected: pl.DataFrame) -> pl.DataFrame:
    """Rejects of a list, whose rows are known by an identity number: it is masked."""
    ids = [masked_numbers(one or "") for one in rejected["settlement_id"]]
    return rejected.with_columns(settlement_id=pl.Series(ids, dtype=pl.String))


def _rejects(rows: pl.DataFrame) -> pl.DataFrame:
    about_original = pl.col("reverses") != 0
    columns: dict[str, Any] = {
        "field": pl.when(pl.col("outcome") == "person_unknown").then(pl.lit("person_id"))
        .when(about_original).then(pl.lit("original_id")).otherwise(pl.lit("settlement_id")),
        "value": pl.when(pl.col("outcome") == "person_unknown").then("person_id")
        .when(about_original).then("original_id").otherwise("settlement_id"),
        "code": pl.col("outcome"),
    }  # fmt: skip
    return rows.with_columns(**columns).select(*REJECTS).sort("file", "row")
