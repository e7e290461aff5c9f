"""Reading entries: typed values out of nodes, each with its citation, each listed once.

An :class:`Entry` is a node together with the citation that holds for it; a :class:`Register`
collects every parameter as it is read, so that the hash, the redline and the printed document
know all of them without a second list.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import parse_day
from gonghui.core.rulebook import quantities
from gonghui.core.rulebook.document import Node
from gonghui.core.rulebook.model import Citation, NumberUnit, Parameter, ParameterUnit
from gonghui.core.rulebook.questions import OpenQuestion, Question, question

AMENDED = "+amended"
"""Under this key an overlay leaves the citation of what was added to a value."""

CITING = frozenset({"clause", "assumed", "because", AMENDED})
Word = TypeVar("Word", bound=str)
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)

READ: dict[NumberUnit, Callable[[str], int]] = {
    "fen": quantities.amount,
    "rate": quantities.rate,
    "count": quantities.count,
    "days": quantities.days,
    "months": quantities.months,
    "day": parse_day,
}

NOT_CITED = Citation()


@dataclass
class Register:
    """All parameters of one edition, in reading order."""

    clauses: frozenset[str]
    parameters: list[Parameter] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A node to be read, and what it may cite by standing where it stands."""

    node: Node
    register: Register
    citation: Citation = NOT_CITED

    # structure

    def at(self, key: str) -> Entry | None:
        """The entry under a key, or None."""
        child = self.node.mapping.get(key)
        return None if child is None else self._below(child)

    def need(self, key: str) -> Entry:
        """The entry under a key; refused when missing."""
        found = self.at(key)
        if found is None:
            raise self.refusal(
                N_("“{key}” is missing."), N_("Add “{key}:” to this entry."), key=key
            )
        return found

    def answer(self, key: str, asks: str | None = None) -> Entry:
        """The entry that answers an open question; refused by the question's name when missing."""
        found = self.at(key)
        if found is None:
            raise self.open(question(asks or key))
        return found

    def items(self) -> list[Entry]:
        """The entries of a list, written bare or under ``is``."""
        value = self.value()
        return [value._below(child) for child in value.node.items]

    def entries(self, key: str) -> list[Entry]:
        """The entries of the list under a key; none when the key is absent."""
        found = self.at(key)
        return [] if found is None else found.value().items()

    def only(self, *keys: str) -> Entry:
        """Refuses keys the language does not have here; answers itself."""
        for key, child in self.node.mapping.items():
            if key not in keys and key not in CITING:
                near = difflib.get_close_matches(key, keys, 1)
                raise Refusal(
                    N_("The language has no “{key}” here."),
                    N_("Known here: {keys}.{hint}"),
                    place=child.key_place,
                    field=child.path,
                    key=key,
                    keys=", ".join(keys),
                    hint=f" → {near[0]}?" if near else "",
                )
        return self._below(self.node)

    def _below(self, child: Node) -> Entry:
        return Entry(child, self.register, self._citation_of(child))

    def _citation_of(self, node: Node) -> Citation:
        if not node.is_mapping or not CITING & node.mapping.keys():
            return self.citation
        if AMENDED in node.mapping:
            content = {key: child for key, child in node.mapping.items() if key != AMENDED}
            before = self._citation_of(replace(node, content=content))
            added = self._citation_of(node.mapping[AMENDED])
            return Citation(added.clause or before.clause, added.because or before.because)
        own = node.mapping
        if "clause" in own:
            clause = own["clause"].text
            if "assumed" in own or "because" in own:
                raise own["clause"].refusal(
                    N_("A parameter either cites a clause or is assumed, not both."),
                    N_("Remove one of the two."),
                )
            if clause not in self.register.clauses:
                raise own["clause"].refusal(
                    N_("The text has no clause “{clause}”."),
                    N_("Add a heading “## {clause} …” to the text file, or cite another clause."),
                    clause=clause,
                )
            return Citation(clause=clause)
        because = own.get("because")
        if "assumed" not in own or own["assumed"].text not in ("yes", "true"):
            raise node.refusal(N_("“because” goes with “assumed: true”."), N_("Write both."))
        if because is None or not because.text:
            raise own["assumed"].refusal(
                N_("An assumption needs its reason."), N_("Add “because: …”.")
            )
        return Citation(because=because.text)

    def moved(self, path: str) -> Entry:
        """The same entry under another path."""
        return replace(self, node=self.node.moved(path))

    # values

    @property
    def text(self) -> str:
        """The text of a value written bare or as ``{is: …, clause: …}``."""
        return self.value().node.text

    def value(self) -> Entry:
        """The value itself: under ``is`` when the entry is written with a citation."""
        if self.node.is_mapping and "is" in self.node.mapping:
            return self.only("is").need("is")
        return self

    def word(self, choices: Iterable[Word], *, asks: str = "") -> Word:
        """One of several words, listed as a parameter; ``asks`` is the key of an open question."""
        said = self.text
        allowed = tuple(choices)
        for choice in allowed:
            if choice == said:
                self.listed("word", said)
                return choice
        if asks:
            raise self.open(question(asks))
        raise self.refusal(
            N_("“{said}” is not known here."),
            N_("Choose one of: {choices}."),
            said=said,
            choices=", ".join(allowed),
        )

    def integer(self, unit: NumberUnit) -> int:
        """A plain number in its unit, listed as a parameter."""
        number = self.read(READ[unit])
        self.listed(unit, number)
        return number

    def read(self, reader: Callable[[str], int]) -> int:
        """A number by a reader of ``quantities``, its refusals pointed at this entry."""
        value = self.value()
        try:
            return reader(value.node.text)
        except Refusal as refusal:
            raise refusal.at(value.node.place, self.node.path) from None

    def truth(self) -> bool:
        """``yes`` or ``no``."""
        said = self.text
        if said not in ("yes", "no", "true", "false"):
            raise self.refusal(N_("Here “yes” or “no” is needed."), N_("Write yes or no."))
        return said in ("yes", "true")

    def identifier(self) -> str:
        """A lower-case English identifier."""
        said = self.node.text
        if not _IDENTIFIER.fullmatch(said):
            raise self.refusal(
                N_("“{said}” is not an identifier."),
                N_("Use lower-case English letters, digits and _, starting with a letter."),
                said=said,
            )
        return said

    def listed(self, unit: ParameterUnit, value: int | str, path: str = "") -> None:
        """Lists a parameter; refused when it neither cites a clause nor is assumed."""
        citation = self._citation_of(self.node)
        if citation == NOT_CITED:
            raise self.refusal(
                N_("This parameter cites no clause."),
                N_("Write {{is: …, clause: …}}, or “assumed: true” and “because: …”."),
            )
        path = path or self.node.path
        self.register.parameters.append(Parameter(path, unit, value, citation, self.node.place))

    # refusals

    def refusal(self, what: str, todo: str, **values: object) -> Refusal:
        return self.node.refusal(what, todo, **values)

    def open(self, asks: Question) -> OpenQuestion:
        return OpenQuestion(asks, place=self.node.place, field=self.node.path)
