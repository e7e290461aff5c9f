"""Unions and officers from a workbook: all of it or nothing, every fault with its row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from gonghui.adapters.spreadsheets import read_spreadsheet
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.import_sheets import (
    HEADINGS,
    DirectoryFile,
    OfficerRow,
    UnitRow,
    at_row,
    known_headings,
    understand,
)
from gonghui.ground.directory.models import Post, PostKind, Union
from gonghui.ground.directory.services.persons import Newcomer, Registered, register_persons
from gonghui.ground.directory.services.posts import appoint
from gonghui.ground.directory.services.unions import NewUnion, found_unions


class ImportRefused(Refusal):
    """A workbook with faults; ``problems`` are all of them, each with its row."""

    def __init__(self, problems: list[Refusal]) -> None:
        super().__init__(
            N_("The workbook has {faults} faults; nothing of it was entered."),
            N_("Correct the rows named above and import it again."),
            faults=len(problems),
        )
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Imported:
    """What was entered, and what had been there already."""

    unions: int
    unions_known: int
    persons: int
    posts: int
    posts_known: int
    pending: int


class _TakenBack(Exception):
    def __init__(self, imported: Imported) -> None:
        self.imported = imported


def import_directory(
    actor: Actor, source: Path | bytes, name: str = "", *, on: date, only_check: bool = False
) -> Imported:
    """Enters a workbook. The same one twice enters nothing more.

    ``only_check``: does everything and takes it back, to say what would happen.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    called = name or (source.name if isinstance(source, Path) else "")
    book = read_spreadsheet(data, called, known_headings=known_headings())
    file = understand(book)
    if file.problems:
        raise ImportRefused(file.problems)
    try:
        with actor.transaction() as scope:
            scope.require(permissions.WRITE)
            if file.officers:
                scope.require(permissions.APPOINT)
            imported = _Import(actor, called, file, on).run()
            record(
                "directory.imported",
                subject="directory_union",
                after=hashlib.sha256(data).digest(),
                details={"unions": imported.unions, "posts": imported.posts},
            )
            if only_check:
                raise _TakenBack(imported)
    except _TakenBack as taken_back:
        return taken_back.imported
    return imported


