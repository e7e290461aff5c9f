"""A revision on its road: opened, drafted, costed, out for comments, decided by its bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook import redline
from gonghui.core.rulebook.kept import KeptEditions
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.readable import markdown
from gonghui.core.rulebook.shelf import Source
from gonghui.core.rulebook.timeline import timeline
from gonghui.core.rulebook.wording import Wording
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.directory.models import Body
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.errors import in_words
from gonghui.programmes.mutualaid.models import (
    Answer,
    Attachment,
    Comment,
    Consultation,
    Draft,
    Revision,
    RevisionStep,
    Scheme,
)
from gonghui.programmes.mutualaid.permissions import DRAFT
from gonghui.programmes.mutualaid.publication.succession import succeed
from gonghui.programmes.mutualaid.publication.texts import Text, sha256
from gonghui.programmes.mutualaid.queries.editions import shelf
from gonghui.programmes.mutualaid.queries.profiles import profile_of
from gonghui.programmes.mutualaid.queries.revisions import (
    Standing,
    open_consultation,
    revision_of,
    standing,
)
from gonghui.programmes.mutualaid.queries.schemes import scheme_of

InWords = Callable[[Edition], Wording]
"""The words of an edition in the language of whoever asks."""

WHOLE = "whole"
"""A comment on no clause in particular."""


@dataclass(frozen=True)
class Taking:
    """A step as it was taken: by which body, on which day, under which number, on which paper."""

    body: str
    on: date
    number: str = ""
    evidence: str = ""
    evidence_sha256: bytes | None = None


def draft_revision(
    actor: Actor, code: str, source: Source, *, reason: str = "", words: InWords = Wording
) -> Draft:
    """A draft of the edition ``code``: its first opens the revision, the next ones change it.

    Refused where the text has a mistake, where it would leave days without an edition or put two
    in force, and once the edition is published.
    """
    with actor.transaction() as scope:
        scope.require(DRAFT)
        scheme = scheme_of(code.rpartition("/")[0])
        books = shelf(scheme.code)
        if code in books.ids:
            raise Refusal(
                N_("{edition} is published already."),
                N_("A published edition is never changed: revise it."),
                edition=code,
            )
        found = succeed(books, code, source)
        revision = _revision(scope, scheme, code, found.text)
        last = revision.drafts.order_by("-number").first()
        if last is not None and (bytes(last.source), _bytes(last.words)) == (
            source.book,
            source.text,
        ):
            return last
        with in_words():
            draft = Draft.objects.create(
                revision=revision,
                union_id=revision.union_id,
                number=last.number + 1 if last else 1,
                source=source.book,
                words=source.text,
                canonical=found.text.canonical,
                sha256=sha256(found.text.canonical),
                redline=_redline(books, found.text.edition, words),
                reason=masked_reason(reason),
                made_by_id=scope.person_id,
            )
        _note("revision.drafted", revision, draft=draft.number, sha256=bytes(draft.sha256).hex())
        return draft


def attach_replay(
    actor: Actor, code: str, name: str, content: bytes, figures: Mapping[str, Any]
) -> Attachment:
    """Replay figures of the newest draft: what they come to, and the hash of their file."""
    with actor.transaction() as scope:
        scope.require(DRAFT)
        found = standing(revision_of(code))
        attached, made = Attachment.objects.get_or_create(
            draft=found.draft,
            sha256=sha256(content),
            defaults={
                "union_id": found.revision.union_id,
                "kind": "replay",
                "name": name,
                "figures": dict(figures),
                "attached_by_id": scope.person_id,
            },
        )
        if made:
            digest = bytes(attached.sha256).hex()
            _note("revision.costed", found.revision, draft=found.draft.number, sha256=digest)
        return attached


def consult(
    actor: Actor, code: str, opens_on: date, closes_before: date, *, words: InWords = Wording
) -> Consultation:
    """The newest draft goes out for comments, to everybody who can sign in."""
    with actor.transaction() as scope:
        scope.require(DRAFT)
        found = standing(revision_of(code))
        step = found.next
        if step is None or not step.consults:
            raise _not_next(found)
        revision, draft = found.revision, found.draft
        text = _text(revision.scheme, code, draft)
        say = words(text.edition).say
        clauses = [
            {"id": one.id, "title": one.title, "words": one.words} for one in text.edition.clauses
        ]
        with in_words():
            consultation = Consultation.objects.create(
                revision=revision,
                draft=draft,
                union_id=revision.union_id,
                scheme_id=revision.scheme_id,
                name=revision.name,
                title=text.edition.title,
                clauses=[*clauses, {"id": WHOLE, "title": say(N_("The whole text")), "words": ""}],
                redline=draft.redline,
                opens_on=opens_on,
                closes_before=closes_before,
                opened_by_id=scope.person_id,
            )
        _note("revision.consulted", revision, draft=draft.number, until=closes_before.isoformat())
        return consultation


def comment(actor: Actor, code: str, clause: str, words: str) -> Comment:
    """What the actor's union says of a clause of the draft that is out (``whole``: of it all)."""
    with actor.transaction() as scope:
        assert scope.union_id is not None  # whoever holds a post stands somewhere
        consultation = open_consultation(code)
        clauses = [one["id"] for one in consultation.clauses]
        if clause not in clauses:
            raise Refusal(
                N_("The draft has no clause “{clause}”."),
                N_("It has: {clauses}."),
                clause=clause,
                clauses=", ".join(clauses),
            )
        if not words.strip():
            raise Refusal(N_("A comment says something."), N_("Write it."))
        with in_words():
            made = Comment.objects.create(
                consultation=consultation,
                union_id=scope.union_id,
                person_id=scope.person_id,
                clause=clause,
                words=words.strip(),
            )
        record(
            "revision.commented",
            subject="mutualaid_comment",
            subject_id=made.pk,
            union_id=made.union_id,
            details={"edition": code, "clause": clause},
        )
        return made


