"""The shelf: where editions are kept, by id; which is in force on a day.

A shelf is a folder ``<city>/<scheme>/<edition>.yaml`` with ``text/`` beside the editions. Another
may lie beneath it: an edition it lacks is looked for there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.periods import FOREVER, date_of
from gonghui.core.rulebook import overlays
from gonghui.core.rulebook.document import Node, parse
from gonghui.core.rulebook.edition import read_clauses, read_edition
from gonghui.core.rulebook.entries import Entry, Register
from gonghui.core.rulebook.model import Change, Citation, Clause, Edition, Effect
from gonghui.core.rulebook.overlays import Amendment


@dataclass(frozen=True, slots=True)
class Source:
    """An edition as it was written: the YAML, and the text with its clauses where it has one."""

    book: bytes
    text: bytes | None = None
    name: str = ""
    text_name: str = ""


class Editions(ABC):
    """Editions by id, wherever they are kept. Reading one twice gives the same object."""

    def __init__(self) -> None:
        self._read: dict[str, Edition] = {}

    @property
    @abstractmethod
    def ids(self) -> tuple[str, ...]:
        """Every edition's id, sorted."""

    @abstractmethod
    def source(self, identifier: str) -> Source:
        """One edition as it was written; refuses an id that is not there."""

    def edition(self, identifier: str) -> Edition:
        """One edition by id; every mistake in it (or in what it extends) is refused."""
        if identifier not in self._read:
            edition = self._edition(identifier, {})
            self._check_name(identifier)
            self._read[identifier] = edition
        return self._read[identifier]

    def composed(self, identifier: str, counting: Mapping[str, Collection[Effect]]) -> Edition:
        """An edition as it stands while some changes do not count yet.

        ``counting``: for each revision among it and what it extends, the effects that count;
        a revision not named counts whole.
        """
        return self._edition(identifier, counting)

    def _edition(self, identifier: str, counting: Mapping[str, Collection[Effect]]) -> Edition:
        tree, amendments, extends = self._resolved(identifier, (), counting)
        clauses = self._clauses(identifier)
        changes = tuple(_change(amendment, clauses) for amendment in amendments)
        return read_edition(tree, clauses, changes, extends)

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
        refuse_uncovered([(edition, *self.span(edition)) for edition in editions])
        return editions

    def span(self, edition: Edition) -> tuple[int, int]:
        """The days an edition is in force, half-open: here, those that it states."""
        return edition.valid_from, edition.valid_until

    def _holds(self, identifier: str) -> bool:
        return identifier in self.ids

    def _check_known(self, identifier: str, place: Place | None = None) -> None:
        if not self._holds(identifier):
            raise Refusal(
                N_("There is no edition “{id}”."),
                N_("Known are: {known}."),
                place=place,
                id=identifier,
                known=", ".join(self.ids),
            )

    def _clauses(self, identifier: str) -> tuple[Clause, ...]:
        """The clauses of an edition's own text, before those of the texts it extends."""
        found: dict[str, Clause] = {}
        while identifier:
            for clause in _clauses_once(self.source(identifier)):
                found.setdefault(clause.id, clause)
            extends = self._tree(identifier).mapping.get("extends")
            identifier = extends.text if extends else ""
        return tuple(found.values())

    def _tree(self, identifier: str) -> Node:
        self._check_known(identifier)
        source = self.source(identifier)
        return parse(source.book, source.name)

    def _resolved(
        self, identifier: str, above: tuple[str, ...], counting: Mapping[str, Collection[Effect]]
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
        self._check_known(extends.text, extends.place)
        base, _, _ = self._resolved(extends.text, (*above, identifier), counting)
        changes = tree.mapping.get("changes")
        if changes is None:
            raise tree.refusal(N_("“{key}” is missing."), N_("Add “{key}:” to this entry."),
                               key="changes")  # fmt: skip
        amendments = overlays.read_amendments(changes)
        effects = counting.get(identifier, overlays.EFFECTS)
        chosen = tuple(one for one in amendments if one.effect in effects)
        return overlays.apply(base, tree, chosen), amendments, extends.text

    def _check_name(self, identifier: str) -> None:
        tree = self._tree(identifier)
        scheme, _, name = identifier.rpartition("/")
        for key, expected in (("scheme", scheme), ("edition", name)):
            if tree.mapping[key].text != expected:
                raise tree.mapping[key].refusal(
                    N_("The file is kept as “{expected}” but says “{said}”."),
                    N_("Rename the file or the entry."),
                    expected=expected,
                    said=tree.mapping[key].text,
                )


class Shelf(Editions):
    """Editions in a folder."""

    def __init__(self, folder: Path, *loose: Path, beneath: Path | None = None) -> None:
        """``loose`` are files of editions that lie elsewhere; each stands in for its id's."""
        super().__init__()
        self.folder = folder
        self._folders = (folder, beneath) if beneath else (folder,)
        self.loose = {_said_id(path): path for path in loose}

    @classmethod
    def packaged(cls) -> Shelf:
        """The editions that ship with Gonghui."""
        return cls(Path(str(files("gonghui.books"))) / "rulebooks")

    @property
    def ids(self) -> tuple[str, ...]:
        """Every edition's id, sorted."""
        return self._ids

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(sorted({*self.loose}.union(*map(_ids_in, self._folders))))

    @property
    def own(self) -> tuple[str, ...]:
        """The ids without those that are only beneath."""
        return tuple(sorted(_ids_in(self.folder) | {*self.loose}))

    def without(self, identifier: str) -> Shelf:
        """The same shelf, but its schemes do not hold this edition."""
        other = copy(self)
        other._ids = tuple(one for one in self.ids if one != identifier)
        return other

    def beside(self, identifier: str, kind: str) -> Path:
        """Where the texts (``text``) or cases (``cases``) of an edition stand."""
        return self._path(identifier).parent / kind / identifier.rpartition("/")[2]

    def shown(self, path: Path) -> str:
        """How a file of the shelf is named in refusals."""
        folders = (folder for folder in self._folders if path.is_relative_to(folder))
        folder = next(folders, None)
        return (path.relative_to(folder) if folder else path).as_posix()

    def source(self, identifier: str) -> Source:
        """The files of one edition as they are, and how refusals name them."""
        path = self._path(identifier)
        beside = self.beside(identifier, "text")
        text = beside.with_name(f"{beside.name}.md")
        return Source(
            path.read_bytes(),
            text.read_bytes() if text.is_file() else None,
            self.shown(path),
            self.shown(text),
        )

    def _holds(self, identifier: str) -> bool:
        """Also what schemes here do not hold (``without``): another may extend it."""
        return self._found(identifier) is not None

    def _path(self, identifier: str) -> Path:
        self._check_known(identifier)
        path = self._found(identifier)
        assert path is not None
        return path

    def _found(self, identifier: str) -> Path | None:
        if identifier in self.loose:
            return self.loose[identifier]
        if identifier.count("/") != 2 or ".." in identifier:
            return None
        paths = (folder / f"{identifier}.yaml" for folder in self._folders)
        return next((path for path in paths if path.is_file()), None)


def _ids_in(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.glob("*/*/*.yaml"))
    return {path.with_suffix("").as_posix() for path in found}


def _said_id(path: Path) -> str:
    """The id a file states of itself."""
    tree = parse(path.read_bytes(), path.as_posix())
    for key in ("scheme", "edition"):
        if key not in tree.mapping:
            raise tree.refusal(
                N_("“{key}” is missing."), N_("Add “{key}:” to this entry."), key=key
            )
    return f"{tree.mapping['scheme'].text}/{tree.mapping['edition'].text}"


def _clauses_once(source: Source) -> tuple[Clause, ...]:
    """The clauses of one text file, each id once."""
    try:
        clauses = read_clauses((source.text or b"").decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refusal(
            N_("The file is not UTF-8 text."),
            N_("Save it as UTF-8."),
            place=Place(source.text_name),
        ) from error
    ids = [clause.id for clause in clauses]
    for identifier in ids:
        if ids.count(identifier) > 1:
            raise Refusal(
                N_("The id “{id}” stands twice."),
                N_("Rename one."),
                place=Place(source.text_name),
                id=identifier,
            )
    return clauses


def _change(amendment: Amendment, clauses: Sequence[Clause]) -> Change:
    register = Register(frozenset(clause.id for clause in clauses))

    def cited(citing: Mapping[str, Node]) -> Citation:
        return Entry(replace(amendment.node, content=citing), register).only().citation

    return Change(
        amendment.at, amendment.effect, cited(amendment.citing), cited(amendment.effect_citing)
    )


Standing = tuple[Edition, int, int]
"""An edition with the days it is in force, half-open."""


def refuse_uncovered(standing: Sequence[Standing]) -> None:
    """Every day from the first edition to the last has exactly one in force."""
    for (earlier, _, until), (later, since, _) in pairwise(standing):
        if until == since:
            continue
        raise Refusal(
            N_("Between {first} and {second} some days have no edition in force.")
            if until < since
            else N_("On some days both {first} and {second} are in force."),
            N_("Let “until” of the one ({until}) be “from” of the other ({start})."),
            place=Place(f"{later.id}.yaml"),
            field="valid.from",
            first=earlier.id,
            second=later.id,
            until=date_of(until) if until < FOREVER else "–",
            start=date_of(since),
        )


def in_force(editions: Sequence[Edition], day: int) -> Edition | None:
    """The edition in force on a day, by the days that the editions state."""
    return next((one for one in editions if one.valid_from <= day < one.valid_until), None)
