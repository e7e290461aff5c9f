"""What one edition changes in another, clause by clause; what stays is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gonghui.core.errors import N_
from gonghui.core.rulebook.canonical import edition_hash
from gonghui.core.rulebook.model import Change, Edition, Parameter
from gonghui.core.rulebook.prose import ASSUMED, Sources, governance, in_force
from gonghui.core.rulebook.questions import question
from gonghui.core.rulebook.readable import Block, Document, Heading, Paragraph, Table
from gonghui.core.rulebook.wording import Wording


@dataclass(frozen=True, slots=True)
class Changed:
    """One parameter that differs; one of the two is None where it was added or removed.

    ``effect`` is the change of the revision it comes from; None where there is none.
    """

    path: str
    old: Parameter | None
    new: Parameter | None
    effect: Change | None

    @property
    def stated(self) -> Parameter:
        """The new statement, or the one that was removed."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def difference(self) -> int | None:
        """New minus old, where both are numbers of one unit."""
        if self.old is None or self.new is None or self.old.unit != self.new.unit:
            return None
        if isinstance(self.old.value, int) and isinstance(self.new.value, int):
            return self.new.value - self.old.value
        return None


def changes(old: Edition, new: Edition) -> tuple[Changed, ...]:
    """Every parameter of which the value, or whether it is assumed, differs; in the new order."""
    before = {one.path: one for one in _parameters(old)}
    after = {one.path: one for one in _parameters(new)}
    return tuple(
        Changed(path, before.get(path), after.get(path), _change_at(new, path))
        for path in dict.fromkeys((*after, *before))
        if _said(before.get(path)) != _said(after.get(path))
    )


def _parameters(edition: Edition) -> Iterator[Parameter]:
    """What is compared: not when changes took effect, nor the span, which stands in the head."""
    for parameter in edition.parameters:
        if not parameter.path.startswith(("changes.", "valid.")):
            yield parameter


def _said(parameter: Parameter | None) -> tuple[object, ...]:
    if parameter is None:
        return ()
    return parameter.unit, parameter.value, parameter.citation.assumed


def _change_at(edition: Edition, path: str) -> Change | None:
    """The change of a revision that reaches a path; ``*`` stands for one step."""
    steps = path.split(".")
    for change in edition.changes:
        at = change.at.split(".")
        if len(at) <= len(steps) and all(
            one in ("*", step) for one, step in zip(at, steps, strict=False)
        ):
            return change
    return None


def document(old: Wording, new: Wording) -> Document:
    """The redline of two editions as a readable document, in the language of the wordings."""
    return _Redline(old, new).document()