def answer(actor: Actor, comment_id: int, outcome: str, words: str) -> Answer:
    """What the office answers; ``outcome``: adopted, partly or not_adopted. Once."""
    with actor.transaction() as scope:
        scope.require(DRAFT)
        asked = Comment.objects.select_related("consultation").filter(id=comment_id).first()
        if asked is None:
            raise Refusal(
                N_("Here is no comment {number}."),
                N_("Look at the number again: gonghui edition show"),
                number=comment_id,
            )
        if Answer.objects.filter(comment=asked).exists():
            raise Refusal(
                N_("Comment {number} has been answered."),
                N_("An answer once given is not changed."),
                number=comment_id,
            )
        outcomes = [value for value, _ in Answer._meta.get_field("outcome").choices or ()]
        if outcome not in outcomes or not words.strip():
            raise Refusal(
                N_("An answer says what becomes of the comment, and why."),
                N_("Choose one of {outcomes}, and write the reason."),
                outcomes=", ".join(map(str, outcomes)),
            )
        with in_words():
            given = Answer.objects.create(
                comment=asked,
                union_id=asked.union_id,
                outcome=outcome,
                words=words.strip(),
                person_id=scope.person_id,
            )
        record(
            "revision.answered",
            subject="mutualaid_answer",
            subject_id=given.pk,
            union_id=given.union_id,
            details={"comment": asked.pk, "outcome": outcome},
        )
        return given


def advance(actor: Actor, code: str, step: str, taking: Taking) -> RevisionStep:
    """Records that a step was taken. Refused for any step but the next, for another body than the
    road names, and while something the step needs is missing."""
    with actor.transaction() as scope:
        scope.require(DRAFT)
        found = standing(revision_of(code))
        if found.next is None or found.next.id != step:
            raise _not_next(found)
        if found.next.publishes:
            raise Refusal(
                N_("“{step}” is taken by publishing."),
                N_("Two people publish: gonghui edition publish"),
                step=found.next.name,
            )
        body = body_for(found, taking.body, taking.on)
        _refuse_missing(found, taking)
        with in_words():
            taken = RevisionStep.objects.create(
                revision=found.revision,
                union_id=found.revision.union_id,
                draft=found.draft,
                position=found.position,
                step=step,
                body=body,
                taken_on=taking.on,
                minute_number=taking.number,
                evidence=taking.evidence,
                evidence_sha256=taking.evidence_sha256,
                recorded_by_id=scope.person_id,
            )
        _note("revision.advanced", found.revision, step=step, draft=found.draft.number)
        return taken


