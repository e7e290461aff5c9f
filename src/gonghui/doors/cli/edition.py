"""`gonghui edition …`: what is published, and how two people publish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.doors.cli import edition_road
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.home import home
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import pad, table, width

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.programmes.mutualaid.models import Edition, EditionSpan, Publication
    from gonghui.programmes.mutualaid.publication.decided import StoredAmounts

SHOWN_DIGITS = 12

Both = Annotated[
    list[str],
    typer.Option("--as", metavar="PERSON", help=N_("Who acts: two people, each named once.")),
]
BothFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--secret-file", metavar="FILE", help=N_("The secret of each, in the same order.")
    ),
]
Decided = Annotated[
    Path | None,
    typer.Option(
        metavar="STORE", help=N_("What has been decided, where the edition changes days past.")
    ),
]
Digest = Annotated[
    str, typer.Option(metavar="SHA256", help=N_("The digest that `prepare` printed."))
]
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", help=N_("The number that `prepare` printed."))
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Publish editions by two people, and bring a revision along its road."),
        no_args_is_help=True,
    )
    group.command("list", help=_("What is in force, under way and prepared."))(list_)
    group.command("show", help=_("Show a published edition, or where a revision stands."))(show)
    group.command("load", help=_("Load editions that were issued before; two people."))(load)
    edition_road.register(group)
    group.command("prepare", help=_("Prepare a revision for the two who publish it."))(prepare)
    group.command("confirm", help=_("Confirm a prepared edition, as the first of two."))(confirm)
    group.command("publish", help=_("Publish a prepared edition that two people confirm."))(publish)
    app.add_typer(group, name="edition")


@contextmanager
def acting_together(
    logins: list[str], secret_files: list[Path] | None, *, fewest: int = 1
) -> Iterator[list[Actor]]:
    """Everybody named proves to be that person. Refuses fewer people than it takes."""
    if len(set(logins)) < fewest:
        raise Refusal(
            N_("This takes two people; you named {count}."),
            N_("Give --as twice: each proves to be that person."),
            count=len(set(logins)),
        )
    files: list[Path | None] = [*(secret_files or ())]
    files += [None] * (len(logins) - len(files))
    with ExitStack() as stack:
        yield [
            stack.enter_context(acting(login, file))
            for login, file in zip(logins, files, strict=True)
        ]


def list_(
    as_: As,
    scheme: Annotated[
        str, typer.Argument(metavar="SCHEME", help=_("Only this scheme (default: all)."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.models import Publication, Scheme
        from gonghui.programmes.mutualaid.queries.editions import editions_of
        from gonghui.programmes.mutualaid.queries.revisions import revisions_of
        from gonghui.programmes.mutualaid.queries.schemes import scheme_of

        known = Scheme.objects.order_by("code").values_list("code", flat=True)
        codes = [scheme_of(scheme).code] if scheme else list(known)
        published = [span for code in codes for span in editions_of(code)]
        under_way = [one for code in codes for one in revisions_of(code)]
        waiting = Publication.objects.filter(scheme__code__in=codes, edition__isnull=True)
        prepared = list(waiting.select_related("scheme").order_by("id"))
        confirmed = {one.pk: one.confirmations.count() for one in prepared}
    head = (_("Edition"), _("In force"), _("Hash"), _("Title"))
    print(table(head, [_row(span) for span in published]))
    steps = [
        (one.revision.code, str(one.draft.number), one.next.name)
        for one in under_way
        if one.next is not None
    ]
    if steps:
        print()
        print(table((_("Revision"), _("Draft"), _("Next step")), steps, right=[1]))
    if prepared:
        print()
        head = (_("Prepared"), _("Edition"), _("Digest"), _("Confirmed by"))
        rows = [
            (str(one.pk), f"{one.scheme.code}/{one.name}", bytes(one.digest).hex(),
             str(confirmed[one.pk]))
            for one in prepared
        ]  # fmt: skip
        print(table(head, rows, right=[0, 3]))


def _row(span: EditionSpan) -> tuple[str, ...]:
    from gonghui.programmes.mutualaid.queries.editions import shown_span

    edition = span.edition
    digits = bytes(edition.sha256).hex()[:SHOWN_DIGITS]
    return edition.code, shown_span(span), digits, edition.title


def show(
    edition: Annotated[
        str, typer.Argument(metavar="EDITION", help=_("Its id: city/scheme/edition."))
    ],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.queries.editions import editions_of

        found = [span for span in editions_of(edition.rpartition("/")[0])
                 if span.edition.code == edition]  # fmt: skip
        if found:
            _print_published(found[0])
        else:
            edition_road.print_standing(edition)


def _print_published(span: EditionSpan) -> None:
    from gonghui.programmes.mutualaid.queries.editions import shown_span

    edition = span.edition
    said = edition.governance
    facts = [
        (_("Edition"), edition.code),
        (_("Title"), edition.title),
        (_("In force"), shown_span(span)),
        (_("SHA-256"), bytes(edition.sha256).hex()),
        (_("Rule book"), bytes(edition.source_sha256).hex()),
        (_("Issued by"), "、".join(said["issued_by"])),
        (_("Document number"), said.get("issue", {}).get("number") or said["document_number"]),
        (_("Published by"), _publishers(edition)),
        (_("Engine"), str(edition.engine_version)),
    ]
    if edition.top_ups_sha256:
        facts.append((_("Top-ups"), bytes(edition.top_ups_sha256).hex()))
    _print_facts(facts)
    if edition.changes:
        rows = [(one["at"], one["effect"], one["counts_from"]) for one in edition.changes]
        print()
        print(table((_("Change"), _("Takes effect"), _("Counts from")), rows))
    if said.get("road"):
        print()
        steps = [(one["name"], one["body"], one["on"], one["number"]) for one in said["road"]]
        print(table((_("Step"), _("Body"), _("Day"), _("Number")), steps))


def _publishers(edition: Edition) -> str:
    """The two by name; by number for whom their rows are not to be seen."""
    from gonghui.ground.directory.models import Person

    both = (edition.first_publisher_id, edition.second_publisher_id)
    names = dict(Person.objects.filter(id__in=both).values_list("id", "name"))
    return "、".join(names.get(one, str(one)) for one in both)


def _print_facts(facts: list[tuple[str, str]]) -> None:
    columns = max(width(label) for label, _said in facts)
    for label, said in facts:
        print(f"{pad(label, columns)}  {said}")


def load(
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help=_("Its code: city/scheme."))],
    as_: Both,
    editions: Annotated[
        list[str] | None,
        typer.Argument(metavar="EDITION", help=_("Which of them (default: all).")),
    ] = None,
    shelf: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help=_("Folder of rule books (default: those that ship).")),
    ] = None,
    decided: Decided = None,
    on: Annotated[str, typer.Option(metavar="DAY", help=_("The day (default: today)."))] = "",
    secret_file: BothFiles = None,
) -> None:
    from gonghui.core.rulebook.shelf import Shelf

    with acting_together(as_, secret_file, fewest=2) as (first, second, *_more):
        from gonghui.programmes.mutualaid.services.editions import load_packaged

        loaded = load_packaged(
            first,
            second,
            scheme,
            books=Shelf(shelf) if shelf else None,
            editions=editions or (),
            on=business_day("--on", on),
            decided=amounts(decided),
        )
    for edition in loaded:
        print(f"{bytes(edition.sha256).hex()}  {scheme}/{edition.name}")
    print(_("Published: {count}.").format(count=len(loaded)))


def prepare(
    edition: Annotated[
        str, typer.Argument(metavar="EDITION", help=_("Its id: city/scheme/edition."))
    ],
    number: Annotated[str, typer.Option(help=_("The document number it is issued under."))],
    evidence: Annotated[Path, typer.Option(metavar="FILE", help=_("The paper it is issued by."))],
    as_: As,
    body: Annotated[str, typer.Option(help=_("The body that issues it."))] = "office",
    issued_on: Annotated[
        str, typer.Option(metavar="DAY", help=_("The day of issue (default: today)."))
    ] = "",
    decided: Decided = None,
    secret_file: SecretFile = None,
) -> None:
    paper = evidence.read_bytes()
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.publication.texts import sha256
        from gonghui.programmes.mutualaid.queries.revisions import revision_of, standing
        from gonghui.programmes.mutualaid.services.editions import Issue, prepare_revision
        from gonghui.programmes.mutualaid.services.revisions import body_for

        day = business_day("--issued-on", issued_on)
        with actor.transaction():
            issuing = body_for(standing(revision_of(edition)), body, day)
            issue = Issue(issuing.pk, day, number, evidence.name, sha256(paper))
            prepared = prepare_revision(
                actor, edition, issue, on=business_day("--on"), decided=amounts(decided)
            )
            _print_prepared(prepared)


def confirm(number: Number, digest: Digest, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services import editions

        editions.confirm(actor, number, _bytes(digest))
    print(_("Confirmed: {number}.").format(number=number))


def publish(
    number: Number,
    digest: Digest,
    as_: Both,
    decided: Decided = None,
    secret_file: BothFiles = None,
) -> None:
    with acting_together(as_, secret_file) as actors:
        from gonghui.programmes.mutualaid.services import editions

        for actor in actors:
            editions.confirm(actor, number, _bytes(digest))
        published = editions.publish(actors[-1], number, decided=amounts(decided))
        print(
            _("Published: {edition}, SHA-256 {digest}.").format(
                edition=published.code, digest=bytes(published.sha256).hex()
            )
        )


def _bytes(digest: str) -> bytes:
    try:
        return bytes.fromhex(digest)
    except ValueError as error:
        raise Refusal(
            N_("“{digest}” is no digest."),
            N_("Copy all 64 characters that `prepare` printed."),
            digest=digest,
        ) from error


def _print_prepared(prepared: Publication) -> None:
    """Everything the two confirm, in words; the digest is of all of it."""
    from gonghui.programmes.mutualaid.publication.statement import read_statement

    said = read_statement(bytes(prepared.statement))
    facts = [
        (_("Prepared"), str(prepared.pk)),
        (_("Edition"), said["edition"]),
        (_("Title"), said["title"]),
        (_("In force from"), said["starts_on"]),
        (_("SHA-256"), said["edition_sha256"]),
    ]
    listed = said["top_ups"]
    if listed:
        facts += [
            (_("Top-ups"), f"{listed['count']} · {format_yuan(listed['total_fen'])}"),
            (_("People"), str(listed["people"])),
            (_("List of top-ups"), listed["sha256"]),
        ]
    _print_facts(facts)
    rows = [(one["at"], one["effect"], one["counts_from"]) for one in said["changes"]]
    if rows:
        print()
        print(table((_("Change"), _("Takes effect"), _("Counts from")), rows))
    if listed:
        print()
        print(bytes(prepared.top_ups or b"").decode(), end="")
    digest = bytes(prepared.digest).hex()
    print()
    print(_("Digest: {digest}").format(digest=digest))
    print(
        _("Two people publish it: gonghui edition publish {number} --digest {digest}").format(
            number=prepared.pk, digest=digest
        )
    )


def amounts(folder: Path | None) -> StoredAmounts | None:
    """What has been decided: a store made by `gonghui ingest`."""
    if folder is None:
        return None
    from gonghui.core.calendar import WorkingDays
    from gonghui.programmes.mutualaid.publication.decided import StoredAmounts

    return StoredAmounts(folder, home() / "compiled", WorkingDays.load())
