"""What a synthetic city had paid by the published day, beside what was printed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from gonghui.core.money import format_yuan
from gonghui.core.periods import date_of
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.programmes.mutualaid.models import Scheme


def print_published(actor: Actor, scheme: Scheme, *, since: date) -> None:
    """People, yuan, and the most that somebody in hardship received: of lines the bank paid."""
    from gonghui.ground.directory.models import Union
    from gonghui.programmes.mutualaid.queries.figures import figure_lines, published
    from gonghui.twin.published import PUBLISHED, Targets

    printed, aims = {one.name: one.value for one in PUBLISHED}, Targets()
    until = date_of(aims.cut_off) + timedelta(days=1)
    by_march = date_of(aims.hardship_paid_by) + timedelta(days=1)
    said = published(
        actor, scheme, "paid", since=since, until=until, received_since=date(since.year, 1, 1)
    )
    with actor.transaction():
        mine = Union.objects.filter(name__startswith=printed["hardship_unit"]).first()
        lines = figure_lines(actor, scheme, "paid", since=since, until=by_march)
    each: Counter[int] = Counter()
    for line in lines:
        if mine is not None and line.union_id == mine.pk and line.person_id is not None:
            each[line.person_id] += line.fen
    rows = [
        (_("people paid"), f"{said.people:,}", f"{aims.people:,}"),
        (
            _("benefits paid out, yuan"),
            format_yuan(said.fen),
            format_yuan(aims.paid_fen),
        ),
        (
            _("the miner, by the end of March, yuan"),
            format_yuan(max(each.values(), default=0)),
            format_yuan(aims.hardship_fen),
        ),
        (_("mean a person, yuan"), format_yuan(said.mean_fen), ""),
        (_("benefits of contributions, %"), f"{said.ratio // 100}.{said.ratio % 100:02d}", ""),
    ]
    title = _("By {day}").format(day=date_of(aims.cut_off).isoformat())
    print()
    print(table((title, _("in the ledger"), _("printed before")), rows, right=(1, 2)))
