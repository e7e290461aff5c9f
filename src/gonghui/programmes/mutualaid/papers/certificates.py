"""The certificate of cover: that somebody takes part, from when to when, and whether it is paid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Employment
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.models import Enrolment
from gonghui.programmes.mutualaid.papers import page
from gonghui.programmes.mutualaid.papers.numbers import masked_numbers
from gonghui.programmes.mutualaid.permissions import CHECK
from gonghui.programmes.mutualaid.queries.editions import edition_on
from gonghui.programmes.mutualaid.queries.profiles import city_profile
from gonghui.programmes.mutualaid.services.numbers import next_numbers
from gonghui.programmes.mutualaid.terms import terms_on

_PURPOSE = "打印参加证明"


def certificate_paper(actor: Actor, person_id: int, *, on: date, scheme_id: int) -> bytes:
    """A person's certificate as it stands on a day, under a number of its own."""
    with actor.transaction() as scope:
        if person_id != scope.person_id:
            scope.require(CHECK)
        enrolment = _cover(person_id, scheme_id, on)
        profile = city_profile()
        (number,) = next_numbers(profile, "certificate", on.year, 1)
        made = page.paper("certificate", certificate_data(profile, enrolment, number, on))
        record(
            "certificate.printed",
            subject="mutualaid_enrolment",
            subject_id=enrolment.pk,
            person_seen=enrolment.person_id,
            purpose=_PURPOSE,
            after=page.fingerprint(made),
            details={"number": number},
        )
        return made


def certificate_data(
    profile: Profile, enrolment: Enrolment, number: str, on: date
) -> dict[str, Any]:
    """All the paper says."""
    person, starts = enrolment.person, enrolment.starts_on
    terms = terms_on(
        edition_on(enrolment.scheme.code, enrolment.period_from), enrolment.period_from
    )
    waits = terms.waits_until(starts, first_join=enrolment.first_join)
    masked = masked_numbers([person.pk]).get(person.pk)
    return page.frame(profile, "certificate", "office") | {
        "number": number,
        "name": person.name,
        "document": masked.kind if masked else "身份证件",
        "document_number": masked.shown if masked else page.NOT_STATED,
        "enrolled_by": enrolment.union.name,
        "works_at": _works_elsewhere(enrolment, on),
        "scheme": enrolment.scheme.name,
        "cover": page.span(starts, enrolment.ends_before),
        "waiting": page.day(waits - timedelta(days=1)) if waits > starts else "",
        "paid": page.day(enrolment.paid_on) if enrolment.paid_on else "",
        "withdrawn": page.day(enrolment.withdrawn_on) if enrolment.withdrawn_on else "",
        "on": page.day(on),
    }


def _cover(person_id: int, scheme_id: int, on: date) -> Enrolment:
    """The cover of the day; else the next one, else the last. Rows that were joined are one."""
    hers = (
        Enrolment.objects.select_related("person", "union", "scheme")
        .filter(Q(person_id=person_id) | Q(person__merged_into_id=person_id))
        .filter(scheme_id=scheme_id, cancelled=False)
    )
    found = (
        hers.filter(ends_before__gt=on).order_by("starts_on").first()
        or hers.order_by("-ends_before").first()
    )
    if found is None:
        raise Refusal(
            N_("No cover of this person is known here."),
            N_("`gonghui roster list` shows who takes part through a unit."),
        )
    return found


def _works_elsewhere(enrolment: Enrolment, on: date) -> str:
    """Where she works on the day, if not where she was enrolled; "" as far as nobody here knows."""
    there = (
        Employment.objects.select_related("union")
        .filter(person_id=enrolment.person_id, starts_on__lte=on)
        .filter(Q(ends_before__isnull=True) | Q(ends_before__gt=on))
        .order_by(F("starts_on").desc())
    )
    units = [one.union for one in there]
    if not units or any(one.pk == enrolment.union_id for one in units):
        return ""
    return str(units[0].name)
