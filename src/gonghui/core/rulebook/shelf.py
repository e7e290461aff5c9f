"""The shelf: where editions are kept, by id; which is in force on a day.

A shelf is a folder ``<city>/<scheme>/<edition>.yaml`` with ``text/`` beside the editions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.periods import date_of
from gonghui.core.rulebook import overlays
from gonghui.core.rulebook.document import Node, parse
from gonghui.core.rulebook.edition import read_clauses, read_edition
from gonghui.core.rulebook.model import Change, Citation, Clause, Edition
from gonghui.core.rulebook.overlays import Amendment


class Shelf:
    """Editions in one folder. Reading the same edition twice gives the same object."""

    def __init__(self, folder: Path, *loose: Path) -> None:
        """``loose`` are files of editions that lie elsewhere; each stands in for its id's."""
        self.folder = folder
        self.loose = {_said_id(path): path for path in loose}
        self._read: dict[str, Edition] = {}

    @classmethod
    def packaged(cls) -> Shelf:
        """The editions that ship with Gonghui."""
        return cls(Path(str(files("gonghui.books"))) / "rulebooks")

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every edition's id, sorted."""
        found = (path.relative_to(self.folder) for path in self.folder.glob("*/*/*.yaml"))
        return tuple(sorted({path.with_suffix("").as_posix() for path in found} | {*self.loose}))

    def edition(self, identifier: str) -> Edition:
        """One edition by id; every mistake in it (or in what it extends) is refused."""
        if identifier not in self._read:
            tree, amendments, extends = self._resolved(identifier, ())
            changes = tuple(_change(amendment) for amendment in amendments)
            self._read[identifier] = read_edition(tree, self._clauses(identifier), changes, extends)
            self._check_name(identifier, tree)
        return self._read[identifier]

    def composed(self, identifier: str, effects: Iterable[str]) -> Edition:
        """A revision with only the changes of some effects: what is in force between two dates."""
        chosen = tuple(effects)
        tree, amendments, extends = self._resolved(identifier, (), chosen)
        changes = tuple(_change(amendment) for amendment in amendments)
        return read_edition(tree, self._clauses(identifier), changes, extends)

    def scheme(self, scheme: str) -> tuple[Edition, ...]:
        """All editions of a scheme, by their start; gaps and overlaps are refused."""
        found = [self.edition(name) for name in self.ids if name.rpartition("/")[0] == scheme]
        if not found:
            raise Refusal(
                N_("There is no scheme “{scheme}”."),
                N_("Known are: {known}."),
                scheme=scheme,
                known=", ".join(sorted({name.rpartition("/")[0] for name in self.ids})),
            )
        editions = tuple(sorted(found, key=lambda edition: edition.valid_from))
        refuse_uncovered(editions)
        return editions

    def beside(self, identifier: str, kind: str) -> Path:
        """Where the texts (``text``) or cases (``cases``) of an edition stand."""
        return self._path(identifier).parent / kind / identifier.rpartition("/")[2]

    def shown(self, path: Path) -> str:
        """How a file of the shelf is named in refusals."""
        inside = path.is_relative_to(self.folder)
        return (path.relative_to(self.folder) if inside else path).as_posix()

    def _path(self, identifier: str, place: Place | None = None) -> Path:
        if identifier in self.loose:
            return self.loose[identifier]
        path = self.folder / f"{identifier}.yaml"
        if identifier.count("/") != 2 or ".." in identifier or not path.is_file():
            raise Refusal(
                N_("There is no edition “{id}”."),
                N_("Known are: {known}."),
                place=place,
                id=identifier,
                known=", ".join(self.ids),
            )
        return path

    def _clauses(self, identifier: str) -> tuple[Clause, ...]:
        """The clauses of an edition's own text, before those of the texts it extends."""
        found: dict[str, Clause] = {}
        while identifier:
            beside = self.beside(identifier, "text")
            text = beside.with_name(f"{beside.name}.md")
            if text.is_file():
                for clause in read_clauses(text.read_text(encoding="utf-8")):
                    found.setdefault(clause.id, clause)
            extends = self._tree(identifier).mapping.get("extends")
            identifier = extends.text if extends else ""
        return tuple(found.values())

    def _tree(self, identifier: str, place: Place | None = None) -> Node:
        path = self._path(identifier, place)
        return parse(path.read_bytes(), self.shown(path))

    def _resolved(
        self, identifier: str, above: tuple[str, ...], effects: Sequence[str] = overlays.EFFECTS
    ) -> tuple[Node, tuple[Amendment, ...], str]:
        tree = self._tree(identifier)
        extends = tree.mapping.get("extends")
        if extends is None:
            return tree, (), ""
        if extends.text in (*above, identifier):
            raise extends.refusal(
                N_("“extends” runs in a circle: {circle}."),
                N_("An edition extends an earlier one."),
                circle=" → ".join((*above, identifier, extends.text)),
            )
        self._path(extends.text, extends.place)
        base, _, _ = self._resolved(extends.text, (*above, identifier))
        changes = tree.mapping.get("changes")
        if changes is None:
            raise tree.refusal(N_("“{key}” is missing."), N_("Add “{key}:” to this entry."),
                               key="changes")  # fmt: skip
        amendments = overlays.read_amendments(changes)
        chosen = tuple(one for one in amendments if one.effect in effects)
        return overlays.apply(base, tree, chosen), amendments, extends.text

    @staticmethod
    def _check_name(identifier: str, tree: Node) -> None:
        scheme, _, name = identifier.rpartition("/")
        for key, expected in (("scheme", scheme), ("edition", name)):
            if tree.mapping[key].text != expected:
                raise tree.mapping[key].refusal(
                    N_("The file is kept as “{expected}” but says “{said}”."),
                    N_("Rename the file or the entry."),
                    expected=expected,
                    said=tree.mapping[key].text,
                )


def _said_id(path: Path) -> str:
    """The id a file states of itself."""
    tree = parse(path.read_bytes(), path.as_posix())
    for key in ("scheme", "edition"):
        if key not in tree.mapping:
            raise tree.refusal(
                N_("“{key}” is missing."), N_("Add “{key}:” to this entry."), key=key
            )
    return f"{tree.mapping['scheme'].text}/{tree.mapping['edition'].text}"


def _change(amendment: Amendment) -> Change:
    return Change(
        amendment.at,
        amendment.effect,
        _citation(amendment.citing),
        _citation(amendment.effect_citing),
    )


def _citation(citing: Mapping[str, Node]) -> Citation:
    clause, because = citing.get("clause"), citing.get("because")
    return Citation(clause.text if clause else "", because.text if because else "")


def refuse_uncovered(editions: Sequence[Edition]) -> None:
    """Every day from the first edition to the last has exactly one in force."""
    for earlier, later in pairwise(editions):
        if earlier.valid_until == later.valid_from:
            continue
        gap = earlier.valid_until < later.valid_from
        raise Refusal(
            N_("Between {first} and {second} some days have no edition in force.")
            if gap
            else N_("On some days both {first} and {second} are in force."),
            N_("Let “until” of the one ({until}) be “from” of the other ({start})."),
            first=earlier.id,
            second=later.id,
            until=date_of(earlier.valid_until),
            start=date_of(later.valid_from),
        )


def in_force(editions: Sequence[Edition], day: int) -> Edition | None:
    """The edition in force on a day."""
    return next((one for one in editions if one.valid_from <= day < one.valid_until), None)
