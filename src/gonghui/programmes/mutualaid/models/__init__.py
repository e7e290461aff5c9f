"""Nouns of the programme, with their constraints."""

from gonghui.programmes.mutualaid.models.editions import (
    Confirmation,
    Edition,
    EditionSpan,
    Publication,
)
from gonghui.programmes.mutualaid.models.profiles import CityProfile
from gonghui.programmes.mutualaid.models.revisions import (
    Answer,
    Attachment,
    Comment,
    Consultation,
    Draft,
    Revision,
    RevisionStep,
)
from gonghui.programmes.mutualaid.models.schemes import Scheme

__all__ = [
    "Answer",
    "Attachment",
    "CityProfile",
    "Comment",
    "Confirmation",
    "Consultation",
    "Draft",
    "Edition",
    "EditionSpan",
    "Publication",
    "Revision",
    "RevisionStep",
    "Scheme",
]
