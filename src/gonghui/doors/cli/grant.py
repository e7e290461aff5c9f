"""`gonghui grant …`: special grants. A body decides how much; this writes down what it decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.contribution_papers import new_file
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.programmes.mutualaid.models import GrantMeeting
    from gonghui.verbs.cases.services.papers import Given

On = Annotated[str, typer.Option("--on", metavar="DAY", help=N_("The day (default: today)."))]
Scheme = Annotated[
    str, typer.Option("--scheme", help=N_("The scheme; may be left out if there is one."))
]
Amount = Annotated[
    str, typer.Option("--amount", metavar="YUAN", help=N_("As the minute states it."))
]
Meeting = Annotated[int, typer.Option(metavar="NO", help=N_("As `grant list` shows it."))]
Reason = Annotated[str, typer.Option("--reason", help=N_("The reason of the meeting."))]
Recused = Annotated[
    list[int] | None, typer.Option("--recused", metavar="PERSON", help=N_("Kept out; repeatable."))
]

STATES = (N_("recorded"), N_("confirmed"), N_("struck"))
SOURCES = (N_("settlements"), N_("papers"))


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Special grants: the gate, the meeting, what it decided."), no_args_is_help=True
    )
    group.command("agree", help=_("Her consent, and whom she lets ask for her."))(agree)
    group.command("file", help=_("Hand in an application: herself, her proxy, or her unit."))(file)
    group.command("gate", help=_("Look at the gate of an application, with its figures."))(gate)
    group.command("meeting", help=_("Write down a meeting, with the year's surplus that day."))(
        meeting
    )
    group.command("present", help=_("Add who was forgotten, until the minute is confirmed."))(
        present
    )
    group.command("record", help=_("Write down what the meeting decided."))(record)
    group.command("confirm", help=_("Confirm what a colleague wrote down; it becomes due."))(
        confirm
    )
    group.command("strike", help=_("Take back what was written down by mistake."))(strike)
    group.command("reconsider", help=_("Write down what the same body decided on new facts."))(
        reconsider
    )
    group.command("minute", help=_("An extract of the minute, as a PDF."))(minute)
    group.command("list", help=_("Meetings, gates and grants."))(list_)
    app.add_typer(group, name="grant")


def agree(
    person: Annotated[int, typer.Argument(metavar="PERSON", help=_("The person's number."))],
    as_: As,
    to: Annotated[
        int, typer.Option(metavar="PERSON", help=_("Who may ask for her; may be left out."))
    ] = 0,
    signed: Annotated[
        bool, typer.Option("--signed", help=_("She signed on paper; entered by unit or office."))
    ] = False,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.grant_cases import agree as agreed

        who = actor if signed else _herself(actor)
        agreed(who, person, to_person=to or None, on_paper=signed)
    print(_("The consent is on record."))


def file(
    person: Annotated[int, typer.Argument(metavar="PERSON", help=_("The person's number."))],
    unit: Annotated[str, typer.Option(help=_("The code of her unit."))],
    circumstances: Annotated[
        Path, typer.Option("--circumstances", metavar="FILE", help=_("In her words; sealed."))
    ],
    as_: As,
    how: Annotated[str, typer.Option(help="self, proxy, unit")] = "self",
    paper: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND[=DOCUMENT]", help=_("Kept as a document, or seen; repeatable.")),
    ] = None,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.models import Union
        from gonghui.programmes.mutualaid.services.grant_cases import file_grant

        filer = actor if how == "unit" else _herself(actor)
        with filer.transaction():
            place = Union.objects.filter(code=unit).values_list("pk", flat=True).first()
        if place is None:
            raise Refusal(
                N_("There is no union with the code {code}."),
                N_("`gonghui directory tree` shows all codes."),
                code=unit,
            )
        opened = file_grant(
            filer,
            person,
            place,
            circumstances.read_text("utf-8"),
            how=how,
            on=business_day("--on", on),
            papers=[_paper(one) for one in paper or ()],
        )
    said = _("Handed in as case {case}, number {number}. Her unit confirms it next.")
    print(said.format(case=opened.case_id, number=opened.number))


def _paper(said: str) -> Given:
    from gonghui.verbs.cases.services.papers import Given

    kind, _sign, document = said.partition("=")
    return Given(kind, int(document) if document else None)


def _herself(actor: Actor) -> Actor:
    from gonghui.verbs.cases.herself import Herself

    return Herself(actor.token)


def gate(
    case: Annotated[int, typer.Argument(metavar="CASE", help=_("As `case list` shows it."))],
    finding: Annotated[str, typer.Option(help=_("What was found about the family."))],
    as_: As,
    in_difficulty: Annotated[
        bool, typer.Option(help=_("Whether the family is in extreme difficulty."))
    ] = False,
    stated: Annotated[
        str, typer.Option(metavar="YUAN", help=_("The figure, if it comes from papers."))
    ] = "",
    because: Annotated[str, typer.Option("--because", help=_("From which papers."))] = "",
    on: On = "",
    scheme: Scheme = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.grant_rules import grant_rules
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.grants import (
            Finding,
            hardship_of,
            look_at_gate,
            seats,
        )
        from gonghui.verbs.cases.errors import not_yours
        from gonghui.verbs.cases.models import Case

        day = business_day("--on", on)
        applied = Case.objects.filter(pk=case).first()
        if applied is None:
            raise not_yours()
        hardship = hardship_of(applied.subject_id, day)
        made = look_at_gate(
            actor,
            only_scheme(scheme),
            applied.subject_id,
            applied.union_id,
            Finding(in_difficulty, finding, hardship.pk if hardship else None),
            on=day,
            stated_fen=parse_yuan(stated) if stated else None,
            stated_because=because,
            case_id=case,
        )
        quorum, seated = grant_rules().quorum, seats(made.scheme, made.body_kind, day)
    needed = _("{needed} of {seated}").format(needed=quorum.of(seated), seated=seated)
    rows = [
        (_("number"), str(made.pk)),
        (_("measured, yuan"), format_yuan(made.measured_fen)),
        (_("measured from"), _(made.measured_from)),
        (_("the line, yuan"), format_yuan(made.line_fen)),
        (_("over the line"), _("yes") if made.over_the_line else _("no")),
        (_("registered hardship"), _("yes") if made.hardship_id else _("no")),
        (_("extreme difficulty, as found"), _("yes") if made.in_difficulty else _("no")),
        (_("decides"), made.decided_by),
        (_("quorum"), needed if seated else _("no members on record")),
        *([(_("quorum is assumed"), quorum.because)] if quorum.assumed else []),
    ]
    print(table(("", ""), rows))


def meeting(
    minute: Annotated[Path, typer.Argument(metavar="FILE", help=_("The minute, as a file."))],
    number: Annotated[str, typer.Option(help=_("The number of the minute."))],
    chair: Annotated[int, typer.Option(metavar="PERSON", help=_("Who was in the chair."))],
    unreported: Annotated[
        str, typer.Option(metavar="YUAN", help=_("Estimate of what is still to be reported."))
    ],
    because: Annotated[str, typer.Option("--because", help=_("Why that estimate."))],
    as_: As,
    member: Annotated[
        list[int] | None, typer.Option(metavar="PERSON", help=_("A member present; repeatable."))
    ] = None,
    attending: Annotated[
        list[int] | None, typer.Option(metavar="PERSON", help=_("Attending only; repeatable."))
    ] = None,
    fund: Annotated[str, typer.Option(metavar="CODE", help=_("The fund."))] = "",
    on: On = "",
    scheme: Scheme = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.grants import Present, open_meeting

        made = open_meeting(
            actor,
            only_scheme(scheme),
            [
                Present(chair, "chair"),
                *(Present(one) for one in member or ()),
                *(Present(one, "attending") for one in attending or ()),
            ],
            held_on=business_day("--on", on),
            minute=minute.read_bytes(),
            minute_number=number,
            unreported_fen=parse_yuan(unreported),
            unreported_because=because,
            fund=fund,
        )
    print(_("Meeting {number}, {day}:").format(number=made.pk, day=made.held_on))
    print(table(("", _("yuan")), figures(made), right=(1,)))


def figures(made: GrantMeeting) -> list[tuple[str, str]]:
    """The surplus with everything it is made of; which figure is an estimate is said."""
    return [
        (_("received this year"), format_yuan(made.received_fen)),
        (_("paid"), format_yuan(-made.paid_fen)),
        (_("decided and not paid"), format_yuan(-made.unpaid_fen)),
        (_("of it from earlier years"), format_yuan(made.brought_fen)),
        (_("recorded, not confirmed"), format_yuan(-made.pending_fen)),
        (_("still to be reported (an estimate)"), format_yuan(-made.unreported_fen)),
        (_("surplus of the year"), format_yuan(made.surplus_fen)),
        (_("granted by this meeting"), format_yuan(made.granted_fen)),
        (_("quorum"), str(made.quorum or "–")),
    ]


def present(
    meeting: Annotated[int, typer.Argument(metavar="NO", help=_("As `grant list` shows it."))],
    as_: As,
    member: Annotated[
        list[int] | None, typer.Option(metavar="PERSON", help=_("A member present; repeatable."))
    ] = None,
    attending: Annotated[
        list[int] | None, typer.Option(metavar="PERSON", help=_("Attending only; repeatable."))
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.grants import Present, add_present

        added = [Present(one) for one in member or ()]
        added += [Present(one, "attending") for one in attending or ()]
        add_present(actor, meeting, added)
    print(_("Added: {count}.").format(count=len(added)))


def record(
    application: Annotated[int, typer.Argument(metavar="NO", help=_("As `grant gate` said."))],
    meeting: Meeting,
    reason: Reason,
    as_: As,
    amount: Amount = "",
    refused: Annotated[bool, typer.Option("--refused", help=_("The meeting refused."))] = False,
    recused: Recused = None,
    secret_file: SecretFile = None,
) -> None:
    _record(as_, secret_file, application, meeting, amount, reason, recused, refused=refused)


def reconsider(
    grant: Annotated[int, typer.Argument(metavar="NO", help=_("The decision put aside."))],
    meeting: Meeting,
    reason: Reason,
    new_facts: Annotated[str, typer.Option(help=_("What was not known before."))],
    as_: As,
    amount: Amount = "",
    refused: Annotated[bool, typer.Option("--refused", help=_("The meeting refused."))] = False,
    recused: Recused = None,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.models import Grant

        before = Grant.objects.filter(pk=grant).first()
        if before is None:
            raise Refusal(
                N_("There is no such grant here."), N_("`gonghui grant list` shows them.")
            )
        application = before.gate_check_id
    _record(
        *(as_, secret_file, application, meeting, amount, reason, recused),
        refused=refused,
        reconsiders=grant,
        new_facts=new_facts,
    )


def _record(
    as_: str,
    secret_file: Path | None,
    application: int,
    meeting: int,
    amount: str,
    reason: str,
    recused: list[int] | None,
    *,
    refused: bool = False,
    reconsiders: int | None = None,
    new_facts: str = "",
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.grants import record_grant

        made = record_grant(
            actor,
            meeting,
            application,
            parse_yuan(amount) if amount else None,
            reason=reason,
            refused=refused,
            recused=recused or (),
            reconsiders=reconsiders,
            new_facts=new_facts,
        )
    said = _("Grant {number} is written down: {yuan} yuan. A colleague confirms it.")
    print(said.format(number=made.pk, yuan=format_yuan(made.fen)))


def confirm(
    grant: Annotated[int, typer.Argument(metavar="NO", help=_("As `grant list` shows it."))],
    as_: As,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.grants import confirm_grant

        made = confirm_grant(actor, grant, on=business_day("--on", on))
    print(_("Confirmed; {yuan} yuan are due.").format(yuan=format_yuan(made.difference_fen)))
    if made.outcome == "refused":
        print(_("The case is refused, with the reason and the way of a review."))


def strike(
    grant: Annotated[int, typer.Argument(metavar="NO", help=_("As `grant list` shows it."))],
    because: Annotated[str, typer.Option("--because", help=_("Why; it stays on record."))],
    as_: As,
    send_back: Annotated[
        bool, typer.Option("--send-back", help=_("The application goes back to her as well."))
    ] = False,
    on: On = "",
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.grants import strike_grant

        back_on = business_day("--on", on) if send_back else None
        strike_grant(actor, grant, because=because, back_on=back_on)
    print(_("It is struck."))


def minute(
    meeting: Annotated[int, typer.Argument(metavar="NO", help=_("As `grant list` shows it."))],
    pdf: Annotated[Path, typer.Option("--pdf", metavar="FILE.pdf", help=_("The file to write."))],
    as_: As,
    only: Annotated[
        int, typer.Option(metavar="GRANT", help=_("Only this decision, for its own file."))
    ] = 0,
    secret_file: SecretFile = None,
) -> None:
    new_file(pdf, ".pdf")
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.papers.minutes import minute_paper

        pdf.write_bytes(minute_paper(actor, meeting, only=only or None))
    print(_("Written: {file}").format(file=pdf))


def list_(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.models import Grant, GrantCheck, GrantMeeting

        meetings = [
            (str(one.pk), str(one.held_on), one.minute_number, _left(one))
            for one in GrantMeeting.objects.order_by("pk")
        ]
        checks = [
            (str(one.pk), f"#{one.person_id}", str(one.found_on), format_yuan(one.measured_fen))
            for one in GrantCheck.objects.order_by("pk")
        ]
        grants = [
            (
                str(one.pk),
                f"#{one.person_id}",
                str(one.meeting_id),
                str(one.case_id or "–"),
                _(one.state),
                format_yuan(one.fen),
            )
            for one in Grant.objects.order_by("pk")
        ]
    print(table(("#", _("held on"), _("minute"), _("left, yuan")), meetings, right=(3,)))
    print(table(("#", _("person"), _("seen on"), _("measured, yuan")), checks, right=(3,)))
    heads = ("#", _("person"), _("meeting"), _("case"), _("state"), _("yuan"))
    print(table(heads, grants, right=(5,)))


def _left(one: GrantMeeting) -> str:
    return format_yuan(one.surplus_fen - one.granted_fen - one.elsewhere_fen)
