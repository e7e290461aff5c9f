"""The twin under the project's own engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.store import SAME_DAY
from gonghui.core.calendar import WorkingDays
from gonghui.core.rulebook.compiler.program import Program, compile_segments
from gonghui.core.rulebook.fields import FIELDS
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import timeline
from gonghui.twin.city import SEED, City, build_city
from gonghui.twin.events import Column, Columns, Decide
from gonghui.twin.files import write_city

SCHEME = "jiaozuo/medical"


def make_jiaozuo(
    folder: Path,
    compiled: Path,
    *,
    seed: int = SEED,
    shelf: Shelf | None = None,
    working_days: WorkingDays | None = None,
) -> City:
    """The city calibrated under the editions of its scheme, with its files in ``folder``.

    ``compiled``: where the engine keeps compiled code. Refused where the editions in force in 2022
    cannot give the published figures.
    """
    program = compile_segments(timeline(shelf or Shelf.packaged(), SCHEME))
    city = build_city(decide_under(program, compiled, working_days), seed)
    ids = (edition.id for edition in program.editions)
    write_city(city, folder, dict(zip(ids, program.hashes, strict=True)))
    return city


def decide_under(
    program: Program, compiled: Path, working_days: WorkingDays | None = None
) -> Decide:
    """Payouts of a program, folded in the order that its editions declare."""
    fold = ColumnFold(program, compiled, working_days)
    answers = program.answers
    ties = [(name, -1 if down else 1) for name, down in SAME_DAY[answers.same_day_order]]

    def decide(history: Columns) -> Column:
        keys = [history["settlement"], *(sign * history[name] for name, sign in reversed(ties))]
        order = np.lexsort([*keys, history[answers.deciding_date], history["person"]])
        columns = {name: history[name][order].astype(FIELDS[name].dtype) for name in program.fields}
        columns["person"] = history["person"][order].astype(np.int32)
        results, _ = fold.results(columns)
        payout = np.zeros(order.size, dtype=np.int64)
        np.add.at(payout, order[results.row], results.amount)
        return payout

    return decide
