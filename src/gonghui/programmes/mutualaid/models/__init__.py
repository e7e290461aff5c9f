"""Nouns of the programme, with their constraints."""

from gonghui.programmes.mutualaid.models.bills import Bill
from gonghui.programmes.mutualaid.models.claims import (
    Claim,
    ClaimFlag,
    ClaimInvoice,
    ClaimList,
    ClaimPaper,
)
from gonghui.programmes.mutualaid.models.decisions import Decision, Running, Turn
from gonghui.programmes.mutualaid.models.duepayments import DuePayment
from gonghui.programmes.mutualaid.models.dues import Due, Recovery
from gonghui.programmes.mutualaid.models.editions import (
    Confirmation,
    Edition,
    EditionSpan,
    Publication,
)
from gonghui.programmes.mutualaid.models.enrolments import Enrolment
from gonghui.programmes.mutualaid.models.grants import (
    Grant,
    GrantCheck,
    GrantMeeting,
    GrantPresence,
)
from gonghui.programmes.mutualaid.models.notices import Notice, NoticeLine, Objection
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
from gonghui.programmes.mutualaid.models.samples import Sample, SampleLine
from gonghui.programmes.mutualaid.models.schemes import Scheme
from gonghui.programmes.mutualaid.models.series import Series
from gonghui.programmes.mutualaid.models.settlements import (
    FeedFile,
    FeedRow,
    Reversal,
    Settlement,
    Waiting,
)
from gonghui.programmes.mutualaid.models.takeover import (
    TakenPayout,
    Takeover,
    TakeoverFile,
    TakeoverSignature,
)

__all__ = [
    "Answer",
    "Attachment",
    "Bill",
    "CityProfile",
    "Claim",
    "ClaimFlag",
    "ClaimInvoice",
    "ClaimList",
    "ClaimPaper",
    "Comment",
    "Confirmation",
    "Consultation",
    "Decision",
    "Draft",
    "Due",
    "DuePayment",
    "Edition",
    "EditionSpan",
    "Enrolment",
    "FeedFile",
    "FeedRow",
    "Grant",
    "GrantCheck",
    "GrantMeeting",
    "GrantPresence",
    "Notice",
    "NoticeLine",
    "Objection",
    "Publication",
    "Receipt",
    "Recovery",
    "Refund",
    "Reversal",
    "Revision",
    "RevisionStep",
    "RosterFile",
    "Running",
    "Sample",
    "SampleLine",
    "Scheme",
    "Series",
    "Settlement",
    "StatementFile",
    "StatementLine",
    "Suspense",
    "TakenPayout",
    "Takeover",
    "TakeoverFile",
    "TakeoverSignature",
    "Turn",
    "Waiting",
]
