"""`gonghui directory` …: unions are founded and changed, posts given and ended."""

from __future__ import annotations

from typing import Annotated

import typer

from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.directory_words import Code, On, person_id_of, union_id_of
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table


def register(group: typer.Typer) -> None:
    group.command("found", help=_("Found a union below another."))(found)
    group.command("rename", help=_("Give a union another name from a day on."))(rename)
    group.command("move", help=_("Put a union, with all below it, under another."))(move)
    group.command("merge", help=_("Merge a union into another, people and all."))(merge)
    group.command("dissolve", help=_("End a union in which nobody works any more."))(dissolve)
    group.command("appoint", help=_("Give somebody a post; a weighty one is proposed."))(appoint)
    group.command("pending", help=_("Print the posts that wait for a second person."))(pending)
    group.command("confirm", help=_("Confirm a proposed post, as the second person."))(confirm)
    group.command("decline", help=_("Decline a proposed post, with the reason."))(decline)
    group.command("dismiss", help=_("End a post from a day on."))(dismiss)
    group.command("delegate", help=_("Let somebody stand in for a post."))(delegate)


def found(
    code: Code,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("Its name."))],
    kind: Annotated[str, typer.Option(metavar="KIND", help=_("Such as grassroots or branch."))],
    below: Annotated[str, typer.Option(metavar="CODE", help=_("The union above it."))],
    as_: As,
    credit_code: Annotated[str, typer.Option(help=_("Unified social credit code."))] = "",
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.unions import NewUnion, found_union

        new = NewUnion(code, name, kind, credit_code)
        found_union(actor, new, parent_id=union_id_of(actor, below), on=day)
    print(_("“{name}” exists from {day} on.").format(name=name, day=day))


def rename(
    code: Code,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("The new name."))],
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.unions import rename_union

        rename_union(actor, union_id_of(actor, code), name, on=day)
    print(_("{code} is called “{name}” from {day} on.").format(code=code, name=name, day=day))


def move(
    code: Code,
    below: Annotated[str, typer.Option(metavar="CODE", help=_("The new union above it."))],
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.unions import move_union

        move_union(actor, union_id_of(actor, code), union_id_of(actor, below), on=day)
    print(_("{code} lies below {above} from {day} on.").format(code=code, above=below, day=day))


def merge(
    code: Code,
    into: Annotated[str, typer.Option(metavar="CODE", help=_("The union it goes into."))],
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.unions import merge_unions

        merged = merge_unions(actor, union_id_of(actor, code), union_id_of(actor, into), on=day)
    words = _("{code} went into {heir}: {people} people, {unions} unions below it.")
    print(words.format(code=code, heir=into, people=f"{merged.persons:,}", unions=merged.children))


def dissolve(code: Code, as_: As, on: On = "", secret_file: SecretFile = None) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.unions import dissolve_union

        dissolve_union(actor, union_id_of(actor, code), on=day)
    print(_("{code} ended on {day}.").format(code=code, day=day))


def appoint(
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help=_("#7, a name that only one has, or -."))
    ],
    kind: Annotated[str, typer.Argument(metavar="POST", help=_("The kind of post."))],
    at: Annotated[str, typer.Option(metavar="CODE", help=_("The union of the post."))],
    as_: As,
    on: On = "",
    until: Annotated[
        str, typer.Option(metavar="DAY", help=_("The day it ends, if it is set."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    end = business_day("--until", until) if until else None
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services import posts

        given = posts.appoint(
            actor, person_id_of(actor, person), union_id_of(actor, at), kind, on=day, until=end
        )
    if given.pending:
        words = _(
            "Proposed as {number}; a second person confirms: gonghui directory confirm {number}"
        )
        print(words.format(number=given.appointment_id))
    else:
        print(_("Post {number} is given from {day} on.").format(number=given.post_id, day=day))


def pending(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.queries.posts import pending_appointments

        lines = pending_appointments(actor)
    if not lines:
        print(_("Nothing waits for a second person."))
        return
    head = "", _("Name"), _("Union"), _("Post"), _("From"), _("Proposed by")
    rows = [
        (
            str(line.appointment_id),
            line.name,
            line.union_name,
            line.kind_name,
            str(line.starts_on),
            line.proposed_by,
        )
        for line in lines
    ]
    print(table(head, rows, right={0}))


def confirm(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=_("As `pending` prints it."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.posts import confirm_appointment

        given = confirm_appointment(actor, number)
    print(_("Post {number} is given.").format(number=given.post_id))


def decline(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=_("As `pending` prints it."))],
    because: Annotated[str, typer.Option(help=_("The reason."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.posts import decline_appointment

        decline_appointment(actor, number, because)
    print(_("Declined."))


def dismiss(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=_("As `show` prints it."))],
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services import posts

        posts.dismiss(actor, number, on=day)
    print(_("Post {number} ended on {day}.").format(number=number, day=day))


def delegate(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help=_("As `show` prints it."))],
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help=_("#7, a name that only one has, or -."))
    ],
    matter: Annotated[str, typer.Option(help=_("What is delegated, in words."))],
    may: Annotated[
        list[str], typer.Option(metavar="PERMISSION", help=_("What the deputy may; several times."))
    ],
    as_: As,
    on: On = "",
    until: Annotated[
        str, typer.Option(metavar="DAY", help=_("The day it ends, if it is set."))
    ] = "",
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    end = business_day("--until", until) if until else None
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services import delegations

        given = delegations.delegate(
            actor,
            number,
            person_id_of(actor, person),
            matter=matter,
            permissions=may,
            on=day,
            until=end,
        )
    print(_("Delegation {number} is given from {day} on.").format(number=given, day=day))
