"""Public notices: drafted from what was granted, published by a second person, down by themselves.

A line says a masked name, a unit, a month and an amount; there is no way to make it say more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connections, transaction

from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of, day_of
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.names import written_name
from gonghui.ground.jobs.faults import fault
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.grant_errors import in_words
from gonghui.programmes.mutualaid.models import Due, Notice, NoticeLine, Objection, Scheme
from gonghui.programmes.mutualaid.notice_names import LONG_NUMBER, masked_name, shown_unit
from gonghui.programmes.mutualaid.permissions import NOTICE

_ABOUT = {"grants": "grant", "benefits": "benefit"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line as the public reads it."""

    place: int
    masked_name: str
    unit_name: str
    month: str
    fen: int


def draft_notice(
    actor: Actor, scheme: Scheme, month: date, *, about: str, title: str, working_days: int
) -> Notice:
    """Everybody to whom something became due in a month, masked as it is written down."""
    with actor.transaction() as scope:
        scope.require(NOTICE)
        if about not in _ABOUT:
            raise Refusal(
                N_("A notice is about grants or benefits, not “{about}”."),
                N_("Choose one of: {known}."),
                about=about,
                known=", ".join(_ABOUT),
            )
        said = " ".join(title.split())
        if not said or masked_reason(said) != said or LONG_NUMBER.search(said):
            raise Refusal(
                N_("A notice has a title, and no long number stands in it."),
                N_("Write it without any number of a person."),
                field="title",
            )
        dues = (
            Due.objects.filter(
                scheme=scheme,
                kind=_ABOUT[about],
                owed_on__year=month.year,
                owed_on__month=month.month,
            )
            .exclude(state="stopped")
            .select_related("person", "union")
            .order_by("union__code", "id")
        )
        written = {written_name(due.person.name) for due in dues}
        names = sorted((name for name in written if len(name) > 1), key=len, reverse=True)
        if any(name in written_name(title) for name in names):
            raise Refusal(
                N_("The title names somebody who stands on the notice."),
                N_("Write it without a name."),
                field="title",
            )
        units = {
            due.union_id: shown_unit(due.union.name, names)
            for due in {due.union_id: due for due in dues}.values()
        }
        with in_words():
            notice = Notice.objects.create(
                scheme=scheme,
                union_id=scheme.union_id,
                about=about,
                title=" ".join(title.split()),
                working_days=working_days,
                drafted_by_id=scope.person_id,
            )
            NoticeLine.objects.bulk_create(
                NoticeLine(
                    notice=notice,
                    union_id=scheme.union_id,
                    place=place,
                    source=due.source,
                    masked_name=masked_name(due.person.name),
                    unit_name=units[due.union_id],
                    month=f"{due.owed_on:%Y-%m}",
                    fen=due.fen,
                )
                for place, due in enumerate(dues, 1)
            )
        _say("notice.drafted", notice)
        return notice


def publish_notice(actor: Actor, notice_id: int, *, on: date, working_days: WorkingDays) -> Notice:
    """Stands from a day until so many working days have passed; a second person publishes."""
    with actor.transaction() as scope:
        scope.require(NOTICE)
        notice = _held(notice_id)
        with in_words():
            Notice.objects.filter(pk=notice.pk).update(
                state="published",
                published_by=scope.person_id,
                published_on=on,
                ends_before=stands_until(on, notice.working_days, working_days),
                content_sha256=content_sha256(notice),
            )
        notice.refresh_from_db()
        _say("notice.published", notice, ends_before=str(notice.ends_before))
        return notice


def stands_until(on: date, count: int, working_days: WorkingDays) -> date:
    """The first day on which a notice of a day no longer stands: after so many working days that
    follow it, as the State Council announced them."""
    return date_of(working_days.add(day_of(on), count) + 1)


def content_sha256(notice: Notice) -> bytes:
    """Of what is shown: whoever kept a copy can be told whether it is what stood here."""
    columns = ("place", "masked_name", "unit_name", "month", "fen")
    lines = notice.lines.order_by("place").values_list(*columns)
    said = {"title": notice.title, "lines": [list(line) for line in lines]}
    plain = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).digest()


def take_down(actor: Actor, notice_id: int, *, because: str) -> None:
    """Before its days are over, with a reason: an objection was right, a line is wrong."""
    with actor.transaction() as scope:
        scope.require(NOTICE)
        if not because.strip():
            raise Refusal(
                N_("Why the notice comes down is missing."), N_("Say it."), field="because"
            )
        notice = _held(notice_id)
        with in_words():
            Notice.objects.filter(pk=notice.pk).update(
                state="taken_down",
                taken_down_at=datetime.now(ZoneInfo("Asia/Shanghai")),
                taken_down_because=masked_reason(because),
            )
        _say("notice.taken_down", notice)


def sweep_notices(actor: Actor) -> int:
    """Marks those whose days are over and empties their lines; how many. Again does no harm."""
    with actor.transaction() as scope:
        scope.require(NOTICE)
        with connections["default"].cursor() as cursor:
            cursor.execute("select gate.sweep_notices()")
            swept = int(cursor.fetchone()[0])
        if swept:
            record(
                "notice.swept",
                subject="mutualaid_notice",
                subject_id=0,
                union_id=scope.union_id,
                details={"notices": swept},
            )
        return swept


def sweep_by_clock(portion: int = 50) -> int:
    """The same for the whole house, by the machine's clock, as keeper: portion by portion, each in
    a transaction of its own. Killed at any moment, the next run does the rest."""
    swept = 0
    while True:
        with transaction.atomic(using="keeper"), connections["keeper"].cursor() as cursor:
            cursor.execute("select gate.sweep_notices_over(%s)", [portion])
            taken = int(cursor.fetchone()[0])
            fault("notices.swept")
        swept += taken
        fault("notices.between")
        if taken < portion:
            return swept


def public_lines(notice_id: int) -> Sequence[Shown]:
    """What anybody reads today: nothing of a draft, nothing when the days are over."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select * from gate.public_notice_lines(%s)", [notice_id])
        return [Shown(*row) for row in cursor.fetchall()]


def object_to(actor: Actor, notice_id: int, words: str, *, on: date) -> Objection:
    """Writes down what somebody said against a notice, while it stands."""
    with actor.transaction() as scope:
        scope.require(NOTICE)
        if not words.strip():
            raise Refusal(N_("What was objected is missing."), N_("Write it down."), field="words")
        notice = _held(notice_id)
        with in_words():
            objection = Objection.objects.create(
                notice=notice,
                union_id=notice.union_id,
                raised_on=on,
                words=masked_reason(words),
                received_by_id=scope.person_id,
            )
        _say("notice.objected", notice, objection=objection.pk)
        return objection


def answer_objection(actor: Actor, objection_id: int, answer: str, *, on: date) -> None:
    """What came of it."""
    with actor.transaction() as scope:
        scope.require(NOTICE)
        changed = (
            Objection.objects.filter(pk=objection_id, answered_on=None).update(
                answer=masked_reason(answer), answered_on=on, answered_by=scope.person_id
            )
            if answer.strip()
            else 0
        )
        if not changed:
            raise Refusal(
                N_("There is no such open objection, or no answer."),
                N_("Look at the notice's objections."),
            )


def _held(notice_id: int) -> Notice:
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None:
        raise Refusal(N_("There is no such notice here."), N_("`gonghui notice list` shows them."))
    return notice


def _say(verb: str, notice: Notice, **details: object) -> None:
    record(
        verb,
        subject="mutualaid_notice",
        subject_id=notice.pk,
        union_id=notice.union_id,
        details={"about": notice.about, **details},
    )
