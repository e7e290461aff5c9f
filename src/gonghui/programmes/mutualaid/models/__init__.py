"""Nouns of the programme, with their constraints."""

from gonghui.programmes.mutualaid.models.bills import Bill
from gonghui.programmes.mutualaid.models.editions import (
    Confirmation,
    Edition,
    EditionSpan,
    Publication,
)
from gonghui.programmes.mutualaid.models.enrolments import Enrolment
from gonghui.programmes.mutualaid.models.profiles import CityProfile
from gonghui.programmes.mutualaid.models.receipts import (
    Receipt,
    Refund,
    StatementFile,
    StatementLine,
    Suspense,
)
from gonghui.programmes.mutualaid.models.revisions import (
    Answer,
    Attachment,
    Comment,
    Consultation,
    Draft,
    Revision,
    RevisionStep,
)
from gonghui.programmes.mutualaid.models.rosters import RosterFile
from gonghui.programmes.mutualaid.models.schemes import Scheme
from gonghui.programmes.mutualaid.models.series import Series

__all__ = [
    "Answer",
    "Attachment",
    "Bill",
    "CityProfile",
    "Comment",
    "Confirmation",
    "Consultation",
    "Draft",
    "Edition",
    "EditionSpan",
    "Enrolment",
    "Publication",
    "Receipt",
    "Refund",
    "Revision",
    "RevisionStep",
    "RosterFile",
    "Scheme",
    "Series",
    "StatementFile",
    "StatementLine",
    "Suspense",
]
