"""`gonghui audit sample …`: samples, working papers and exceptions for the 经审会."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan, parse_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.programmes.mutualaid.models import Scheme
    from gonghui.programmes.mutualaid.queries.chains import Chain
    from gonghui.programmes.mutualaid.queries.exceptions import Found
    from gonghui.programmes.mutualaid.services.samples import Draw

_PART = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)
SHOWN = 12
"""Characters of a hash on the screen; the papers have all of them."""


class By(StrEnum):
    """What layers are made of; yuan: no layers, every so many yuan."""

    AMOUNT = "amount"
    UNIT = "unit"
    MONTH = "month"
    LEVEL = "level"
    YUAN = "yuan"


class Share(StrEnum):
    """What a layer's part of the sample goes by."""

    LINES = "lines"
    MONEY = "money"


PeriodOption = Annotated[
    str,
    typer.Option(
        "--period", metavar="2022-01..2022-10", help=N_("First and last year, month or day.")
    ),
]
SampleNumber = Annotated[
    int, typer.Argument(metavar="SAMPLE", help=N_("The sample's number, as `samples` shows it."))
]
SchemeOption = Annotated[
    str,
    typer.Option(
        "--scheme", metavar="CODE", help=N_("The scheme; may be left out if there is one.")
    ),
]
ToFile = Annotated[Path, typer.Option("--out", metavar="FILE", help=N_("Where to write it."))]


def add_to(group: typer.Typer) -> None:
    """Beside the commands on the trail, in one group."""
    group.command("sample", help=_("Draw payments of a period to be looked at."))(sample)
    group.command("samples", help=_("List the samples drawn."))(samples)
    group.command("population", help=_("Write what a sample was drawn from, as a file."))(
        population
    )
    group.command("verify", help=_("Draw a sample again; say what has changed since."))(verify)
    group.command("paper", help=_("Write a sample's working paper, voucher to bank line."))(paper)
    group.command("reveal", help=_("Show one line's payee and account in full; on record."))(reveal)
    group.command("trace", help=_("From a figure's line, journal or payment to the bank's line."))(
        trace
    )
    group.command("exceptions", help=_("Ask a period what a clean house does not show."))(
        exceptions
    )


def sample(
    period: PeriodOption,
    size: Annotated[int, typer.Option(metavar="LINES", help=_("How many lines."))],
    as_: As,
    by: Annotated[
        By | None, typer.Option(help=_("Layers by this; yuan: every so many yuan."))
    ] = None,
    share: Annotated[Share, typer.Option(help=_("What a layer's part goes by."))] = Share.LINES,
    bands: Annotated[
        str, typer.Option(metavar="YUAN,YUAN", help=_("Limits of the bands of amounts."))
    ] = "",
    seed: Annotated[
        str, typer.Option(metavar="SEED", help=_("The seed (default: one is drawn)."))
    ] = "",
    scheme: SchemeOption = "",
    secret_file: SecretFile = None,
) -> None:
    since, until = _span(period)
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.auditing.drawing import Method
        from gonghui.programmes.mutualaid.services.samples import draw_sample

        if by is None:
            method = Method()
        elif by is By.YUAN:
            method = Method("money")
        else:
            limits = (
                tuple(parse_yuan(one) for one in bands.split(",")) if bands else Method().bounds
            )
            # Typed by their own enumerations, whose words are the method's.
            method = Method("strata", by.value, share.value, limits)  # type: ignore[arg-type]
        done = draw_sample(
            actor, _scheme(actor, scheme), method, since=since, until=until, size=size, seed=seed
        )
    _print_draw(done)