def body_for(found: Standing, kind: str, on: date) -> Body:
    """The body of the scheme's union that takes the next step, as it stood on a day."""
    step = found.next
    assert step is not None
    if kind != step.body:
        raise Refusal(
            N_("“{step}” is taken by the body {right}, not by {said}."),
            N_("Bring it before that body first."),
            step=step.name,
            right=step.body,
            said=kind,
        )
    mine = Body.objects.filter(union_id=found.revision.union_id, kind=kind, starts_on__lte=on)
    body = mine.exclude(ends_before__lte=on).first()
    if body is None:
        raise Refusal(
            N_("There was no body {kind} on {day}."),
            N_("Register it with its term: gonghui directory body"),
            kind=kind,
            day=on,
        )
    return body


def _refuse_missing(found: Standing, taking: Taking) -> None:
    step, draft = found.next, found.draft
    assert step is not None
    attached = Attachment.objects.filter(draft=draft, kind="replay").exists()
    missing = {
        "minute": (not taking.number, N_("Give the number of the minute (--number).")),
        "evidence": (not taking.evidence_sha256, N_("Name the paper (--evidence FILE).")),
        "redline": (not draft.redline, N_("Make the draft anew, with its redline.")),
        "replay": (not attached, N_("Attach the replay of this draft: gonghui edition attach")),
    }
    for need in step.needs:
        lacks, todo = missing[need]
        if lacks:
            raise Refusal(N_("“{step}” needs: {need}."), todo, step=step.name, need=need)
    if step.consults:
        _refuse_unanswered(found, taking.on)


def _refuse_unanswered(found: Standing, on: date) -> None:
    asked = Consultation.objects.filter(revision=found.revision)
    last = asked.order_by("-closes_before").first()
    if last is None:
        raise Refusal(
            N_("The draft has not been out for comments."),
            N_("Send it out: gonghui edition consult"),
        )
    if last.closes_before > on:
        raise Refusal(
            N_("Comments are taken until {day}."),
            N_("Take this step on that day or later."),
            day=last.closes_before,
        )
    open_ones = Comment.objects.filter(consultation__in=asked, answer__isnull=True)
    numbers = list(open_ones.order_by("id").values_list("id", flat=True))
    if numbers:
        raise Refusal(
            N_("Comments wait for their answers: {numbers}."),
            N_("Answer each: gonghui edition answer NUMBER"),
            numbers=", ".join(map(str, numbers)),
        )


def _not_next(found: Standing) -> Refusal:
    if found.next is None:
        return Refusal(
            N_("{revision} is at the end of its road."),
            N_("Nothing more is to be done with it."),
            revision=found.revision.code,
        )
    return Refusal(
        N_("{revision} stands before “{step}” ({id}), which {body} takes."),
        N_("Take the steps in their order; none is skipped."),
        revision=found.revision.code,
        step=found.next.name,
        id=found.next.id,
        body=found.next.body,
    )


def _revision(scope: Scope, scheme: Scheme, code: str, text: Text) -> Revision:
    name = code.rpartition("/")[2]
    revision, made = Revision.objects.get_or_create(
        scheme=scheme,
        name=name,
        defaults={
            "union_id": scheme.union_id,
            "title": text.edition.title,
            "road": profile_of(scheme.union_id).road.plain(),
            "opened_by_id": scope.person_id,
        },
    )
    if made:
        _note("revision.opened", revision)
    return revision


def _redline(books: KeptEditions, new: Edition, words: InWords) -> str:
    """Against what it extends, or else the edition in force the day before it starts."""
    if new.extends:
        old: Edition | None = books.edition(new.extends)
    else:
        segments = timeline(books, new.scheme) if books.ids else ()
        day = new.valid_from - 1
        old = next((one.edition for one in segments if one.since <= day < one.until), None)
    if old is None:
        return words(new).say(N_("There is no edition before this one."))
    return markdown(redline.document(words(old), words(new)))


def _text(scheme: Scheme, code: str, draft: Draft) -> Text:
    source = Source(bytes(draft.source), _bytes(draft.words), code)
    return succeed(shelf(scheme.code), code, source).text


def _bytes(stored: bytes | memoryview | None) -> bytes | None:
    return None if stored is None else bytes(stored)


def _note(event: str, revision: Revision, **details: object) -> None:
    record(
        event,
        subject="mutualaid_revision",
        subject_id=revision.pk,
        union_id=revision.union_id,
        details={"edition": revision.code, **details},
    )
