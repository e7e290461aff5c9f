"""Which schemes there are."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal
from gonghui.programmes.mutualaid.models import Scheme


def scheme_of(code: str) -> Scheme:
    """The scheme by its code. Refuses one that is not there, naming those that are."""
    found = Scheme.objects.filter(code=code).first()
    if found is None:
        known = Scheme.objects.order_by("code").values_list("code", flat=True)
        raise Refusal(
            N_("There is no scheme “{scheme}”."),
            N_("Known are: {known}."),
            scheme=code,
            known=", ".join(known) or "–",
        )
    return found