class _Redline:
    def __init__(self, old: Wording, new: Wording) -> None:
        self.old, self.new = old, new
        self.say = new.say

    def document(self) -> Document:
        say = self.say
        found = changes(self.old.edition, self.new.edition)
        blocks: list[Block] = [self._head()]
        if not found:
            blocks.append(Paragraph(say(N_("No statement differs."))))
        blocks += [*self._by_clause(found), *self._labels(), *self._clauses(found)]
        hashes = tuple(
            (one.edition.id, f"SHA-256 {edition_hash(one.edition)}") for one in (self.old, self.new)
        )
        title = say(N_("Changes: {old} → {new}"), new=self.new.edition.id, old=self.old.edition.id)
        facts = ((say(N_("Statements that differ")), str(len(found))),)
        return Document(title, facts, tuple(blocks), hashes, say(ASSUMED), say(N_(": ")))

    def _head(self) -> Table:
        """Title, span and governance of both, where they differ."""
        say = self.say
        both = (
            {
                say(N_("Title")): wording.edition.title,
                say(N_("In force")): self._span(wording),
                **dict(governance(wording)),
            }
            for wording in (self.old, self.new)
        )
        before, after = both
        rows = tuple(
            (name, before.get(name, "–"), after.get(name, "–"))
            for name in dict.fromkeys((*before, *after))
            if before.get(name) != after.get(name)
        )
        return Table(("", say(N_("Before")), say(N_("Now"))), rows, first_number=3)

    def _span(self, wording: Wording) -> str:
        ends = [one for one in wording.edition.parameters if one.path.startswith("valid.")]
        assumed = any(one.citation.assumed for one in ends)
        span = in_force(wording)
        return self.say(N_("{text} [assumed]"), text=span) if assumed else span

    def _by_clause(self, found: Sequence[Changed]) -> Iterator[Block]:
        """A heading a clause, its words, then what it changes; assumptions last."""
        order = {clause.id: place for place, clause in enumerate(self.new.edition.clauses)}

        def place(one: Changed) -> tuple[int, str]:
            clause = one.stated.citation.clause
            return (order.get(clause, len(order)) if clause else len(order) + 1, clause)

        sources = {True: Sources(self.new), False: Sources(self.old)}
        for (_, clause), group in groupby(sorted(found, key=place), key=place):
            changed = list(group)
            kept = any(one.new for one in changed)
            if clause:
                source = sources[kept].clause(clause)
                yield Heading(1, source.clause)
                if source.words:
                    yield Paragraph(source.words)
            else:
                yield Heading(1, self.say(N_("Without a clause")))
            yield self._table(changed)
            yield from self._reasons(changed)

    def _table(self, changed: Sequence[Changed]) -> Table:
        say = self.say
        effects = any(one.effect for one in changed)
        head = [say(N_("Entry")), say(N_("Before")), say(N_("Now")), say(N_("Difference"))]
        if effects:
            head.append(say(N_("Takes effect")))
        rows = []
        for one in changed:
            wording = self.new if one.new else self.old
            row = [
                wording.name(one.path),
                self._value(self.old, one.old),
                self._value(self.new, one.new),
                self._difference(one),
            ]
            if effects:
                row.append(self._effect(one))
            rows.append(tuple(row))
        return Table(tuple(head), tuple(rows), first_number=len(head))

    def _value(self, wording: Wording, parameter: Parameter | None) -> str:
        if parameter is None:
            return "–"
        said = wording.value(parameter)
        return self.say(N_("{text} [assumed]"), text=said) if parameter.citation.assumed else said

    def _difference(self, one: Changed) -> str:
        if one.old is None:
            return self.say(N_("added"))
        if one.new is None:
            return self.say(N_("removed"))
        if one.difference:
            return self.new.difference(one.new, one.difference)
        if one.old.value != one.new.value:
            return ""
        return self.say(N_("now assumed") if one.new.citation.assumed else N_("now stated"))

    def _effect(self, one: Changed) -> str:
        if one.effect is None:
            return ""
        said = self.say(question("effect").choices[one.effect.effect])
        assumed = one.effect.effect_citation.assumed
        return self.say(N_("{text} [assumed]"), text=said) if assumed else said

    def _reasons(self, changed: Sequence[Changed]) -> Iterator[Block]:
        """Why what is assumed is assumed, each reason once."""
        reasons: dict[str, None] = {}
        for one in changed:
            if one.stated.citation.because:
                reasons[one.stated.citation.because] = None
            if one.effect and one.effect.effect_citation.because:
                label = self.say(N_("Takes effect"))
                reasons[f"{label}{self.say(N_(': '))}{one.effect.effect_citation.because}"] = None
        for reason in reasons:
            yield Paragraph(self.say(ASSUMED) + reason)

    def _labels(self) -> Iterator[Block]:
        """Labels and needs are words, no parameters; what came or went with its label is told."""
        before, after = self.old.labels(), self.new.labels()
        kept = {path for path in (*before, *after) if ".needs." in path} | (before.keys() & after)
        yield from self._words(
            N_("Names"),
            {path: label for path, label in before.items() if path in kept},
            {path: label for path, label in after.items() if path in kept},
        )

    def _clauses(self, found: Sequence[Changed]) -> Iterator[Block]:
        """Clauses of which the words differ, but those quoted above."""
        quoted = {one.stated.citation.clause for one in found}
        before, after = (
            {
                f"{one.title} ({one.id})": one.words
                for one in edition.clauses
                if one.id not in quoted
            }
            for edition in (self.old.edition, self.new.edition)
        )
        yield from self._words(N_("Words of other clauses"), before, after)

    def _words(self, title: str, before: dict[str, str], after: dict[str, str]) -> Iterator[Block]:
        """Words that differ, side by side."""
        rows = tuple(
            (name, before.get(name, "–"), after.get(name, "–"))
            for name in dict.fromkeys((*before, *after))
            if before.get(name) != after.get(name)
        )
        if rows:
            yield Heading(1, self.say(title))
            head = (self.say(N_("Entry")), self.say(N_("Before")), self.say(N_("Now")))
            yield Table(head, rows, first_number=len(head))
