"""Who holds which post, who stands in, what waits for a second person; bodies and members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connections
from django.db.models import Q

from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Appointment, Body, BodyMember, Delegation, Post


@dataclass(frozen=True, slots=True)
class DeputyLine:
    """Somebody who stands in for a post."""

    delegation_id: int
    person_id: int
    name: str
    matter: str


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post on a day, with its deputies of that day."""

    post_id: int
    person_id: int
    name: str
    kind: str
    kind_name: str
    starts_on: date
    ends_before: date | None
    deputies: tuple[DeputyLine, ...]


@dataclass(frozen=True, slots=True)
class PendingLine:
    """A post that waits for its second person."""

    appointment_id: int
    name: str
    union_name: str
    kind_name: str
    proposed_by: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A body on a day; its members by name and title."""

    body_id: int
    kind: str
    name: str
    members: tuple[tuple[str, str], ...]


def posts_in(actor: Actor, union_id: int, day: date) -> list[PostLine]:
    """The posts of a union on a day, as far as the actor sees; the oldest first."""
    with actor.transaction():
        posts = list(
            Post.objects.filter(_on(day), union_id=union_id)
            .select_related("person", "kind")
            .order_by("starts_on", "pk")
        )
        deputies: dict[int, list[DeputyLine]] = {post.pk: [] for post in posts}
        delegations = Delegation.objects.filter(_on(day), post_id__in=deputies)
        for one in delegations.select_related("person").order_by("starts_on", "pk"):
            line = DeputyLine(one.pk, one.person_id, one.person.name, one.matter)
            deputies[one.post_id].append(line)
    return [
        PostLine(
            post.pk,
            post.person_id,
            post.person.name,
            post.kind_id,
            post.kind.name,
            post.starts_on,
            post.ends_before,
            tuple(deputies[post.pk]),
        )
        for post in posts
    ]


def pending_appointments(actor: Actor) -> list[PendingLine]:
    """What waits for a second person's word in the actor's part of the tree."""
    waiting = Appointment.objects.filter(decided_by__isnull=True)
    with actor.transaction():
        return [
            PendingLine(
                one.pk,
                one.person.name,
                one.union.name,
                one.kind.name,
                one.proposed_by.name,
                one.starts_on,
            )
            for one in waiting.select_related("person", "union", "kind", "proposed_by").order_by(
                "pk"
            )
        ]


def bodies_in(actor: Actor, union_id: int, day: date) -> list[BodyLine]:
    """The bodies of a union on a day with their members of that day."""
    with actor.transaction():
        bodies = list(Body.objects.filter(_on(day), union_id=union_id).order_by("kind", "pk"))
        members: dict[int, list[tuple[str, str]]] = {body.pk: [] for body in bodies}
        seated = BodyMember.objects.filter(_on(day), body_id__in=members)
        for one in seated.select_related("person").order_by("starts_on", "pk"):
            members[one.body_id].append((one.person.name, one.title))
    return [BodyLine(body.pk, body.kind, body.name, tuple(members[body.pk])) for body in bodies]


def _on(day: date) -> Q:
    return Q(starts_on__lte=day) & (Q(ends_before__isnull=True) | Q(ends_before__gt=day))


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of one's own, or one that one stands in for."""

    kind_name: str
    union_id: int
    union_name: str
    starts_on: date
    standing_in: bool


def my_posts(actor: Actor) -> list[OwnPost]:
    """The posts that reach the place where the actor acts, and those below it, of today."""
    with actor.transaction() as scope, connections["default"].cursor() as cursor:
        cursor.execute("select gate.today()")
        today = cursor.fetchone()[0]
        own = Post.objects.filter(_on(today), person_id=scope.person_id)
        lent = Delegation.objects.filter(_on(today), person_id=scope.person_id)
        return [
            OwnPost(one.kind.name, one.union_id, one.union.name, one.starts_on, False)
            for one in own.select_related("kind", "union").order_by("starts_on", "pk")
        ] + [
            OwnPost(one.post.kind.name, one.post.union_id, one.post.union.name, one.starts_on, True)
            for one in lent.select_related("post__kind", "post__union").order_by("starts_on", "pk")
        ]
