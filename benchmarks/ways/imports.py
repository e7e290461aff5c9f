"""A roster from the file to the booked rows: ours, and the floor beneath it.

The floor reads the same file by the same reader and fills the same two tables under the same
constraints, by COPY and INSERT: no checks, no row security, no encryption, no audit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.children import Answer, Way, peak_bytes_of
from benchmarks.city_database import CityDatabase
from benchmarks.rosters import HEADINGS
from gonghui.adapters.spreadsheets import read_spreadsheet
from gonghui.adapters.spreadsheets.limits import LIMITS, Limits

MOST_STATEMENTS = 20
"""A file costs fewer, whatever the number of its rows."""
_TURNS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def booked(template: str, file: Path, home: Path, limits: Limits = LIMITS) -> Way:
    """File → checked preview → booked, as ``web`` in the office's scope."""
    city, readers, counts = CityDatabase(home), _Readers(), list[int]()

    def run() -> Answer:
        from django.db import connection

        from gonghui.ground.borders.scope import Actor
        from gonghui.programmes.mutualaid.services.rosters import book_roster, check_roster
        from tests.programmes.mutualaid.enrolling import ON, PERIOD
        from tests.programmes.mutualaid.federation import SCHEME

        clerk, asked = Actor("token of clerk"), list[str]()

        def counted(execute: Callable[..., Any], sql: str, *rest: object) -> object:
            asked.append(sql)
            return execute(sql, *rest)

        with readers.watched(), connection.execute_wrapper(counted):
            preview = check_roster(
                clerk, file, scheme=SCHEME, period_on=PERIOD, on=ON, limits=limits
            )
            done = book_roster(clerk, preview, on=ON)
        counts.append(len([sql for sql in asked if not sql.startswith(_TURNS)]))
        # The first run asks for the edition, too; later ones know it.
        assert max(counts) < MOST_STATEMENTS, asked
        return Answer(note=f"{done.rows:,} booked, {max(counts)} statements")

    return Way(run, lambda: city.fresh_clone(template), readers.peak_bytes)


_PLAIN = """
create schema plain;
create table plain.file (id bigint primary key);
insert into plain.file values (1);
create table plain.person (like public.directory_person including all);
alter table plain.person add column number text not null unique,
  add foreign key (merged_into_id) references plain.person (id);
create table plain.enrolment (like public.mutualaid_enrolment including all);
alter table plain.enrolment
  add foreign key (person_id) references plain.person (id),
  add foreign key (union_id) references public.directory_union (id),
  add foreign key (scheme_id) references public.mutualaid_scheme (id),
  add foreign key (rosterfile_id) references plain.file (id),
  add foreign key (bill_id) references public.mutualaid_bill (id)"""
_STAGING = """
create temporary table staged (place integer, name text, number text, sex text, born date,
  unit text, category text, folded text, pinyin text)"""
_PERSONS = """
insert into plain.person (id, public_id, name, name_folded, name_pinyin, born_on, sex, number)
select nextval('public.directory_person_id_seq'), gen_random_uuid(), s.name, s.folded, s.pinyin,
       s.born, s.sex, s.number
  from staged s"""
_ENROLMENTS = """
insert into plain.enrolment (person_id, union_id, scheme_id, rosterfile_id, row_number, period_from,
       period_until, starts_on, ends_before, fee_class, category, shares, fee_fen, first_join,
       enrolled_on, withdrawn_because, cancelled)
select p.id, u.id, c.id, 1, s.place, '2022-01-01', '2023-01-01', '2022-01-01', '2023-01-01', '',
       s.category, 1, 8000, true, '2021-12-20', '', false
  from staged s join plain.person p on p.number = s.number
  join public.directory_union u on u.name = s.unit, public.mutualaid_scheme c"""


def floor(template: str, file: Path, home: Path, limits: Limits = LIMITS) -> Way:
    """What no import by this reader into these tables can do without."""
    city = CityDatabase(home)

    def reset() -> None:
        city.fresh_clone(template)
        with city.superuser() as superuser:
            superuser.execute(_PLAIN)

    def run() -> Answer:
        book = read_spreadsheet(file, limits=limits)
        columns = dict(zip(HEADINGS, book.sheets[0].columns, strict=True))
        used = ("姓名", "证件号码", "性别", "出生日期", "单位名称", "人员类别")
        rows = zip(*(columns[heading] for heading in used), strict=True)
        next(rows)  # the headings
        with city.superuser() as superuser, superuser.cursor() as cursor:
            cursor.execute(_STAGING)
            with cursor.copy("copy staged from stdin") as copy:
                copy.write(_text(rows))
            cursor.execute("analyze staged")
            cursor.execute(_PERSONS)
            cursor.execute(_ENROLMENTS)
            done = cursor.rowcount
        return Answer(note=f"{done:,} booked")

    return Way(run, reset)


def _text(rows: Iterable[tuple[str, ...]]) -> str:
    """COPY's text form; the made-up rows hold nothing that would need escaping."""
    from gonghui.ground.directory.names import fold_name, pinyin_key

    sexes, heard = {"男": "M", "女": "F"}, dict[str, str]()
    lines = []
    for place, (name, number, sex, born, unit, category) in enumerate(rows, 1):
        if name not in heard:  # both are columns of the table of people
            heard[name] = f"{fold_name(name)}\t{pinyin_key(name)}"
        said = f"{name}\t{number}\t{sexes[sex]}\t{born}\t{unit}\t{category}\t{heard[name]}"
        lines.append(f"{place}\t{said}\n")
    return "".join(lines)


class _Readers:
    """The most memory that the reader's process held, looked at many times a second."""

    def __init__(self) -> None:
        self.peak = 0

    def peak_bytes(self) -> int:
        return self.peak

    @contextmanager
    def watched(self) -> Iterator[None]:
        over = threading.Event()
        watcher = threading.Thread(target=self._look, args=(over,))
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def _look(self, over: threading.Event) -> None:
        while not over.wait(0.02):
            for task in Path("/proc/self/task").iterdir():
                with suppress(OSError, ValueError):  # a process ends while it is looked at
                    for child in (task / "children").read_text("ascii").split():
                        self.peak = max(self.peak, peak_bytes_of(child))
