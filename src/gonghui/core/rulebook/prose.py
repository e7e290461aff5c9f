"""An edition as a document people read: who takes part, what is paid, limits, steps, sources.

Every parameter of the edition is told once; what no section knows is told by its name at the end,
so nothing can be left out. Each provision bears its clause, whose words stand where it is first
cited; what no source states is marked, with its reason, and listed once more at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from gonghui.core.errors import N_
from gonghui.core.periods import FOREVER
from gonghui.core.rulebook import declared
from gonghui.core.rulebook.canonical import edition_hash
from gonghui.core.rulebook.figures import MARK, band, table_of
from gonghui.core.rulebook.model import (
    Benefit,
    Cap,
    Condition,
    Count,
    Edition,
    Gate,
    Number,
    Parameter,
)
from gonghui.core.rulebook.questions import question
from gonghui.core.rulebook.readable import (
    Block,
    Document,
    Heading,
    Paragraph,
    Provision,
    Source,
    Table,
)
from gonghui.core.rulebook.wording import Wording

ASSUMED = N_("[assumed] ")
_UNKNOWN = ("unknown", "未载明")
_INSIDE_STEPS = ("steps", "rounding")


def document(wording: Wording) -> Document:
    """The readable document of the wording's edition, in its language."""
    return _Teller(wording).document()


def in_force(wording: Wording) -> str:
    """The span of an edition: the last day is the one before ``until``."""
    edition = wording.edition
    since = wording.day(edition.valid_from)
    if edition.valid_until == FOREVER:
        return wording.say(N_("from {since} on"), since=since)
    last = wording.day(edition.valid_until - 1)
    return wording.say(N_("from {since} to {last}"), since=since, last=last)


def governance(wording: Wording) -> tuple[tuple[str, str], ...]:
    """Who issued an edition, on what it rests, why; only an unknown number is said to be so."""
    stated = wording.edition.governance
    number = stated.document_number
    facts = (
        (N_("Issued by"), wording.several(stated.issued_by)),
        (N_("Document number"), wording.say(N_("not stated")) if number in _UNKNOWN else number),
        (N_("Rests on"), wording.several(stated.rests_on)),
        (N_("Reasons"), "" if stated.reasons in _UNKNOWN else stated.reasons),
        (N_("Sources"), wording.several(stated.sources)),
    )
    return tuple((wording.say(name), value) for name, value in facts if value)


