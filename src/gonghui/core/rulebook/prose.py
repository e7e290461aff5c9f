"""An edition as a document people read: who takes part, what is paid, its limits, its steps, its sources.

Every parameter of the edition is told exactly once; what no section knows is told by its name at the end, so
nothing can be left out. Each provision bears its clause, whose words stand where it is first cited; what no
source states is marked, with its reason, and listed once more at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from gonghui.core.errors import N_
from gonghui.core.money import format_rate
from gonghui.core.periods import FOREVER
from gonghui.core.rulebook import declared
from gonghui.core.rulebook.canonical import edition_hash
from gonghui.core.rulebook.fields import EVENT_KINDS
from gonghui.core.rulebook.model import (
    Bands,
    Benefit,
    Citation,
    Condition,
    Edition,
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

ASSUMED = N_("[assumed]")
UNKNOWN = ("unknown", "未载明")
_FEW_ROWS = 6
_STEPS = ("steps", "rounding")


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
    """Who issued an edition, on what it rests, why; what is not stated is left out."""
    stated = wording.edition.governance
    number = stated.document_number
    facts = (
        (N_("Issued by"), wording.several(stated.issued_by)),
        (
            N_("Document number"),
            wording.translate(N_("not stated")) if number in UNKNOWN else number,
        ),
        (N_("Rests on"), wording.several(stated.rests_on)),
        (N_("Reasons"), "" if stated.reasons in UNKNOWN else stated.reasons),
        (N_("Sources"), wording.several(stated.sources)),
    )
    return tuple((wording.translate(name), value) for name, value in facts if value)


class _Teller:
    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.edition: Edition = wording.edition
        self.blocks: list[Block] = []
        self._told: set[str] = set()
        self._quoted: set[str] = set()

    def document(self) -> Document:
        say, edition = self.wording.say, self.edition
        facts = [(say(N_("In force")), in_force(self.wording))]
        if edition.extends:
            facts.append((say(N_("Revises")), edition.extends))
        facts += governance(self.wording)
        self.blocks.append(
            Paragraph(
                say(
                    N_(
                        "{number} statements follow, each with its clause. {assumed} of them stand in no"
                        " source; they bear the mark {mark} and are listed once more at the end."
                    ),
                    number=len(edition.parameters),
                    assumed=len(edition.assumptions),
                    mark=say(ASSUMED),
                )
            )
        )
        self._validity()
        self._participation()
        self._benefits()
        self._limits()
        self._steps()
        self._gates()
        self._answers()
        self._section(N_("Administration"), self._by_name(declared.SECTIONS))
        self._section(N_("When the changes take effect"), self._by_name(("changes",)))
        rest = [one.path for one in edition.parameters if one.path not in self._told]
        self._section(N_("Further statements"), self._by_name(rest))
        self._assumptions()
        return Document(
            edition.title,
            tuple(facts),
            tuple(self.blocks),
            ((say(N_("Edition")), edition.id), ("SHA-256", edition_hash(edition))),
            say(ASSUMED),
            say(N_(": ")),
        )

    # sections

    def _section(self, title: str, provisions: Iterable[Provision]) -> None:
        """A heading and what stands below it; nothing when nothing does."""
        found = list(provisions)
        if found:
            self.blocks += [Heading(1, self.wording.translate(title)), *found]

    def _validity(self) -> None:
        if any(one.path.startswith("valid") for one in self.edition.parameters):
            text = in_force(self.wording)
            self._section(N_("Validity"), [self._provision(N_("In force"), text, "valid")])

    def _participation(self) -> None:
        say, edition = self.wording.say, self.edition
        found = [self._condition(one) for one in edition.eligibility]
        if not found:
            found.append(
                self._provision(N_("Who may take part"), say(N_("no condition is stated")))
            )
        for one in edition.classes:
            test = self.wording.test(one.test) if one.test else say(N_("everybody else"))
            found.append(self._labelled(one.label, test, f"classes.{one.id}"))
        if edition.fee is None:
            found.append(self._provision(N_("Fee"), say(N_("unknown"))))
        else:
            found.append(self._number(N_("Fee per person and period"), edition.fee, "contribution"))
        period = edition.period
        text = say(
            N_("{months} months each, the first from {start} on"),
            start=self.wording.day(period.starts),
            months=period.months,
        )
        found.append(self._provision(N_("Mutual-aid period"), text, "period"))
        starts = self._values("cover.starts")
        found.append(self._provision(N_("Start of cover"), starts, "cover.starts"))
        found.append(self._provision(N_("Waiting period"), self._waiting(), "cover.waiting"))
        lists = [one.path for one in edition.parameters if one.path.startswith("disease_lists.")]
        found += [self._plain(path) for path in lists]
        self._section(N_("Taking part"), found)

    def _waiting(self) -> str:
        say, waiting = self.wording.say, self.edition.cover.waiting
        if waiting.length is None:
            return say(N_("none"))
        length = self.wording.number(waiting.length.unit, waiting.length.plain)
        if waiting.kind == "everyone" or waiting.renewal_gap is None:
            return say(N_("{length} from the start of cover, for everyone"), length=length)
        gap = self.wording.number("days", waiting.renewal_gap.plain)
        text = N_(
            "{length} from the start of cover, for first joiners; who joins again within {gap} does not wait"
        )
        return say(text, length=length, gap=gap)

    def _benefits(self) -> None:
        self.blocks.append(Heading(1, self.wording.translate(N_("What is paid"))))
        for benefit in self.edition.benefits:
            self.blocks.append(Heading(2, benefit.label))
            self.blocks += self._benefit(benefit)

    def _benefit(self, benefit: Benefit) -> Iterable[Provision]:
        path = benefit.path
        events = self.wording.several(
            self.wording.event(code) for code in benefit.events if EVENT_KINDS.label(code)
        )
        yield self._provision(N_("Events"), events, f"{path}.events")
        for condition in benefit.when:
            yield self._condition(condition)
        yield self._provision(N_("Manner"), self._values(f"{path}.formula"), f"{path}.formula")
        if benefit.base:
            yield self._provision(N_("Base"), self._base(benefit), f"{path}.base", f"{path}.less")
            yield self._provision(N_("Reckoned"), self._values(f"{path}.basis"), f"{path}.basis")
            if benefit.formula == "share":
                yield self._floor(benefit)
        if benefit.rate:
            yield self._number(N_("Rate"), benefit.rate, f"{path}.rate")
        if benefit.bands:
            yield self._bands(benefit.bands, path)
        yield from self._fixed_amounts(benefit)
        if benefit.shares:
            said = self._values(f"{path}.shares", f"{path}.max_shares")
            yield self._provision(N_("Shares"), said, f"{path}.shares", f"{path}.max_shares")
        if benefit.once_per_disease:
            window = self._values(f"{path}.once_per_disease")
            text = self.wording.say(N_("each disease is paid once {window}"), window=window)
            yield self._provision(N_("The same disease"), text, f"{path}.once_per_disease")
        minimum = benefit.minimum.amount
        label, said = N_("Smallest payment"), self._values(f"{path}.minimum.kind")
        if minimum is None:
            yield self._provision(label, said, f"{path}.minimum")
        else:
            yield self._number(label, minimum, f"{path}.minimum", then=said)
        yield self._provision(N_("Deadline"), self._deadline(benefit), f"{path}.deadline")

    def _base(self, benefit: Benefit) -> str:
        assert benefit.base is not None
        base = self.wording.expression(benefit.base)
        if not benefit.less:
            return base
        payers = self.wording.several(self.wording.fact(payer) for payer in benefit.less)
        return self.wording.say(
            N_("{base}, less in this order: {payers}"), base=base, payers=payers
        )

    def _floor(self, benefit: Benefit) -> Provision:
        floor, path = benefit.floor, f"{benefit.path}.floor"
        said = self._values(f"{path}.kind")
        if floor.amount is None:
            return self._provision(N_("Floor"), said, path)
        if floor.kind == "threshold":
            said = self.wording.say(
                N_("{threshold}; exactly at the line: {at_the_line}"),
                threshold=said,
                at_the_line=self._values(f"{path}.at_the_line"),
            )
        return self._number(N_("Floor"), floor.amount, path, then=said)

    def _bands(self, bands: Bands, path: str) -> Provision:
        asked = [
            f"{path}.bands.{key}" for key in ("method", "ends", "first_floor", "measured_on")
        ]  # those that do not arise are no parameters
        answers = [
            f"{self.wording.translate(question(f'bands.{one.rpartition(".")[2]}').asks)}"
            if False
            else self.wording.name(one, below=f"{path}.bands") + self.wording.say(N_(": ")) + said
            for one in asked
            if (said := self._values(one))
        ]
        text = self.wording.translate(N_("; ")).join(answers)
        return self._provision(N_("Bands"), text, f"{path}.bands", table=self._band_table(bands))
