"""`gonghui directory`: unions, who holds which post, who was responsible; entered from a workbook.

Identity numbers are never arguments, which other users of the machine could read: they are read
from the standard input.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli import directory_changes
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.directory_words import STANDARD_INPUT, Code, On, typed_text, union_id_of
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import complain, in_words, table

if TYPE_CHECKING:
    from datetime import date

    from gonghui.ground.borders.scope import Actor
    from gonghui.ground.directory.queries.posts import PostLine
    from gonghui.ground.directory.queries.unions import UnionLine


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Unions, posts and people: look, import, change."), no_args_is_help=True
    )
    group.command("tree", help=_("Print the unions below one, or all."))(tree)
    group.command("show", help=_("Print a union: place, facts, bodies, posts."))(show)
    group.command("find", help=_("Find people by name, sound or number, and unions by words."))(
        find
    )
    group.command("responsible", help=_("Print who was responsible on a day."))(responsible)
    group.command("import", help=_("Enter unions and officers from a workbook."))(import_)
    group.command("template", help=_("Write the workbook to be filled in."))(template)
    directory_changes.register(group)
    app.add_typer(group, name="directory")


def tree(
    as_: As,
    code: Annotated[
        str, typer.Argument(metavar="CODE", help=_("Where to begin (default: one's own place)."))
    ] = "",
    ended: Annotated[bool, typer.Option("--ended", help=_("Those that ended, too."))] = False,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.queries.unions import descendants

        top = union_id_of(actor, code) if code else _own_place(actor)
        lines = descendants(actor, top, ended=ended)
    rows = [
        ("  " * line.depth + line.name, line.code, _kind(line), _("ended") if line.ended else "")
        for line in lines
    ]
    print(table((_("Union"), _("Code"), _("Kind of union"), ""), rows))


def show(code: Code, as_: As, on: On = "", secret_file: SecretFile = None) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.queries.posts import bodies_in, posts_in
        from gonghui.ground.directory.queries.unions import ancestors, union_on, unit_on

        union = union_id_of(actor, code)
        above, then = ancestors(actor, union), union_on(actor, union, day)
        if then is None:
            raise Refusal(
                N_("“{name}” does not exist on {day}."),
                N_("Choose a union that exists on that day, or another day."),
                name=above[-1].name,
                day=day,
            )
        unit = unit_on(actor, union, day)
        posts, bodies = posts_in(actor, union, day), bodies_in(actor, union, day)
    print(f"{then.name} ({code})")
    print(" › ".join(line.name for line in above))
    if unit is not None:
        facts = (unit.credit_code, unit.unit_class, _people(unit.workforce))
        print(" · ".join(fact for fact in facts if fact))
    for body in bodies:
        members = "、".join(f"{name} {title}".strip() for name, title in body.members)
        print(f"{body.name}: {members or _('vacant')}")
    if posts:
        print()
        head = _("Post"), _("Kind of post"), _("Name"), _("From"), _("Until"), _("Deputies")
        print(table(head, [_post_row(post) for post in posts], right={0}))


def find(
    as_: As,
    typed: Annotated[
        str, typer.Argument(metavar="TEXT", help=_("A name, or - to type a number unseen."))
    ],
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.queries.persons import find_persons
        from gonghui.ground.directory.queries.unions import find_unions, union_names

        text = typed_text(typed)
        people = find_persons(actor, text)
        unions = find_unions(actor, text) if typed != STANDARD_INPUT else []
        works_in = [place.union_id for line in people.lines for place in line.workplaces]
        names = union_names(actor, works_in)
    if unions:
        found = [(line.name, line.code, _kind(line)) for line in unions]
        print(table((_("Union"), _("Code"), _("Kind of union")), found))
    if people.lines:
        rows = [
            (
                f"#{line.person_id}",
                line.name,
                str(line.born_on or ""),
                "、".join(names[place.union_id] for place in line.workplaces),
            )
            for line in people.lines
        ]
        print(table((_("Number"), _("Name"), _("Born on"), _("Works in")), rows, right={0}))
        if people.after is not None:
            print(_("There are more; type more of the name."))
    if not unions and not people.lines:
        print(_("Nothing was found in your part of the directory."))


def responsible(
    code: Code,
    duty: Annotated[
        str, typer.Argument(metavar="DUTY", help=_("A permission, or a kind of post."))
    ],
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.queries.posts import posts_in
        from gonghui.ground.directory.queries.responsibility import Vacancy, responsible_on
        from gonghui.ground.directory.queries.unions import union_names

        answer = responsible_on(actor, union_id_of(actor, code), duty, day)
        if isinstance(answer, Vacancy):
            print(_vacancy(answer.existed, answer.since))
            return
        where = union_names(actor, [answer.union_id])[answer.union_id]
        posts = {post.post_id: post for post in posts_in(actor, answer.union_id, day)}
    post = posts.get(answer.post_id)
    name = f"#{answer.person_id}"
    if post is not None:
        deputies = {one.delegation_id: one for one in post.deputies}
        deputy = deputies.get(answer.delegation_id or 0)
        name += f" {deputy.name if deputy else post.name}"
        kind = post.kind_name
    else:
        kind = answer.kind
    print(f"{name} · {where} · {kind}" + (f" · {_('by delegation')}" * bool(answer.delegation_id)))


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The workbook."))],
    as_: As,
    on: On = "",
    check: Annotated[
        bool, typer.Option("--check", help=_("Say what would be entered; enter nothing."))
    ] = False,
    secret_file: SecretFile = None,
) -> None:
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.imports import ImportRefused, import_directory

        try:
            done = import_directory(actor, file, on=day, only_check=check)
        except ImportRefused as refused:
            for problem in refused.problems:
                complain(in_words(problem))
            raise
    words = _("Unions entered: {unions}; there already: {known}.")
    print(words.format(unions=f"{done.unions:,}", known=f"{done.unions_known:,}"))
    words = _("People registered: {people}; posts given: {posts}, held already: {held}.")
    print(words.format(people=done.persons, posts=done.posts, held=done.posts_known))
    if done.pending:
        print(_("Posts that wait for a second person: {count}.").format(count=done.pending))
    if check:
        print(_("Nothing was entered: this was a check."))


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The workbook to write."))],
) -> None:
    from gonghui.doors.cli.house import open_house

    open_house()
    from gonghui.ground.directory.import_template import write_template

    write_template(file)
    print(file)


def _own_place(actor: Actor) -> int:
    with actor.transaction() as scope:
        assert scope.union_id is not None  # who acts by a post stands somewhere
        return scope.union_id


def _kind(line: UnionLine) -> str:
    from gonghui.ground.directory.models.unions import UnionKind

    return str(UnionKind(line.kind).label)


def _people(workforce: int | None) -> str:
    return "" if workforce is None else _("{count} workers").format(count=f"{workforce:,}")


def _post_row(post: PostLine) -> tuple[str, ...]:
    deputies = "、".join(f"{one.name} ({one.matter})" for one in post.deputies)
    until = str(post.ends_before or "")
    return str(post.post_id), post.kind_name, post.name, str(post.starts_on), until, deputies


def _vacancy(existed: bool, since: date | None) -> str:
    if not existed:
        return _("Vacant: the union did not exist on that day.")
    if since is None:
        return _("Vacant: nobody has ever held it.")
    return _("Vacant since {day}.").format(day=since)
