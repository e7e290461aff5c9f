"""Nouns of the directory, with their constraints."""

from gonghui.ground.directory.models.bodies import Body, BodyMember
from gonghui.ground.directory.models.employments import Employment
from gonghui.ground.directory.models.hardships import Hardship
from gonghui.ground.directory.models.persons import Lookup, Person, PersonContact, PersonNumber
from gonghui.ground.directory.models.posts import (
    Appointment,
    Delegation,
    Post,
    PostKind,
    PostKindSpan,
)
from gonghui.ground.directory.models.unions import Union, UnionSpan, UnitSpan

__all__ = [
    "Appointment",
    "Body",
    "BodyMember",
    "Delegation",
    "Employment",
    "Hardship",
    "Lookup",
    "Person",
    "PersonContact",
    "PersonNumber",
    "Post",
    "PostKind",
    "PostKindSpan",
    "Union",
    "UnionSpan",
    "UnitSpan",
]
