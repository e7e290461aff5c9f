"""Nouns of the directory, with their constraints."""

from gonghui.ground.directory.models.bodies import Body, BodyMember
from gonghui.ground.directory.models.employments import Employment
from gonghui.ground.directory.models.hardships import Hardship
from gonghui.ground.directory.models.persons import Person, PersonContact, PersonNumber
from gonghui.ground.directory.models.posts import Delegation, Post, PostKind
from gonghui.ground.directory.models.unions import Union, UnionSpan

__all__ = [
    "Body",
    "BodyMember",
    "Delegation",
    "Employment",
    "Hardship",
    "Person",
    "PersonContact",
    "PersonNumber",
    "Post",
    "PostKind",
    "Union",
    "UnionSpan",
]
