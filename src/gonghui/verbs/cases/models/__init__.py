"""Nouns of a case, with their constraints."""

from gonghui.verbs.cases.models.cases import (
    Case,
    Confidential,
    Consent,
    Decision,
    FiledHow,
    Kinship,
    Paper,
    Review,
    State,
    Step,
)
from gonghui.verbs.cases.models.kinds import Kind, KindConsent, KindPaper, KindStep, Transition

__all__ = [
    "Case",
    "Confidential",
    "Consent",
    "Decision",
    "FiledHow",
    "Kind",
    "KindConsent",
    "KindPaper",
    "KindStep",
    "Kinship",
    "Paper",
    "Review",
    "State",
    "Step",
    "Transition",
]