class Sources:
    """Where statements come from. A clause's words stand where it is first cited."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._quoted: set[str] = set()

    def of(self, parameters: Sequence[Parameter]) -> tuple[Source, ...]:
        """The sources of statements that stand together: clauses, then reasons, each once."""
        clauses: dict[str, list[str]] = {}
        reasons: dict[str, list[str]] = {}
        for parameter in parameters:
            citation = parameter.citation
            if citation.clause:
                clauses.setdefault(citation.clause, []).append(parameter.path)
            if citation.because:
                reasons.setdefault(citation.because, []).append(parameter.path)
        said = [
            replace(self.clause(identifier), about=self._about(paths, parameters))
            for identifier, paths in clauses.items()
        ]
        return (
            *said,
            *(
                Source(because=reason, about=self._about(paths, parameters))
                for reason, paths in reasons.items()
            ),
        )

    def clause(self, identifier: str) -> Source:
        """A clause, with its words unless they were quoted before."""
        clause = self._wording.edition.clause(identifier)
        assert clause is not None  # the reader refuses a citation of nothing
        words = "" if identifier in self._quoted else clause.words
        self._quoted.add(identifier)
        return Source(clause=clause.title or clause.id, words=words)

    def _about(self, paths: Sequence[str], parameters: Sequence[Parameter]) -> str:
        if len(paths) == len(parameters):
            return ""
        names = dict.fromkeys(self._wording.key(path) for path in paths)
        return self._wording.say(N_("({about}) "), about=self._wording.several(names))


class _Teller:
    """Tells an edition section by section, and remembers what it has told."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.say = wording.say
        self.edition: Edition = wording.edition
        self.blocks: list[Block] = []
        self._sources = Sources(wording)
        self._told: set[str] = set()

    def document(self) -> Document:
        say, edition = self.say, self.edition
        facts = [(say(N_("In force")), self._marked(in_force(self.wording), self._under("valid")))]
        if edition.extends:
            facts.append((say(N_("Revises")), edition.extends))
        facts += governance(self.wording)
        preface = N_(
            "{number} statements: {cited} with their clause; {assumed} that stand in no source,"
            " marked {mark}, among others in a table {figure}, and listed once more at the end."
        )
        number, assumed = len(edition.parameters), len(edition.assumptions)
        counted = {"number": number, "cited": number - assumed, "assumed": assumed}
        self.blocks.append(
            Paragraph(say(preface, **counted, mark=say(ASSUMED).strip(), figure=MARK))
        )
        self._section(N_("Taking part"), self._participation())
        self.blocks.append(Heading(1, say(N_("What is paid"))))
        for benefit in edition.benefits:
            self.blocks += [Heading(2, benefit.label), *self._benefit(benefit)]
        self._section(N_("Limits"), self._limits())
        self._section(N_("Steps of the computation"), self._steps())
        for gate in edition.gates:
            self._section(gate.label, self._gate(gate))
        self._section(N_("Questions answered"), self._answers())
        self._section(N_("Administration"), self._by_name(declared.SECTIONS))
        self._section(N_("Validity"), self._validity())
        rest = [one.path for one in edition.parameters if one.path not in self._told]
        self._section(N_("Further statements"), self._by_name(rest))
        self._section(N_("What is assumed"), self._assumptions())
        ending = ((say(N_("Edition")), edition.id), ("SHA-256", edition_hash(edition)))
        return Document(
            edition.title, tuple(facts), tuple(self.blocks), ending, say(ASSUMED), say(N_(": "))
        )

    # sections

    def _section(self, title: str, found: Iterable[Block]) -> None:
        """A heading and what stands below it; nothing when nothing does."""
        below = list(found)
        if below:
            self.blocks += [Heading(1, self.say(title)), *below]

    def _participation(self) -> Iterator[Provision]:
        edition = self.edition
        for condition in edition.eligibility:
            yield self._condition(condition)
        if not edition.eligibility:
            yield self._provision(N_("Who may take part"), self.say(N_("no condition is stated")))
        for one in edition.classes:
            test = self.wording.test(one.test) if one.test else self.say(N_("everybody else"))
            yield self._provision(one.label, test, f"classes.{one.id}")
        for listed in self._under("disease_lists"):
            name, value = self.wording.name(listed.path), self.wording.value(listed)
            yield self._provision(name, value, listed.path)
        if edition.fee is None:
            yield self._provision(N_("fee per person and period"), self.say(N_("not stated")))
        else:
            yield self._number(N_("fee per person and period"), edition.fee, "contribution.fee")
        yield from self._split()
        first = self.wording.day(edition.period.starts)
        text = N_("{months} months each, the first from {first} on")
        said = self.say(text, first=first, months=edition.period.months)
        yield self._provision(N_("Mutual-aid period"), said, "period")
        yield self._plain("cover.starts")
        yield self._provision(N_("waiting period"), self._waiting(), "cover.waiting")

    def _split(self) -> Iterator[Provision]:
        """Who pays which part of the fee: a label and an amount each."""
        parts = self._under("contribution.split")
        if parts:
            said = [self.wording.value(one) for one in parts]
            text = self.wording.several(map(" ".join, zip(said[::2], said[1::2], strict=True)))
            yield self._provision(N_("part of the fee"), text, "contribution.split")

    def _waiting(self) -> str:
        waiting = self.edition.cover.waiting
        if waiting.length is None:
            return self.say(N_("none"))
        length = self.wording.number(waiting.length.unit, waiting.length.plain)
        if waiting.renewal_gap is None:
            return self.say(N_("{length} from the start of cover, for everyone"), length=length)
        text = N_(
            "{length} from the start of cover, for first joiners; who joins again within {gap} does"
            " not wait"
        )
        gap = self.wording.number("days", waiting.renewal_gap.plain)
        return self.say(text, length=length, gap=gap)

    def _benefit(self, benefit: Benefit) -> Iterator[Provision]:
        path = benefit.path
        yield self._plain(f"{path}.events")
        for condition in benefit.when:
            yield self._condition(condition)
        yield self._plain(f"{path}.formula")
        if benefit.base:
            yield self._provision(N_("base"), self._base(benefit), f"{path}.base", f"{path}.less")
            yield self._plain(f"{path}.basis")
        if benefit.formula == "share":
            yield self._floor(benefit)
        if benefit.rate:
            yield self._number(N_("rate"), benefit.rate, f"{path}.rate")
        if benefit.bands:
            yield self._bands(benefit)
        if benefit.lump_sum:
            yield self._number(N_("amount"), benefit.lump_sum, f"{path}.amount")
        if benefit.allowance:
            yield self._number(N_("amount a day"), benefit.allowance.per_day, f"{path}.per_day")
            for key in ("skip_first_days", "max_days_per_claim", "max_days_in_period"):
                yield from self._by_name([f"{path}.{key}"])
        if benefit.top_up:
            yield self._number(N_("topped up to"), benefit.top_up.to, f"{path}.to")
        for key in ("counting", "window", "scaled_by", "shares", "max_shares", "once_per_disease"):
            yield from self._by_name([f"{path}.{key}"])
        least, kind = benefit.minimum.amount, f"{path}.minimum.kind"
        if least is None:
            yield self._plain(kind)
        else:
            yield self._number(
                N_("smallest payment"), least, f"{path}.minimum", then=self._value(kind)
            )
        yield self._provision(N_("deadline"), self._deadline(benefit), f"{path}.deadline")

    def _base(self, benefit: Benefit) -> str:
        assert benefit.base is not None
        base = self.wording.expression(benefit.base)
        if not benefit.less:
            return base
        payers = self.wording.several(self.wording.fact(payer) for payer in benefit.less)
        return self.say(N_("{base}; from it are taken, in this order: {payers}"), base=base,
                        payers=payers)  # fmt: skip

    def _floor(self, benefit: Benefit) -> Provision:
        floor, path = benefit.floor, f"{benefit.path}.floor"
        said = self._value(f"{path}.kind")
        if floor.amount is None:
            return self._provision(N_("floor"), said, path)
        if floor.kind == "threshold":
            text = N_("{kind}; exactly at the line: {at_the_line}")
            said = self.say(text, kind=said, at_the_line=self._value(f"{path}.at_the_line"))
        return self._number(N_("floor"), floor.amount, path, then=said)

    def _bands(self, benefit: Benefit) -> Provision:
        bands, path = benefit.bands, f"{benefit.path}.bands"
        assert bands is not None
        asked = [f"{path}.{key}" for key in ("method", "ends", "first_floor", "measured_on")]
        text = self.say(N_("; ")).join(
            self.wording.name(one, below=path) + self.say(N_(": ")) + self._value(one)
            for one in asked
            if self.edition.parameter(one) is not self.edition.parameter(path)
        )
        numbers = [(band(self.wording, bands, row), row.result) for row in bands.rows]
        marked = self._marked_rows(self._under(path))
        return self._provision(
            N_("bands"), text, path, table=table_of(self.wording, numbers, marked)
        )

    def _deadline(self, benefit: Benefit) -> str:
        deadline = benefit.deadline
        if deadline.length is None:
            return self.say(N_("none"))
        match deadline.kind:
            case "working_days":
                text = N_("{length} working days from {date}")
            case "months":
                text = N_("{length} months from {date}")
            case _:
                text = N_("until {month}/{day} {length} years after {date}")
        said = self.say(
            text,
            length=deadline.length.plain,
            date=self.wording.fact(deadline.since),
            month=deadline.month,
            day=deadline.day,
        )
        notice = N_("{deadline}; longer when a notice of delay was given")
        return self.say(notice, deadline=said) if deadline.extended_by_notice else said

    def _limits(self) -> Iterator[Provision]:
        for count in self.edition.counts:
            yield self._limit(count, count.limit)
        for cap in self.edition.caps:
            yield self._limit(cap, cap.amount)
        ceiling = self.edition.loss_ceiling
        if ceiling:
            text = self.say(
                N_("at most {loss} for one settlement; kinds: {kinds}"),
                loss=self.wording.expression(ceiling.loss),
                kinds=self.wording.several(self.wording.benefit(kind) for kind in ceiling.covers),
            )
            yield self._provision(N_("never more than the loss"), text, "limits.loss_ceiling")

    def _limit(self, limit: Count | Cap, number: Number) -> Provision:
        most = "" if number.dimensions else self._value(number.path)
        text = N_("at most {most} ({window}); kinds: {kinds}")
        if number.unit == "count":
            text = N_("no more than {most} ({window}); kinds: {kinds}")
        said = self.say(
            text if most else N_("by the table ({window}); kinds: {kinds}"),
            most=most,
            window=self._value(f"{limit.path}.window"),
            kinds=self.wording.several(self.wording.benefit(kind) for kind in limit.covers),
        )
        table = self._table(number) if number.dimensions else None
        return self._provision(limit.label, said, limit.path, table=table)

    def _steps(self) -> Iterator[Provision]:
        yield self._plain("answers.steps")
        rounding = self.edition.answers.rounding
        text = self.say(
            N_("to {unit}, {mode}"),
            unit=self.wording.amount(rounding.unit_fen),
            mode=self._value("answers.rounding.mode"),
        )
        yield self._provision(N_("rounding"), text, "answers.rounding")

    def _gate(self, gate: Gate) -> Iterator[Block]:
        said = self.say(
            N_("Computed is only whether an application may be made. {body} decides the amount."),
            body=gate.decided_by,
        )
        yield Paragraph(said)
        relation = "above" if gate.relation == "above" else "at_least"
        line = f"{gate.path}.line.{relation}"
        text = N_("above it; exactly at it is not enough")
        then = self.say(text if relation == "above" else N_("at it or above"))
        yield self._number(N_("line of the gate"), gate.line, line, then=then)
        yield self._plain(f"{gate.path}.base")
        yield self._plain(f"{gate.path}.window")
        if gate.needs:
            needs = self.wording.several(need.label for need in gate.needs)
            yield self._provision(N_("found by people"), needs)
        yield from self._by_name([gate.path])

    def _answers(self) -> Iterator[Provision]:
        for parameter in self._under("answers"):
            key = parameter.path.split(".")[1]
            if key not in _INSIDE_STEPS:
                asks = question(key).asks
                yield self._provision(asks, self.wording.value(parameter), parameter.path)

    def _validity(self) -> Iterator[Provision]:
        if self._under("valid"):
            yield self._provision(N_("In force"), in_force(self.wording), "valid")
        changes = sorted(self._under("changes"), key=lambda one: (one.value, str(one.citation)))
        for (effect, _), group in groupby(changes, key=lambda one: (one.value, one.citation)):
            paths = [one.path for one in group]
            changed = (self.wording.name(path.removesuffix(".effect")) for path in paths)
            label = question("effect").choices[str(effect)]
            yield self._provision(label, self.wording.several(changed), *paths)

    def _assumptions(self) -> Iterator[Block]:
        """What no source states, with its reason; the rows of one table together."""
        rows: list[tuple[str, str, str]] = []
        same = self.say(N_("as above"))
        reason = ""
        for (table, because), group in groupby(
            self.edition.assumptions,
            key=lambda one: (self.wording.table_path(one.path), one.citation.because),
        ):
            parameters = list(group)
            if len(parameters) == 1:
                name, value = (
                    self.wording.name(parameters[0].path),
                    self.wording.value(parameters[0]),
                )
            else:
                name = self.wording.name(table)
                value = self.wording.several(
                    f"{self.wording.name(one.path, below=table)} {self.wording.value(one)}"
                    for one in parameters
                )
            rows.append((name, value, same if because == reason else because))
            reason = because
        if rows:
            head = (self.say(N_("Entry")), self.say(N_("Value")), self.say(N_("Reason")))
            yield Table(head, tuple(rows), first_number=len(head))

    # provisions

    def _provision(
        self, label: str, text: str, *prefixes: str, table: Table | None = None
    ) -> Provision:
        """A provision on all parameters below some paths."""
        parameters = [one for prefix in prefixes for one in self._under(prefix)]
        parameters = [one for one in parameters if one.path not in self._told]
        self._told |= {one.path for one in parameters}
        said = self._marked(text, parameters)
        return Provision(self.say_label(label), said, self._sources.of(parameters), table)

    def say_label(self, label: str) -> str:
        """A name of ours, with a capital where the language has them."""
        said = self.wording.translate(label)
        return said[:1].upper() + said[1:]

    def _condition(self, condition: Condition) -> Provision:
        return self._provision(condition.label, self.wording.test(condition.test), condition.path)

    def _number(self, label: str, number: Number, prefix: str, then: str = "") -> Provision:
        """A number, or a table of them, and what is said of it."""
        if number.dimensions:
            return self._provision(label, then, prefix, table=self._table(number))
        said = self.say(N_("; ")).join(part for part in (self._value(number.path), then) if part)
        return self._provision(label, said, prefix)

    def _table(self, number: Number) -> Table:
        marked = self._marked_rows(self._under(number.path))
        return table_of(self.wording, [("", number)], marked)

    def _plain(self, path: str) -> Provision:
        label = self.wording.name(path, below=path.rpartition(".")[0].removesuffix(".minimum"))
        return self._provision(label, self._value(path), path)

    def _by_name(self, prefixes: Iterable[str]) -> Iterator[Provision]:
        """Provisions of what has no words of its own: name and value; lists in one line."""
        for prefix in prefixes:
            below = prefix.rpartition(".")[0]
            parameters = [one for one in self._under(prefix) if one.path not in self._told]
            for label, group in groupby(
                parameters, key=lambda one: self.wording.name(one.path, below=below)
            ):
                listed = list(group)
                text = self.wording.several(self.wording.value(one) for one in listed)
                yield self._provision(label, text, *(one.path for one in listed))

    def _value(self, path: str) -> str:
        parameter = self.edition.parameter(path)
        assert parameter is not None and parameter.path == path, path
        return self.wording.value(parameter)

    def _under(self, prefix: str) -> list[Parameter]:
        """The parameters at or below a path."""
        return [
            one
            for one in self.edition.parameters
            if one.path == prefix or one.path.startswith(f"{prefix}.")
        ]

    def _marked(self, text: str, parameters: Sequence[Parameter]) -> str:
        """The text, with the mark of assumptions when all of it is assumed."""
        assumed = bool(parameters) and all(one.citation.assumed for one in parameters)
        return self.say(N_("{text} [assumed]"), text=text) if assumed else text

    def _marked_rows(self, parameters: Sequence[Parameter]) -> frozenset[str]:
        """The assumed rows of a table of which others are not."""
        assumed = {one.path for one in parameters if one.citation.assumed}
        return frozenset(assumed if len(assumed) < len(parameters) else ())
