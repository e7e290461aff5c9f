"""What the city's profile says."""

from __future__ import annotations

from functools import lru_cache

from gonghui.core.errors import N_, Refusal
from gonghui.ground.directory.models import Union
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.cityprofile.reading import read_profile
from gonghui.programmes.mutualaid.models import CityProfile


def profile_of(union_id: int) -> Profile:
    """The profile in force of a union that runs schemes. Refuses a union that has none."""
    stored = CityProfile.objects.filter(union_id=union_id).order_by("-number").first()
    if stored is None:
        raise Refusal(
            N_("{union} has no profile yet."),
            N_("Set one: gonghui city profile FILE.yaml"),
            union=Union.objects.filter(id=union_id).values_list("name", flat=True).first() or "–",
        )
    return _read(bytes(stored.source))


def city_profile() -> Profile:
    """The profile of the root of the tree: the city in whose house this is."""
    root = Union.objects.filter(parent__isnull=True).values_list("id", flat=True).first()
    return profile_of(root or 0)


@lru_cache(maxsize=8)
def _read(source: bytes) -> Profile:
    return read_profile(source, "profile.yaml")
