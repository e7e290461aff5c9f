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


def only_scheme(code: str = "") -> Scheme:
    """The scheme by its code; where there is one only, it need not be said."""
    if code:
        return scheme_of(code)
    schemes = list(Scheme.objects.order_by("code")[:2])
    if len(schemes) == 1:
        return schemes[0]
    raise Refusal(
        N_("It is not clear which scheme is meant: {known}."),
        N_("Name one: --scheme CODE"),
        known=", ".join(one.code for one in schemes) or "–",
    )
