"""The empty roster of a city: its title, its contact, its period."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Union
from gonghui.programmes.mutualaid.queries.editions import edition_on
from gonghui.programmes.mutualaid.queries.profiles import city_profile
from gonghui.programmes.mutualaid.queries.schemes import only_scheme
from gonghui.programmes.mutualaid.rosters.template import TemplateWords, template_workbook
from gonghui.programmes.mutualaid.terms import terms_on


def roster_template(
    actor: Actor, translate: Callable[[str], str], *, scheme: str = "", on: date
) -> bytes:
    """An xlsx for the place where the actor acts and the period that holds a day."""
    with actor.transaction() as scope:
        profile, known = city_profile(), only_scheme(scheme)
        terms = terms_on(edition_on(known.code, on), on)
        place = Union.objects.get(pk=scope.union_id or 0)
        words = TemplateWords(
            title=f"{known.name} 花名册（{terms.period_from}—{terms.period_until}前）",
            unit="" if scope.whole else place.name,
            contact=profile.find("contact.phone") or "",
        )
        return template_workbook(words, translate)
