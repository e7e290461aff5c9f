"""Take-overs that are under way or were booked, with who signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.models import Takeover, TakeoverSignature
from gonghui.programmes.mutualaid.takeover.totals import Totals


@dataclass(frozen=True, slots=True)
class KnownTakeover:
    """One take-over; ``signed``: names in the order of the signatures."""

    id: int
    taken_on: date
    state: str
    files: tuple[str, ...]
    signed: tuple[str, ...]
    totals: Totals


def takeovers(actor: Actor) -> list[KnownTakeover]:
    """The newest first."""
    with actor.transaction():
        rows = Takeover.objects.order_by("-pk").prefetch_related("files")
        signed: dict[int, list[str]] = {}
        signatures = TakeoverSignature.objects.order_by("pk").values_list(
            "takeover_id", "person__name"
        )
        for takeover, name in signatures:
            signed.setdefault(takeover, []).append(name)
        return [
            KnownTakeover(
                one.pk,
                one.taken_on,
                one.state,
                tuple(file.name for file in one.files.all()),
                tuple(signed.get(one.pk, ())),
                Totals(one.units, one.people, one.paid_fen, one.uses, one.opening_fen),
            )
            for one in rows
        ]
