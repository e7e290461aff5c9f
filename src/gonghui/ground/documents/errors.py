"""What this room refuses."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal


def not_yours() -> Refusal:
    """Documents of others and documents that are not there are told alike."""
    return Refusal(
        N_("There is no such document or page here."),
        N_("Ask the person herself, or the office."),
    )


def not_to_keep() -> Refusal:
    return Refusal(
        N_("A document of this person cannot be kept here by you."),
        N_("Choose the person's own unit, or ask the office."),
    )