class _Import:
    """One import, inside its transaction."""

    def __init__(self, actor: Actor, name: str, file: DirectoryFile, on: date) -> None:
        self._actor, self._name, self._file, self._on = actor, name, file, on
        self._problems: list[Refusal] = []

    def run(self) -> Imported:
        founded, known = self._found()
        self._refuse_faults()
        ids = dict(
            Union.objects.filter(
                code__in={one.union for one in self._file.officers}, ends_before__isnull=True
            ).values_list("code", "id")
        )
        kinds = self._post_kinds(ids)
        self._refuse_faults()
        people = self._register(ids)
        self._refuse_faults()
        given, there, pending = self._appoint(ids, kinds, people)
        self._refuse_faults()
        new = len({one.person_id for one in people if one.new})
        return Imported(founded, known, new, given, there, pending)

    def _refuse_faults(self) -> None:
        if self._problems:
            raise ImportRefused(self._problems)

    def _fault(self, what: str, row: int, fault: Refusal) -> None:
        self._problems.append(at_row(fault, self._name, HEADINGS[what]["sheet"], row))

    def _found(self) -> tuple[int, int]:
        """Level by level, as each union needs the one above it."""
        named = {one.code for one in self._file.units} | {one.parent for one in self._file.units}
        there = {union.code: union for union in Union.objects.filter(code__in=named)}
        codes = {union.pk: union.code for union in there.values()}
        waiting = []
        for one in self._file.units:
            if one.code not in there:
                waiting.append(one)
            elif not _same(one, there[one.code], codes):
                self._fault("units", one.row, _differs(one))
        known = len(self._file.units) - len(waiting) - len(self._problems)
        ids, founded = {code: union.pk for code, union in there.items()}, 0
        while waiting:
            level = [one for one in waiting if one.parent in ids]
            if not level:
                for one in waiting:
                    self._fault("units", one.row, _no_parent(one))
                break
            ids |= self._found_level(level, ids)
            self._refuse_faults()
            founded += len(level)
            waiting = [one for one in waiting if one.code not in ids]
        return founded, known

    def _found_level(self, level: list[UnitRow], ids: dict[str, int]) -> dict[str, int]:
        try:
            with transaction.atomic():
                return self._found_together(level, ids)
        except Refusal as together:
            # Somewhere among them: one by one it shows where.
            before = len(self._problems)
            for one in level:
                try:
                    with transaction.atomic():
                        self._found_together([one], ids)
                except Refusal as fault:
                    self._fault("units", one.row, fault)
            if len(self._problems) == before:
                raise together from None
            return {}

    def _found_together(self, level: list[UnitRow], ids: dict[str, int]) -> dict[str, int]:
        new = [
            NewUnion(one.code, one.name, one.kind, one.credit_code, one.unit_class, one.workforce)
            for one in level
        ]
        parents = {one.code: ids[one.parent] for one in level}
        made = found_unions(self._actor, new, parents=parents, on=self._on)
        return dict(zip([one.code for one in level], made, strict=True))

    def _post_kinds(self, ids: dict[str, int]) -> dict[str, str]:
        kinds = {}
        for code, name in PostKind.objects.values_list("code", "name"):
            kinds[code] = kinds[name] = code
        for one in self._file.officers:
            if one.union not in ids:
                self._fault("officers", one.row, _no_union(one))
            if one.post not in kinds:
                fault = Refusal(
                    N_("There is no kind of post “{kind}”."),
                    N_("Choose one of: {kinds}."),
                    kind=one.post,
                    kinds="、".join(name for name in kinds if not name.isascii()),
                )
                self._fault("officers", one.row, fault)
        return kinds

    def _register(self, ids: dict[str, int]) -> list[Registered]:
        """Each person once, though she may hold several posts; at each of their unions."""
        rows = self._file.officers
        if not rows:
            return []
        presented = {(one.document, one.number, one.union): one for one in rows}
        people: dict[tuple[str, str, str], Registered] = {}
        # Somebody twice in one call is a fault there, so the second union comes in a second call.
        for batch in _without_repetition(list(presented)):
            said = [presented[key] for key in batch]
            people |= dict(zip(batch, self._register_together(said, ids), strict=True))
        return [people[one.document, one.number, one.union] for one in rows]

    def _register_together(self, rows: list[OfficerRow], ids: dict[str, int]) -> list[Registered]:
        newcomers = [
            Newcomer(ids[one.union], one.name, document=one.document, number=one.number)
            for one in rows
        ]
        try:
            with transaction.atomic():
                return register_persons(self._actor, newcomers, on=self._on)
        except Refusal as together:
            before = len(self._problems)
            for one, newcomer in zip(rows, newcomers, strict=True):
                try:
                    with transaction.atomic():
                        register_persons(self._actor, [newcomer], on=self._on)
                except Refusal as fault:
                    self._fault("officers", one.row, fault)
            if len(self._problems) == before:
                raise together from None
            return [Registered(0, new=False)] * len(rows)

    def _appoint(
        self, ids: dict[str, int], kinds: dict[str, str], people: list[Registered]
    ) -> tuple[int, int, int]:
        held = set(
            Post.objects.filter(union_id__in=ids.values(), ends_before__isnull=True).values_list(
                "person_id", "union_id", "kind_id"
            )
        )
        given, there, pending = 0, 0, 0
        for one, person in zip(self._file.officers, people, strict=True):
            post = person.person_id, ids[one.union], kinds[one.post]
            if post in held:
                there += 1
                continue
            try:
                with transaction.atomic():
                    appointed = appoint(self._actor, *post, on=self._on)
            except Refusal as fault:
                self._fault("officers", one.row, fault)
                continue
            held.add(post)
            pending += appointed.pending
            given += not appointed.pending
        return given, there, pending


def _without_repetition(keys: list[tuple[str, str, str]]) -> list[list[tuple[str, str, str]]]:
    batches: list[list[tuple[str, str, str]]] = []
    counts: dict[tuple[str, str], int] = {}
    for document, number, union in keys:
        turn = counts.get((document, number), 0)
        counts[document, number] = turn + 1
        if turn == len(batches):
            batches.append([])
        batches[turn].append((document, number, union))
    return batches


def _same(row: UnitRow, union: Union, codes: dict[int, str]) -> bool:
    parent = codes.get(union.parent_id or 0, "")
    return (row.name, row.kind, row.parent) == (union.name, union.kind, parent) and (
        union.ends_before is None
    )


def _differs(row: UnitRow) -> Refusal:
    return Refusal(
        N_("The union {code} is there already, with another name, kind or place."),
        N_("Rename or move it; an import only enters what is new."),
        code=row.code,
    )


def _no_parent(row: UnitRow) -> Refusal:
    return Refusal(
        N_("The union above, {parent}, is neither in the directory nor in this sheet."),
        N_("Correct the code, or enter the union above, too."),
        parent=row.parent or "“”",
    )


def _no_union(row: OfficerRow) -> Refusal:
    return Refusal(
        N_("There is no union with the code {code}."),
        N_("Correct the code, or enter the union in the sheet of unions."),
        code=row.union,
    )
