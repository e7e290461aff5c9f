"""`gonghui edition draft|attach|consult|comment|answer|advance`: a revision on its road."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _, spoken
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.core.rulebook.model import Edition
    from gonghui.core.rulebook.wording import Wording


def register(group: typer.Typer) -> None:
    group.command("draft", help=_("Open a revision, or put a new draft in place of the last."))(
        draft
    )
    group.command("attach", help=_("Attach replay figures to the draft."))(attach)
    group.command("consult", help=_("Send the draft out for comments."))(consult)
    group.command("comment", help=_("Comment on a clause of the draft that is out."))(comment)
    group.command("answer", help=_("Answer a comment."))(answer)
    group.command("advance", help=_("Record that a body took the next step."))(advance)


Code = Annotated[str, typer.Argument(metavar="EDITION", help="city/scheme/edition")]


def draft(
    book: Annotated[Path, typer.Argument(metavar="FILE.yaml", help=_("The revised rule book."))],
    as_: As,
    text: Annotated[
        Path | None, typer.Option(metavar="FILE.md", help=_("The text with its clauses."))
    ] = None,
    reason: Annotated[
        str, typer.Option(help=_("Why this draft takes the place of the last."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    from gonghui.core.rulebook.shelf import Shelf, Source

    words = text.read_bytes() if text else None
    source = Source(book.read_bytes(), words, book.as_posix(), text.as_posix() if text else "")
    (code,) = Shelf(book.parent, book).loose
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.revisions import draft_revision

        made = draft_revision(actor, code, source, reason=reason, words=_worded)
        print(_("Draft {number} of {edition}.").format(number=made.number, edition=code))
        print()
        print(made.redline, end="")


def _worded(edition: Edition) -> Wording:
    from gonghui.core.rulebook.wording import Wording

    return Wording(edition, _, spoken())


def attach(
    edition: Code,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The report of `replay`."))],
    as_: As,
    note: Annotated[str, typer.Option(help=_("What it comes to."))] = "",
    secret_file: SecretFile = None,
) -> None:
    content = file.read_bytes()
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.revisions import attach_replay

        figures = {"note": note} if note else {}
        made = attach_replay(actor, edition, file.name, content, figures)
        print(f"{bytes(made.sha256).hex()}  {file.name}")


def consult(
    edition: Code,
    until: Annotated[
        str, typer.Option(metavar="DAY", help=_("The day on which the road may go on."))
    ],
    as_: As,
    since: Annotated[
        str, typer.Option("--from", metavar="DAY", help=_("The first day (default: today)."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services import revisions

        opens, closes = business_day("--from", since), business_day("--until", until)
        out = revisions.consult(actor, edition, opens, closes, words=_worded)
        rows = [(one["id"], one["title"]) for one in out.clauses]
    print(table((_("Clause"), _("Title")), rows))


def comment(
    edition: Code,
    clause: Annotated[
        str, typer.Argument(metavar="CLAUSE", help=_("Its id, or “whole” for the whole text."))
    ],
    words: Annotated[str, typer.Argument(metavar="WORDS", help=_("What you say of it."))],
    as_: As,
    at: Annotated[
        str, typer.Option(metavar="CODE", help=_("The union that comments (default: one's own)."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file, at=at) as actor:
        from gonghui.programmes.mutualaid.services import revisions

        made = revisions.comment(actor, edition, clause, words)
        print(_("Comment {number}.").format(number=made.pk))


def answer(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=_("The comment's number."))],
    outcome: Annotated[
        str, typer.Argument(metavar="adopted|partly|not_adopted", help=_("What becomes of it."))
    ],
    words: Annotated[str, typer.Argument(metavar="WORDS", help=_("Why."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services import revisions

        revisions.answer(actor, number, outcome, words)
    print(_("Answered: {number}.").format(number=number))


def advance(
    edition: Code,
    step: Annotated[str, typer.Argument(metavar="STEP", help=_("The id of the step."))],
    body: Annotated[
        str, typer.Option(help=_("The body that took it: committee, office, leading_group, …"))
    ],
    as_: As,
    on: Annotated[
        str, typer.Option(metavar="DAY", help=_("The day it was taken (default: today)."))
    ] = "",
    number: Annotated[str, typer.Option(help=_("The number of the minute or document."))] = "",
    evidence: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("The paper; its hash is kept."))
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    paper = evidence.read_bytes() if evidence else None
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.publication.texts import sha256
        from gonghui.programmes.mutualaid.services import revisions

        taking = revisions.Taking(
            body,
            business_day("--on", on),
            number,
            evidence.name if evidence else "",
            sha256(paper) if paper is not None else None,
        )
        revisions.advance(actor, edition, step, taking)
        with actor.transaction():
            print_standing(edition)


def print_standing(code: str) -> None:
    """Where a revision stands; for whom only its consultation is open, that."""
    from gonghui.programmes.mutualaid.models import Revision
    from gonghui.programmes.mutualaid.queries.revisions import (
        open_consultation,
        revision_of,
        standing,
    )

    scheme, _slash, name = code.rpartition("/")
    if Revision.objects.filter(scheme__code=scheme, name=name).exists():
        found = standing(revision_of(code))
        counting = {one.position: one for one in found.counting}
        rows = []
        for position, step in enumerate(found.road.steps):
            taken = counting.get(position)
            mark = "✓" if taken else "→" if position == found.position else ""
            told = (taken.taken_on.isoformat(), taken.minute_number) if taken else ("", "")
            rows.append((mark, step.id, step.name, step.body, *told))
        print(f"{code}  {found.revision.title}  {_('Draft')} {found.draft.number}")
        print()
        print(table(("", _("Step"), "", _("Body"), _("Day"), _("Number")), rows))
    else:
        out = open_consultation(code)
        print(f"{code}  {out.title}  {out.opens_on} – {out.closes_before}")
        print()
        print(out.redline, end="")
    _print_comments(code)


def _print_comments(code: str) -> None:
    from gonghui.programmes.mutualaid.queries.revisions import comments_on

    outcomes = {"adopted": _("adopted"), "partly": _("partly"), "not_adopted": _("not adopted")}
    rows = []
    for one in comments_on(code):
        given = getattr(one, "answer", None)
        told = f"{outcomes[given.outcome]} · {given.words}" if given else ""
        rows.append((str(one.pk), one.clause, one.union.name, one.words, told))
    if rows:
        print()
        head = (_("Comment"), _("Clause"), _("Union"), _("Words"), _("Answer"))
        print(table(head, rows, right=[0]))
