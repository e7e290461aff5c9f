"""`gonghui explain`: one person's settlements, each decided step by step, clause beside number.

Starts without the compiled fold: one history is replayed in plain Python, from that person's
rows only.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal, masked_numbers
from gonghui.doors.cli.home import home
from gonghui.doors.cli.language import _, spoken
from gonghui.doors.cli.printing import table, width, wrapped
from gonghui.doors.cli.shelves import opened, opened_one, shelf_option

if TYPE_CHECKING:
    import polars as pl

    from gonghui.core.adjudication.store import Store
    from gonghui.core.rulebook.model import Edition
    from gonghui.doors.cli.report.people import Person
    from gonghui.doors.cli.report.tracing import TracedDecision

COLUMNS = 100
_DIGITS_OF_NO_PERSON = 11  # a person's number in the store has 31 bits
_CERTIFICATE = re.compile(r"\d{17}[\dXx]|\d{15}")


def register(app: typer.Typer) -> None:
    app.command("explain", help=_("Explain a person's decisions step by step, with the clauses."))(
        explain
    )


def explain(
    person: Annotated[
        str,
        typer.Argument(
            metavar="PERSON", help=_("A number of the store, an identity number, or a name.")
        ),
    ],
    store: Annotated[Path | None, typer.Option(help=_("The store (default: the demo's)."))] = None,
    settlement: Annotated[
        str, typer.Option(metavar="ID", help=_("Only this settlement, by its id."))
    ] = "",
    under: Annotated[
        str, typer.Option(metavar="EDITION", help=_("Under this edition, whatever the day."))
    ] = "",
    scheme: Annotated[
        str, typer.Option(help=_("The scheme whose editions decide."))
    ] = "jiaozuo/medical",
    shelf: Annotated[Path | None, shelf_option()] = None,
) -> None:
    explain_person(
        person,
        store or home() / "demo" / "store",
        settlement=settlement,
        under=under,
        scheme=scheme,
        shelf=shelf,
    )


def explain_person(
    asked: str,
    path: Path,
    *,
    settlement: str = "",
    under: str = "",
    scheme: str = "jiaozuo/medical",
    shelf: Path | None = None,
) -> None:
    """Find the person, replay the history, tell it."""
    from gonghui.core.adjudication.store import Store
    from gonghui.doors.cli.report.bench import Bench
    from gonghui.doors.cli.report.people import settlement_ids
    from gonghui.doors.cli.report.tracing import traced
    from gonghui.doors.cli.report.words import said

    store = Store.open(path)
    person = _found(asked, store)
    if under:
        books, under = opened_one(under, shelf)
        bench = Bench.of_edition(under, books)
    else:
        bench = Bench.of_scheme(scheme, opened([], shelf)[0])
    decided = traced(store, bench, [person.number])
    ids = settlement_ids(store, _numbers(decided))
    if settlement:
        decided = [one for one in decided if ids.get(one.settlement.number) == settlement]
        if not decided:
            raise Refusal(
                N_("{name} has no settlement “{settlement}”."),
                N_("Leave --settlement out to see all."),
                name=person.name,
                settlement=settlement,
            )
    _print_head(store, person, bench.program.editions[0] if under else None)
    if not decided:
        print(said("no_settlements"))
        return
    _print_history(decided, ids)


def _numbers(decided: list[TracedDecision]) -> pl.Series:
    import polars as pl

    return pl.Series([one.settlement.number for one in decided], dtype=pl.Int64)


def _found(asked: str, store: Store) -> Person:
    """The one person meant; several of one name are listed."""
    import polars as pl

    from gonghui.doors.cli.report.people import people

    known = store.identities()
    asked = asked.strip()
    if _CERTIFICATE.fullmatch(asked):
        matching = known.filter(pl.col("certificate") == asked.upper())
    elif asked.isascii() and asked.isdigit() and len(asked) < _DIGITS_OF_NO_PERSON:
        matching = known.filter(pl.col("person") == int(asked))
    else:
        matching = known.filter(pl.col("name") == asked)
    found = list(people(store, matching["person"].to_list()).values()) if matching.height else []
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal(
            N_("The store knows nobody like “{asked}”."),
            N_("Name a number of the store, a whole identity number or a whole name."),
            asked=masked_numbers(asked),
        )
    heads = (_("number"), _("name"), _("identity number"), _("unit"))
    rows = [(str(one.number), one.name, one.masked, one.unit) for one in found]
    print(table(heads, rows, right=(0,)))
    raise Refusal(
        N_("{count} people are called {name}."),
        N_("Say which one by the number."),
        count=len(found),
        name=asked,
    )


def _print_head(store: Store, person: Person, edition: Edition | None) -> None:
    from gonghui.doors.cli.report.adjudication import is_synthetic
    from gonghui.doors.cli.report.words import said

    if is_synthetic(store):
        print(said("synthetic"))
    print(
        said(
            "person_words",
            name=person.name,
            certificate=person.masked,
            unit=person.unit,
            number=person.number,
        )
    )
    if edition:
        print(said("under_always", edition=edition.id, title=edition.title))


def _print_history(decided: list[TracedDecision], ids: dict[int, str]) -> None:
    from gonghui.core.money import format_yuan
    from gonghui.doors.cli.report.words import said

    notes: dict[str, int] = {}
    previous = 0
    for place, one in enumerate(decided, 1):
        print()
        same = one.settlement.number == previous
        if not same:
            _print_facts(place, one, ids.get(one.settlement.number, ""))
        previous = one.settlement.number
        _print_decision(one, notes)
    if len(decided) > 1:
        paid = [one.decision.amount_fen for one in decided if one.decision.amount_fen]
        print(f"\n{said('sum_paid', amount=format_yuan(sum(paid)), payouts=len(paid))}")
    print(f"\n{said('notes')}")
    for words, number in notes.items():
        first, *rest = wrapped(words, COLUMNS - 6)
        print(f"{f'[{number}]':>5} {first}")
        for line in rest:
            print(f"      {line}")


def _print_facts(place: int, one: TracedDecision, identifier: str) -> None:
    from gonghui.core.money import format_yuan
    from gonghui.core.rulebook.fields import EVENT_KINDS, NONE
    from gonghui.doors.cli.report.figures import level_words
    from gonghui.doors.cli.report.words import day_words, said

    fact = one.settlement.fact

    def day(name: str) -> str:
        return day_words(fact(name)) if fact(name) != NONE else "–"

    kind = fact("event_kind")
    event = EVENT_KINDS.label(kind) if spoken() == "zh" else EVENT_KINDS.identifier(kind)
    stay = said(
        "fact_stay",
        event=event,
        admitted=day("admitted_on"),
        discharged=day("discharged_on"),
        level=level_words(fact("hospital_level")),
        away=said("fact_away") if fact("away") else "",
    )
    filed, paid = fact("filed_on"), fact("paid_on")
    days = said(
        "fact_days",
        settled=day("settled_on"),
        received=day("received_on"),
        filed=said("fact_filed", day=day("filed_on")) if filed != NONE else said("fact_not_filed"),
        paid=said("fact_paid", day=day("paid_on")) if paid != NONE else said("fact_not_paid"),
    )
    if fact("reversed_on") != NONE:
        days += said("fact_reversed", day=day("reversed_on"))
    money = {
        "total": format_yuan(fact("total_cost")),
        "fund": format_yuan(fact("fund_total")),
        "own": format_yuan(fact("personal_total")),
        "expense": format_yuan(fact("own_expense")),
    }
    print(f"{place}. {stay}　{identifier}")
    print(f"   {days}")
    print(f"   {said('fact_money', **money)}")


def _print_decision(one: TracedDecision, notes: dict[str, int]) -> None:
    from gonghui.core.adjudication.sentences import gate_sentence, sentence
    from gonghui.core.money import format_yuan
    from gonghui.doors.cli.report.citing import path_of_reason
    from gonghui.doors.cli.report.explanation import left_told, steps_told
    from gonghui.doors.cli.report.words import said

    decision = one.decision
    for number, step in enumerate(steps_told(decision, one.settlement), 1):
        lines = wrapped(step.text, COLUMNS - 9)
        marks = _marks(step.paths, decision.edition, notes)
        if width(lines[-1] + marks) > COLUMNS - 9:
            lines.append("")
            marks = marks.lstrip()
        lines[-1] += marks
        print(f"   {number:>3}) {lines[0]}")
        for line in lines[1:]:
            print(f"        {line}")
    if decision.amount_fen:
        result = said("result_paid", amount=format_yuan(decision.amount_fen))
    else:
        result = said("result_nothing")
    if decision.edition and not decision.amount_fen:
        path = path_of_reason(decision.edition, decision.reason, decision.detail, decision.kind)
        result += _marks((path,), decision.edition, notes)
    print(f"   ➜ {result}")
    print(f"     {sentence(decision, one.settlement).in_(spoken())}")
    left = left_told(decision)
    if left:
        print(f"     {('；' if spoken() == 'zh' else '; ').join(left)}")
    for gate in decision.gates:
        assert decision.edition is not None  # a gate is an edition's
        print(f"     {said('gate_mark')}{gate_sentence(decision.edition, gate, spoken())}")


def _marks(paths: tuple[str, ...], edition: Edition | None, notes: dict[str, int]) -> str:
    """The numbers of the notes these entries rest on; 【假定】 where one of them is assumed."""
    from gonghui.doors.cli.report.citing import parameter_at, quoted
    from gonghui.doors.cli.report.words import said

    if edition is None:
        return ""
    found, assumed = [], False
    for path in paths:
        parameter = parameter_at(edition, path) if path else None
        if parameter is None:
            continue
        assumed = assumed or parameter.citation.assumed
        number = notes.setdefault(quoted(edition, parameter), len(notes) + 1)
        if number not in found:
            found.append(number)
    marks = "".join(f"[{number}]" for number in found)
    return (f" {said('assumed')}" if assumed else " ") + marks if marks else ""
