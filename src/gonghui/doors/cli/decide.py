"""`gonghui decide …`: histories decided, a decision explained, all of them reckoned again."""

from __future__ import annotations

from typing import Annotated

import typer

from gonghui.core.money import format_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.contribution import On, Scheme
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import in_words, table


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_("Decide settlements, and show how."), no_args_is_help=True)
    group.command("waiting", help=_("Decide everybody with something new."))(waiting)
    group.command("person", help=_("Decide one person's whole history."))(person)
    group.command("explain", help=_("One decision, with everything it rests on."))(explain)
    group.command("replay", help=_("Reckon stored decisions again, to the fen and the word."))(
        replay
    )
    app.add_typer(group, name="decide")


def waiting(as_: As, on: On = "", scheme: Scheme = "", secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.decisions import decide_waiting

        with actor.transaction():
            known = only_scheme(scheme)
        decided = decide_waiting(actor, known.pk, on=business_day("--on", on))
    words = _("{people:,} people, {decisions:,} decisions: {due} yuan due.")
    due = format_yuan(decided.due_fen)
    print(words.format(people=decided.people, decisions=decided.decisions, due=due))
    for _person, refusal in decided.refused:
        print(in_words(refusal))


def person(
    id_: Annotated[int, typer.Argument(metavar="ID", help=_("The person's id."))],
    as_: As,
    on: On = "",
    scheme: Scheme = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.decisions import decide_person

        with actor.transaction():
            known = only_scheme(scheme)
        decided = decide_person(actor, known.pk, id_, on=business_day("--on", on))
    words = _("{people:,} people, {decisions:,} decisions: {due} yuan due.")
    due = format_yuan(decided.due_fen)
    print(words.format(people=decided.people, decisions=decided.decisions, due=due))


def explain(
    id_: Annotated[int, typer.Argument(metavar="ID", help=_("The decision's id."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.decisions import explain as explained

        told = explained(actor, id_)
    not_stated = _("not stated by the edition")
    rows = [
        (_("settlement"), told.settlement_id),
        (_("decided"), f"{told.decided_on}"),
        (_("entitled to, yuan"), format_yuan(told.amount_fen)),
        (_("before, yuan"), format_yuan(told.before_fen)),
        (_("edition"), told.edition),
        (_("its SHA-256"), told.edition_sha256),
        (_("SHA-256 of the inputs"), told.inputs_sha256),
        (_("decided by"), told.engine),
        (_("who pays before"), " → ".join(told.payers) or not_stated),
        (_("journal"), f"{told.journal_id or ''}"),
    ]
    print(told.sentence)
    print(table(("", ""), rows))
    from gonghui.programmes.mutualaid.deciding.step_words import step_said

    steps = [(step_said(name, _), unit, f"{value}", path) for name, unit, path, value in told.steps]
    if steps:
        print(table((_("step"), _("unit"), _("value"), _("clause")), steps, right=(2,)))


def replay(
    as_: As, scheme: Scheme = "", secret_file: SecretFile = None
) -> int:  # the exit code: 1 where something differs
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.decisions import replay as replayed
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme

        with actor.transaction():
            known = only_scheme(scheme)
        found = replayed(actor, known.pk)
    rows = [
        (_("decisions reckoned again"), f"{found.decisions:,}"),
        (_("differences, yuan"), format_yuan(found.fen)),
        (_("with other words"), f"{found.words:,}"),
        (_("with damaged inputs"), f"{found.damaged:,}"),
    ]
    print(table(("", ""), rows, right=(1,)))
    return 0 if found.same else 1
