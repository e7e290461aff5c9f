"""People of a roster: found by number across all units, as far as the asking unit may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import DatabaseError, transaction

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.arrays import array, array_cursor

TOO_MANY = "GH429"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A row's person: an id (of somebody new: the one she will have), and what is known.

    ``code``: new, known (employed here), returning (known, not employed here now), enrolled (takes
    part here), in_other_unit, elsewhere, number_replaced, name_differs, ask_office.
    """

    person_id: int
    number_id: int | None
    code: str

    @property
    def bookable(self) -> bool:
        return self.code in ("new", "known", "returning")


def resolve_people(
    places: Sequence[int],
    blinds: Sequence[bytes],
    folded: Sequence[str],
    *,
    scheme_id: int,
    from_day: date,
    until_day: date,
) -> list[Resolved]:
    """One statement for all rows, in their order. Refused when too much was asked today."""
    try:
        with transaction.atomic(), array_cursor() as cursor:
            asked = [array("bigint[]", places), array("bytea[]", blinds), array("text[]", folded)]
            cursor.execute(
                "select person_id, number_id, code"
                " from gate.resolve_people(%s, %s, %s, %s, %s, %s)",
                [*asked, scheme_id, from_day, until_day],
            )
            return [Resolved(*row) for row in cursor.fetchall()]
    except DatabaseError as error:
        diag = getattr(error.__cause__, "diag", None)
        if getattr(diag, "constraint_name", None) == "union_stands":
            raise Refusal(
                N_("A unit of the roster is not there any more, or not yet."),
                N_("Look at the tree of unions; enrol people through the unit they work for."),
            ) from None
        if getattr(error.__cause__, "sqlstate", "") != TOO_MANY:
            raise
        raise Refusal(
            N_("Today's look-ups are used up."),
            N_("Go on tomorrow, or ask the mutual-aid office."),
        ) from None