def samples(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services import samples as service

        found = service.samples(actor)
    rows = [
        (
            str(one.pk),
            _days(one.starts_on, one.ends_before),
            one.by or one.kind,
            str(one.size),
            one.seed,
            f"{one.population_lines:,}",
            format_yuan(one.population_fen),
            bytes(one.population_sha256).hex()[:SHOWN],
            f"{one.drawn_at.astimezone():%Y-%m-%d %H:%M}",
        )
        for one in found
    ]
    heads = (_("sample"), _("period"), _("how"), _("lines"), _("seed"))
    more = (_("payments"), _("yuan"), _("SHA-256"), _("drawn"))
    print(table((*heads, *more), rows, right=(0, 3, 5, 6)))


def population(number: SampleNumber, out: ToFile, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.samples import population_file

        content = population_file(actor, number)
    _write(out, content)
    print(_("{file}: check it with sha256sum.").format(file=out))


def verify(number: SampleNumber, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.samples import verify_sample

        said = verify_sample(actor, number)
    if said.same_lines:
        print(_("Seed and population give the lines that were kept."))
    else:
        print(_("Seed and population give OTHER lines than those kept."))
    if said.same_population:
        print(_("The payments of the period are the same today."))
    else:
        print(
            _("The payments of the period have changed: {then} then, {now} yuan today.").format(
                then=format_yuan(said.fen), now=format_yuan(said.today_fen)
            )
        )
        for words, references in (
            (_("added"), said.added),
            (_("gone"), said.gone),
            (_("changed"), said.changed),
        ):
            for reference in references:
                print(f"  {words}  {reference}")
    if not (said.same_lines and said.same_population):
        raise typer.Exit(1)


def paper(
    number: SampleNumber,
    xlsx: Annotated[Path, typer.Option(metavar="FILE", help=_("The workbook to write."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.papers.working import working_paper

        done = working_paper(actor, number, _)
    _write(xlsx, done.content)
    print(
        _("{file}: {lines} payments, {yuan} yuan; {faults} do not agree.").format(
            file=xlsx, lines=done.lines, yuan=format_yuan(done.fen), faults=done.faults
        )
    )
    print(f"SHA-256 {done.sha256}")


def reveal(
    number: SampleNumber,
    line: Annotated[int, typer.Argument(metavar="LINE", help=_("Its number in the paper."))],
    because: Annotated[str, typer.Option(metavar="REASON", help=_("What for; it is kept."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.samples import reveal_payee

        payee = reveal_payee(actor, number, line, because)
    print(f"{payee.name}  {payee.account}  {payee.bank}".rstrip())


def trace(
    what: Annotated[
        str,
        typer.Argument(metavar="WHAT", help=_("A reference, line:N, journal:N or decision:N.")),
    ],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries.chains import trace as traced

        found = traced(actor, what)
    for at, chain in enumerate(found):
        if at:
            print()
        print(table((_("step"), _("number"), _("day"), _("yuan"), _("what")), _steps(chain),
                    right=(3,)))  # fmt: skip
        for fault in chain.faults:
            print(f"! {_(fault)}")


def exceptions(
    period: PeriodOption,
    as_: As,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help=_("Only this question, row by row; may stand often.")),
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Write all rows into a workbook."))
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, help=_("Days between a change of account and a payment."))
    ] = 30,
    gap: Annotated[int, typer.Option(min=0, help=_("Days between two stays."))] = 1,
    percent: Annotated[
        int, typer.Option(min=1, max=99, help=_("Per cent below a limit of the review."))
    ] = 5,
    scheme: SchemeOption = "",
    secret_file: SecretFile = None,
) -> None:
    since, until = _span(period)
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.queries import exceptions as queries

        found = queries.exceptions(
            actor,
            _scheme(actor, scheme),
            since=since,
            until=until,
            only=only or (),
            measures=queries.Measures(days, gap, percent),
        )
    rows = [
        (one.question.code, _(one.question.title), f"{one.groups:,}", f"{len(one.hits):,}",
         format_yuan(one.fen))
        for one in found
    ]  # fmt: skip
    heads = (_("question"), _("what"), _("groups"), _("rows"), _("yuan"))
    print(table(heads, rows, right=(2, 3, 4)))
    for one in found if only else ():
        if one.hits:
            print()
            _print_hits(one)
    if xlsx is not None:
        from gonghui.programmes.mutualaid.papers.exceptions import exceptions_workbook

        _write(xlsx, exceptions_workbook(found, _days(since, until), _))
        print(_("Written: {file}").format(file=xlsx))


def _print_draw(done: Draw) -> None:
    print(
        _("Sample {sample}: {lines} of {all} payments, {yuan} of {of} yuan.").format(
            sample=done.sample_id,
            lines=len(done.drawn),
            all=f"{len(done.population.payments):,}",
            yuan=format_yuan(sum(one.payment.fen for one in done.drawn)),
            of=format_yuan(done.population.fen),
        )
    )
    print(_("Seed: {seed}").format(seed=done.seed))
    print(_("Population, SHA-256: {hash}").format(hash=done.population.sha256().hex()))
    if done.earlier:
        print(_("{count} samples of this period were drawn before.").format(count=done.earlier))
    if done.changed_since is not None:
        print(
            _("The payments have changed since sample {sample} with this seed; see "
              "`gonghui audit verify {sample}`.").format(sample=done.changed_since)
        )  # fmt: skip
    if len(done.layers) > 1 or done.layers[0].name:
        rows = [
            (one.name, f"{one.lines:,}", format_yuan(one.fen), str(one.drawn))
            for one in done.layers
        ]
        print()
        print(table((_("layer"), _("payments"), _("yuan"), _("drawn")), rows, right=(1, 2, 3)))


def _print_hits(one: Found) -> None:
    rows = [
        (
            hit.group,
            hit.handle,
            *hit.people,
            "" if hit.day is None else hit.day.isoformat(),
            format_yuan(hit.fen),
            hit.said,
        )
        for hit in one.hits
    ]
    heads = (_("group"), _("number"), _("person"), _("other"), _("day"), _("yuan"), _("what"))
    print(table(heads, rows, right=(5,)))


def _steps(one: Chain) -> list[tuple[str, str, str, str, str]]:
    """The chain from the bank back to the papers; hashes shortened."""
    rows = [
        (_("bank"), f"{one.bank_message or '–'} {one.bank_row or ''}".rstrip(), _day(one.bank_on),
         _yuan(one.bank_fen), one.bank_word or ""),
        (_("payment"), one.reference, _day(one.paid_on), _yuan(one.fen), one.state),
        (_("voucher"), _number(one.journal_id), _day(one.booked_on), _yuan(one.cash_fen),
         one.account or ""),
        (_("due"), _number(one.due_id), _day(one.owed_on), _yuan(one.due_fen), one.due_kind or ""),
    ]  # fmt: skip
    if one.decision_id is not None:
        rows.append((_("decision"), _number(one.decision_id), _day(one.decided_on),
                     _yuan(one.amount_fen), one.sentence or ""))  # fmt: skip
        rows.append((_("edition"), _short(one.edition_sha256), "", "", one.edition or ""))
        rows.append((_("settlement"), one.settlement or "", _day(one.filed_on), "",
                     _short(one.content_sha256)))  # fmt: skip
    if one.feed is not None:
        rows.append((_("feed"), _short(one.feed_sha256), "", "", one.feed))
    if one.case is not None:
        rows.append((_("case"), one.case, "", "", one.filed_how or ""))
    if one.minute is not None:
        rows.append((_("minute"), one.minute, "", "", _short(one.minute_sha256)))
    for paper_ in one.papers or ():
        kind, _sep, digest = paper_.partition(" ")
        rows.append((_("paper"), kind, "", "", _short(digest)))
    rows.extend((_("invoice"), bill, "", "", "") for bill in one.invoices or ())
    return rows


def _scheme(actor: Actor, code: str) -> Scheme:
    from gonghui.programmes.mutualaid.queries.schemes import only_scheme

    with actor.transaction():
        return only_scheme(code)


def _span(text: str) -> tuple[date, date]:
    """``2022-01..2022-10`` → the first day, and the first day after the last."""
    first, dots, last = text.partition("..")
    since, _end = _part(first)
    _start, until = _part(last if dots else first)
    if until <= since:
        raise Refusal(
            N_("“{text}” ends before it begins."), N_("Write 2022-01..2022-10."), text=text
        )
    return since, until


def _part(text: str) -> tuple[date, date]:
    match = _PART.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(one) if one else 0 for one in match.groups())
        start = date(year, month or 1, day or 1)
    except ValueError:
        raise Refusal(
            N_("“{text}” is no year, month or day."), N_("Write 2022-01..2022-10."), text=text
        ) from None
    if day:
        return start, start + timedelta(days=1)
    if month:
        return start, date(year + month // 12, month % 12 + 1, 1)
    return start, date(year + 1, 1, 1)


def _days(since: date, until: date) -> str:
    return f"{since} – {until - timedelta(days=1)}"


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _yuan(fen: int | None) -> str:
    return "" if fen is None else format_yuan(fen)


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _short(digest: str | None) -> str:
    return (digest or "")[:SHOWN]


def _write(path: Path, content: bytes) -> None:
    from gonghui.doors.cli.report.whole_files import whole_file

    with whole_file(path) as draft:
        draft.touch(mode=0o600)
        draft.write_bytes(content)
