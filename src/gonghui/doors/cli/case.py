"""`gonghui case …`: applications, from asking to the last word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.verbs.cases.services.moving import Moved

Cases = Annotated[list[int], typer.Argument(metavar="CASE…", help=N_("The cases."))]
One = Annotated[int, typer.Argument(metavar="CASE", help=N_("The case."))]
On = Annotated[str, typer.Option("--on", metavar="DAY", help=N_("The day (default: today)."))]
Own = Annotated[bool, typer.Option("--herself", help=N_("As the worker, not in a post."))]
Reason = Annotated[str, typer.Option("--reason", help=N_("Why; it stays on record."))]
Clause = Annotated[str, typer.Option("--clause", help=N_("The clause on which it rests."))]
Yuan = Annotated[str, typer.Option("--yuan", help=N_("How much, in yuan."))]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_("Applications: file, check, decide, review."), no_args_is_help=True)
    group.command("open", help=_("A draft for one person."))(open_)
    group.command("file", help=_("Hand in drafts."))(file)
    group.command("complete", help=_("Hand in again what was sent back."))(complete)
    group.command("confirm", help=_("The unit confirms employment and papers."))(confirm)
    group.command("pass", help=_("Pass a step of the review."))(pass_)
    group.command("return", help=_("Send back, with the papers that lack."))(return_)
    group.command("accept", help=_("Grant; where two decide, the second call does."))(accept)
    group.command("refuse", help=_("Do not grant: reason and clause are told."))(refuse)
    group.command("withdraw", help=_("Take back, before the decision."))(withdraw)
    group.command("ask-review", help=_("Ask that another look at the decision."))(ask_review)
    group.command("decide-review", help=_("Uphold the decision, or grant after all."))(
        decide_review
    )
    group.command("consent", help=_("Agree to a purpose, by its wording."))(consent)
    group.command("show", help=_("One case with what was done in it."))(show)
    group.command("list", help=_("The cases you handle, those due first."))(list_)
    app.add_typer(group, name="case")


@contextmanager
def _acting(login: str, secret_file: Path | None, herself: bool) -> Iterator[Actor]:
    with acting(login, secret_file) as actor:
        from gonghui.verbs.cases.herself import Herself

        yield Herself(actor.token) if herself else actor


def open_(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=_("The kind of case."))],
    person: Annotated[int, typer.Option(help=_("The person concerned."))],
    union: Annotated[int, typer.Option(help=_("Her union."))],
    as_: As,
    how: Annotated[str, typer.Option(help="self, proxy, unit, window")] = "self",
    yuan: Yuan = "",
    paper: Annotated[
        list[str] | None, typer.Option(help=_("A paper that was seen; may be repeated."))
    ] = None,
    confidential: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("JSON to be sealed under her key."))
    ] = None,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with _acting(as_, secret_file, how in ("self", "proxy")) as actor:
        from gonghui.verbs.cases.services.opening import Asked, open_case
        from gonghui.verbs.cases.services.papers import Given

        asked = Asked(
            person,
            union,
            parse_yuan(yuan) if yuan else None,
            papers=tuple(Given(one) for one in paper or ()),
            confidential=json.loads(confidential.read_text("utf-8")) if confidential else {},
        )
        opened = open_case(actor, kind, asked, how=how, on=business_day("--on", on))
    print(_("Case {case} has the number {number}.").format(
        case=opened.case_id, number=opened.number
    ))  # fmt: skip


def file(
    cases: Cases, as_: As, herself: Own = False, on: On = "", secret_file: SecretFile = None
) -> None:
    _many("file", cases, as_, on, secret_file, herself)


def complete(
    cases: Cases, as_: As, herself: Own = False, on: On = "", secret_file: SecretFile = None
) -> None:
    _many("complete", cases, as_, on, secret_file, herself)


def confirm(cases: Cases, as_: As, on: On = "", secret_file: SecretFile = None) -> None:
    _many("confirm", cases, as_, on, secret_file)


def pass_(cases: Cases, as_: As, on: On = "", secret_file: SecretFile = None) -> None:
    _many("pass", cases, as_, on, secret_file)


def withdraw(
    cases: Cases, as_: As, herself: Own = False, on: On = "", secret_file: SecretFile = None
) -> None:
    _many("withdraw", cases, as_, on, secret_file, herself)


def return_(
    case: One,
    as_: As,
    reason: Reason,
    lacking: Annotated[
        list[str] | None, typer.Option(help=_("A paper that lacks; may be repeated."))
    ] = None,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.cases.services.moving import return_case

        day = business_day("--on", on)
        _print([return_case(actor, case, reason, lacking=lacking or (), on=day)])


def accept(
    case: One, as_: As, yuan: Yuan = "", on: On = "", secret_file: SecretFile = None
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.cases.services.moving import accept as granted

        fen = parse_yuan(yuan) if yuan else None
        _print([granted(actor, case, fen, on=business_day("--on", on))])


def refuse(
    case: One, as_: As, reason: Reason, clause: Clause, on: On = "", secret_file: SecretFile = None
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.cases.services.moving import refuse as refused

        _print([refused(actor, case, reason, clause, on=business_day("--on", on))])


def ask_review(
    case: One,
    as_: As,
    reason: Reason,
    herself: Own = False,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with _acting(as_, secret_file, herself) as actor:
        from gonghui.verbs.cases.services.moving import ask_review as asked

        _print([asked(actor, case, reason, on=business_day("--on", on))])


def decide_review(
    case: One,
    as_: As,
    reason: Reason,
    clause: Clause = "",
    yuan: Yuan = "",
    uphold: Annotated[bool, typer.Option("--uphold", help=_("The decision stands."))] = False,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.verbs.cases.services.moving import decide_review as decided

        fen = parse_yuan(yuan) if yuan else None
        day = business_day("--on", on)
        said = decided(actor, case, reason, clause=clause, amount_fen=fen, upheld=uphold, on=day)
        _print([said])


def consent(
    purpose: Annotated[str, typer.Argument(metavar="PURPOSE", help=_("What she agrees to."))],
    wording: Annotated[Path, typer.Argument(metavar="FILE", help=_("The wording."))],
    person: Annotated[int, typer.Option(help=_("The person concerned."))],
    as_: As,
    version: Annotated[str, typer.Option(help=_("The version of the wording."))] = "1",
    on_paper: Annotated[
        bool, typer.Option("--on-paper", help=_("She signed; entered for her."))
    ] = False,
    secret_file: SecretFile = None,
) -> None:
    with _acting(as_, secret_file, not on_paper) as actor:
        from gonghui.verbs.cases.services.consents import give_consent

        text = wording.read_text("utf-8")
        give_consent(actor, person, purpose, wording_version=version, text=text, on_paper=on_paper)
    print(_("The consent is on record."))


def show(case: One, as_: As, herself: Own = False, secret_file: SecretFile = None) -> None:
    with _acting(as_, secret_file, herself) as actor:
        from gonghui.verbs.cases.queries.cases import case_seen

        seen = case_seen(actor, case)
    print(seen.number, seen.kind, _(seen.state), seen.due_on or "")
    rows = [(str(on), _(deed), step, reason) for on, deed, step, reason in seen.deeds]
    print(table((_("Day"), _("Deed"), _("Step"), _("Reason")), rows))


def list_(
    as_: As,
    state: Annotated[str, typer.Option(help=_("Only in this state."))] = "",
    herself: Own = False,
    secret_file: SecretFile = None,
) -> None:
    with _acting(as_, secret_file, herself) as actor:
        from gonghui.verbs.cases.queries.cases import cases_seen

        found = cases_seen(actor, state)
    rows = [
        (
            str(one.case_id),
            one.number,
            one.kind,
            _(one.state),
            "" if one.asked_fen is None else format_yuan(one.asked_fen),
            str(one.due_on or ""),
        )
        for one in found
    ]
    head = (_("Case"), _("Number"), _("Kind"), _("State"), _("Asked"), _("Due"))
    print(table(head, rows, right=(4,)))


def _many(
    deed: str,
    cases: list[int],
    login: str,
    on: str,
    secret_file: Path | None,
    herself: bool = False,
) -> None:
    with _acting(login, secret_file, herself) as actor:
        from gonghui.verbs.cases.services.moving import move_many, moved_one

        day = business_day("--on", on)
        if len(cases) == 1:  # alone it is refused with all its words
            _print([moved_one(actor, deed, cases[0], on=day)])
        else:
            _print(move_many(actor, deed, cases, on=day))


def _print(moved: list[Moved]) -> None:
    from gonghui.verbs.cases.services.moving import DONE

    for one in moved:
        if one.outcome == "waits":
            said = _("waits for a second person to decide the same")
        elif one.outcome in DONE:
            said = _(one.state)
        else:
            said = one.in_the_way.words(_)
        print(f"{one.case_id}  {said}")
