"""`gonghui claim …`: applications for a benefit, from a paper statement or a unit's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.directory_words import STANDARD_INPUT, person_id_of, typed_text
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.programmes.mutualaid.services.claim_desk import Worker
    from gonghui.programmes.mutualaid.services.claim_lists import Preview

SHOWN = 20

File = Annotated[
    Path, typer.Argument(metavar="FILE", help=N_("xlsx, xls, ods or csv, as the unit sent it."))
]
SchemeOption = Annotated[
    str, typer.Option("--scheme", help=N_("The scheme; may be left out if there is one."))
]
OnOption = Annotated[
    str, typer.Option("--on", metavar="DAY", help=N_("The day it came (default: today)."))
]
AtOption = Annotated[
    str, typer.Option("--at", metavar="CODE", help=N_("The unit it is from, for an office."))
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_("Take in applications for a benefit."), no_args_is_help=True)
    group.command("template", help=_("Write an empty list of applications."))(template)
    group.command("preview", help=_("Check a list; nothing is handed in."))(preview)
    group.command("applications", help=_("Check a list; hand it in whole or not at all."))(
        applications
    )
    group.command("file", help=_("Enter one application from a paper statement."))(file)
    group.command("marked", help=_("The workbook of a list again, with bad cells marked."))(marked)
    group.command("lacking", help=_("Papers that are due and missing."))(lacking)
    group.command("reckon", help=_("What applications under way would come to."))(reckon)
    group.command("list", help=_("Applications that somebody has to look at."))(list_)
    group.command("clear", help=_("Say what came of looking at one."))(clear)
    group.command("reverse-invoice", help=_("An invoice that takes another back (冲红)."))(reverse)
    group.command("rules", help=_("Days, amounts and papers, and which are assumed."))(rules_)
    app.add_typer(group, name="claim")


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=_("A new workbook."))],
) -> None:
    from gonghui.programmes.mutualaid.claims.template import LIST, claims_template
    from gonghui.programmes.mutualaid.rosters.template import TemplateWords

    if file.exists():
        raise Refusal(N_("There is a file {file} already."), N_("Name another."), file=file)
    file.write_bytes(claims_template(TemplateWords(LIST), _))
    print(_("An empty list of applications: {file}").format(file=file))


def preview(
    file: File,
    as_: As,
    scheme: SchemeOption = "",
    on: OnOption = "",
    at: AtOption = "",
    secret_file: SecretFile = None,
) -> int:
    with acting(as_, secret_file, at=at) as actor:
        from gonghui.programmes.mutualaid.services.claim_lists import check_list

        checked = check_list(actor, file, scheme=scheme, on=business_day("--on", on))
    _print(checked)
    return 0 if checked.claims.bookable else 1


def applications(
    file: File,
    as_: As,
    scheme: SchemeOption = "",
    on: OnOption = "",
    at: AtOption = "",
    signed: Annotated[
        bool, typer.Option("--signed", help=_("All of them have signed the consent on paper."))
    ] = False,
    papers_seen: Annotated[
        bool, typer.Option("--papers-seen", help=_("You have seen the papers due for every row."))
    ] = False,
    secret_file: SecretFile = None,
) -> int:
    with acting(as_, secret_file, at=at) as actor:
        from gonghui.programmes.mutualaid.services.claim_lists import check_list, file_list
        from gonghui.programmes.mutualaid.services.claims import consent_on_paper

        day = business_day("--on", on)
        checked = check_list(actor, file, scheme=scheme, on=day)
        _print(checked)
        if not checked.claims.bookable:
            print(_("Nothing was handed in."))
            return 1
        with actor.transaction():
            if signed:
                consent_on_paper(actor, sorted({one for one in checked.persons if one}))
            opened = file_list(actor, checked, on=day, papers_seen=papers_seen)
    new = sum(one.new for one in opened)
    print(_("Handed in: {new}; handed in before: {old}.").format(new=new, old=len(opened) - new))
    return 0


def file(
    as_: As,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help=_("#7; without it her document is asked for."))
    ] = "",
    facts: Annotated[
        list[str] | None,
        typer.Argument(metavar="FACT=VALUE…", help=_("As the statement prints it.")),
    ] = None,
    unit: Annotated[str, typer.Option("--unit", help=_("The code of her unit."))] = "",
    settlement: Annotated[
        str, typer.Option("--settlement", help=_("The settlement's number."))
    ] = "",
    invoice: Annotated[
        list[str] | None, typer.Option("--invoice", metavar="CODE:NUMBER", help=_("One shown."))
    ] = None,
    paper: Annotated[
        list[str] | None, typer.Option("--paper", help=_("A paper that was seen; may be repeated."))
    ] = None,
    signed: Annotated[
        bool, typer.Option("--signed", help=_("She has signed the consent on paper."))
    ] = False,
    sms: Annotated[
        bool, typer.Option("--sms", help=_("She has agreed to be told by text message."))
    ] = False,
    scheme: SchemeOption = "",
    on: OnOption = "",
    secret_file: SecretFile = None,
) -> None:
    from gonghui.doors.cli import claim_desk

    if "=" in person:  # no person, but the first fact
        person, facts = "", [person, *(facts or ())]
    stated = dict(map(claim_desk.fact, facts or ()))
    day = business_day("--on", on)
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.claims.invoices import invoice_of
        from gonghui.programmes.mutualaid.claims.rules import TOLD_BY
        from gonghui.programmes.mutualaid.services import claims
        from gonghui.verbs.cases.services.papers import Given

        asking, number_only = not person, bool(settlement) and not stated
        number, name = ("", "") if person else _document()
        if asking and not settlement:
            settlement = claim_desk.typed(_("Number of the settlement (Enter: the paper has none)"))
        if not number_only:
            stated = dict(claim_desk.whole_statement(stated, on=day).facts)
        bills = list(invoice or ())
        if asking and not bills:
            bill = claim_desk.typed(_("Electronic invoice, CODE:NUMBER (Enter: none)"))
            bills = [bill] if bill else []
        shown = tuple(invoice_of(*one.replace("：", ":").partition(":")[::2]) for one in bills)
        papers = paper or (claim_desk.seen_papers(stated.get("event_kind", 0)) if asking else ())
        worker = _worker(actor, person, (number, name), scheme, unit, stated, day)
        print(f"{worker.name}  {worker.union}  {'' if worker.takes_part else _('takes no part')}")
        with actor.transaction():
            if signed:
                claims.consent_on_paper(actor, [worker.person_id])
            if sms:
                claims.consent_on_paper(actor, [worker.person_id], TOLD_BY["sms"])
            given = tuple(map(Given, papers))
            asked = claims.Application(
                worker.person_id, worker.union_id, settlement, stated, shown, given
            )
            opened = claims.apply(actor, asked, how="window", on=day, scheme=scheme)
    print(_("Handed in as case {number}.").format(number=opened.number))
    _print_lacking(papers, stated)


def marked(
    list_: Annotated[int, typer.Argument(metavar="LIST", help=_("The list's number."))],
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help=_("A new workbook."))],
    as_: As,
    at: AtOption = "",
    secret_file: SecretFile = None,
) -> None:
    if file.exists():
        raise Refusal(N_("There is a file {file} already."), N_("Name another."), file=file)
    with acting(as_, secret_file, at=at) as actor:
        from gonghui.programmes.mutualaid.services.claim_lists import marked_list

        book, message = marked_list(actor, list_, _, author=_("Office"))
    file.write_bytes(book)
    print(_("Marked workbook: {file}").format(file=file))
    print()
    print(message)


def reckon(as_: As, on: OnOption = "", secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.claim_decisions import reckon_waiting

        found, nothing = reckon_waiting(actor, on=business_day("--on", on))
    words = _("Reckoned: {found}; for {nothing} of them the rules give nothing.")
    print(words.format(found=found, nothing=nothing))


def lacking(
    cases: Annotated[list[int], typer.Argument(metavar="CASE…", help=_("The cases."))],
    as_: As,
    secret_file: SecretFile = None,
) -> int:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.claim_decisions import papers_lacking

        found = papers_lacking(actor, cases)
    rows = [(str(case), "、".join(names) or _("all there")) for case, names in found.items()]
    print(table((_("case"), _("papers that are missing")), rows, right=(0,)))
    return 1 if any(found.values()) or len(found) < len(cases) else 0


def reverse(
    invoice: Annotated[str, typer.Argument(metavar="CODE:NUMBER", help=_("The reversing one."))],
    of: Annotated[str, typer.Option("--of", metavar="CODE:NUMBER", help=_("The reversed one."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.claims.invoices import invoice_of
        from gonghui.programmes.mutualaid.services.claim_flags import reverse_invoice

        red = invoice_of(*invoice.replace("：", ":").partition(":")[::2], kind="2")
        old = invoice_of(*of.replace("：", ":").partition(":")[::2])
        reverse_invoice(actor, red, of_code=old.code, of_number=old.number)
    print(_("The reversal is on record; applications with that invoice are on the list."))


def clear(
    flag: Annotated[int, typer.Argument(metavar="NUMBER", help=_("As `claim list` prints it."))],
    reason: Annotated[str, typer.Option("--reason", help=_("What you found."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.claim_flags import clear_flag

        clear_flag(actor, flag, reason)
    print(_("Cleared."))


def rules_() -> None:
    from gonghui.programmes.mutualaid.claims.rules import rules

    rows = [
        (one.path, one.value, _("assumed: {why}").format(why=one.because) if one.assumed else "")
        for one in rules().said
    ]
    print(table((_("rule"), _("value"), _("where from")), rows))
    for purpose, (version, text) in rules().consents.items():
        print(f"{purpose}  {version}  {text}")


def list_(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.claim_flags import work_list

        words = {"split": _("parts of one stay"), "invoice_reversed": _("invoice reversed (冲红)")}
        rows = [(str(one.pk), str(one.claim.case_id), words[one.code]) for one in work_list(actor)]
    print(table((_("number"), _("case"), _("what to look at")), rows, right=(0, 1)))


def _document() -> tuple[str, str]:
    """Number and name as they stand on her document."""
    from gonghui.doors.cli.claim_desk import typed

    return typed_text(STANDARD_INPUT), typed(_("Her name"))


def _worker(
    actor: Actor,
    person: str,
    document: tuple[str, str],
    scheme: str,
    unit: str,
    facts: dict[str, int],
    on: date,
) -> Worker:
    from gonghui.doors.cli.claim_desk import day_that_counts
    from gonghui.programmes.mutualaid.services.claim_desk import worker_by_document, worker_of

    day = day_that_counts(facts, on)
    if not person:
        return worker_by_document(actor, *document, scheme=scheme, on=on, day=day)
    known = int(person) if person.isdecimal() else person_id_of(actor, person)
    return worker_of(actor, known, scheme=scheme, day=day, unit=unit)


def _print_lacking(papers: Sequence[str], facts: dict[str, int]) -> None:
    """What must still be brought before anybody can confirm or grant it."""
    from gonghui.programmes.mutualaid.claims.rules import rules

    due = rules().papers_of(facts.get("event_kind", 0))
    missing = [rules().paper_name(one) for one in due if one not in papers]
    if missing:
        print(_("Papers that are missing: {papers}").format(papers="、".join(missing)))


def _print(checked: Preview) -> None:
    claims = checked.claims
    words = _(
        "{rows_in:,} rows: {good:,} good, {warned:,} to look at, {bad:,} wrong, {skipped:,} others."
    )
    print(words.format(**claims.counts))
    found = sorted(claims.findings, key=lambda one: (one.level != "error", one.row))
    rows = [
        (
            str(one.row),
            _("wrong") if one.level == "error" else _("look at it"),
            " ".join(one.words(_)),
        )
        for one in found[:SHOWN]
    ]
    if rows:
        print(table((_("row"), "", _("what, and what to do")), rows, right=(0,)))
    if len(found) > SHOWN:
        print(_("… and {more:,} more").format(more=len(found) - SHOWN))
    for notice in claims.notices:
        print(" ".join(notice.words(_)))
    if claims.findings:
        words = _("Kept as list {list}: `gonghui claim marked {list} FILE.xlsx` marks the cells.")
        print(words.format(list=checked.list_id))
