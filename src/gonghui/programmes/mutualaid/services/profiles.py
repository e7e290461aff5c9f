"""Setting the city's profile."""

from __future__ import annotations

import hashlib

from django.db.models import Max

from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.cityprofile.reading import read_profile
from gonghui.programmes.mutualaid.models import CityProfile
from gonghui.programmes.mutualaid.permissions import PROFILE


def set_profile(actor: Actor, source: bytes, file: str) -> Profile:
    """The profile of the actor's union, from now on; the ones before are kept."""
    profile = read_profile(source, file)
    with actor.transaction() as scope:
        scope.require(PROFILE)
        assert scope.union_id is not None  # whoever holds a post stands somewhere
        mine = CityProfile.objects.filter(union_id=scope.union_id)
        last = mine.aggregate(last=Max("number"))["last"] or 0
        stored = CityProfile.objects.create(
            union_id=scope.union_id,
            number=last + 1,
            source=source,
            sha256=hashlib.sha256(source).digest(),
            set_by_id=scope.person_id,
        )
        record(
            "profile.set",
            subject="mutualaid_cityprofile",
            subject_id=stored.pk,
            union_id=scope.union_id,
            details={"number": stored.number, "sha256": bytes(stored.sha256).hex()},
        )
    return profile
