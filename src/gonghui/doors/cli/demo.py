"""`gonghui demo`: the main job on a synthetic city, each command shown with what it says."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import gonghui
from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.acting import secrets_folder
from gonghui.doors.cli.home import home
from gonghui.doors.cli.language import _, spoken
from gonghui.doors.cli.printing import pad, table, width
from gonghui.doors.cli.twin_load import CLERK

if TYPE_CHECKING:
    import polars as pl

SCHEME = "jiaozuo/medical"
REVISED = "jiaozuo/medical/2022-revised"
CUT_OFF = "2022-10-31"
PROFILE = Path(gonghui.__file__).parent / "books" / "profiles" / "jiaozuo.yaml"
FOUNDED_ON = "2021-11-01"
ADMINISTRATOR, HEAD = "admin", "head"
PAYERS = ("accountant", "cashier")
FIRST_DAY, LAST_DAY = "2022-01-01", "2022-12-31"
PAGES = ("serve", "--on", LAST_DAY)
"""The demo's year is past: its pages act on its last day."""


def register(app: typer.Typer) -> None:
    app.command(
        "demo",
        help=_("Build the synthetic city of 2022, decide it, explain it, reckon the revision."),
    )(demo)


def demo() -> None:
    folder = home() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "store", ignore_errors=True)  # a demo starts with an empty store
    show = _Show(folder)
    city, store = folder / "city", folder / "store"
    show.run(_("A synthetic city"), "twin", "make", city)
    show.run(
        _("Its files are taken in"),
        *("ingest", store, city / "feed"),
        *("--persons", city / "persons.csv", "--covers", city / "covers.csv"),
    )
    published = ("--until", CUT_OFF, "--published", city / "published.yaml")
    show.run(
        _("Every settlement is decided"),
        *("adjudicate", store, "--scheme", SCHEME, *published, "--out", folder / "decisions"),
    )
    people = _people(folder / "decisions" / "decisions.parquet", store)
    for why, person in people:
        show.run(why, "explain", person, "--store", store)
    show.run(
        _("The same year under the revised rules"),
        *("replay", store, "--under", REVISED, *published, "--out", folder / "report"),
    )
    show.run(_("The rule books are checked"), "rulebook", "check", SCHEME)
    _move_in(show, city)
    show.end(people[-1][1])
    if sys.stdin.isatty() and sys.stdout.isatty():
        _open_doors()


def _move_in(show: _Show, city: Path) -> None:
    """The city into the database, by the road of a real one; a second time it is there already."""
    show.run(_("A database is opened"), "up")
    if not (secrets_folder() / HEAD).exists():
        people = ("--as", f"{ADMINISTRATOR}=管理员", "--as", f"{HEAD}=负责人")
        show.run(
            _("Two people found the city"), "city", "new", PROFILE, *people, "--on", FOUNDED_ON
        )
    show.run(
        _("Its unions, people, cover and contributions move in; the year is lived and paid"),
        *("twin", "load", city, "--as", HEAD, "--and", ADMINISTRATOR),
    )
    show.run(_("What the ledger says"), "ledger", "balance", "--as", CLERK, "--period", "2022")


def _open_doors() -> None:
    """Somebody sits in front of it: the pages open, until she ends them."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "gonghui", *PAGES])


class _Show:
    """Runs commands as a user would, says how long each took."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: list[tuple[str, float]] = []

    def run(self, why: str, *arguments: object) -> None:
        """One command, in this process; the show ends where one fails."""
        from gonghui.doors.cli import main

        words = [str(argument) for argument in arguments]
        print(f"\n━━ {why}\n$ gonghui {shlex.join(words)}", flush=True)
        since = time.perf_counter()
        ending = main.run([*words, "--lang", spoken()])
        self._taken.append((words[0], time.perf_counter() - since))
        sys.stdout.flush()
        if ending == main.Ending.INTERRUPTED:
            raise typer.Abort
        if ending:
            raise Refusal(
                N_("“gonghui {command}” ended with {code}."),
                N_("What it said stands above."),
                command=words[0],
                code=int(ending),
            )

    def end(self, person: int) -> None:
        """How long it took, where everything is, what to try next."""
        rows = [(name, f"{seconds:.1f}") for name, seconds in self._taken]
        rows.append((_("all"), f"{sum(seconds for _name, seconds in self._taken):.1f}"))
        print()
        print(table((_("step"), _("seconds")), rows, right=(1,)))
        folder, report = self._folder, self._folder / "report" / "report.html"
        print(f"\n━━ {_('Look at')}")
        places = (
            (_("report"), report.absolute().as_uri()),
            (_("decisions"), str(folder / "decisions" / "decisions.xlsx")),
            (_("all files"), str(folder)),
        )
        for what, where in places:
            print(f"  {pad(what, max(width(label) for label, _where in places))}  {where}")
        print(f"\n━━ {_('The pages')}")
        print(f"  {_command()} {shlex.join(PAGES)}")
        print(
            "  "
            + _("Sign in as {accounts}; each one's secret is a file in {folder}.").format(
                accounts="、".join((CLERK, HEAD, *PAYERS)), folder=secrets_folder()
            )
        )
        print(f"\n━━ {_('Try next')}")
        everything = ("--if-all-filed", "--out", folder / "all-filed")
        for words in (
            ("explain", "王伟"),
            ("explain", person, "--under", REVISED),
            ("rulebook", "diff", f"{SCHEME}/2022", REVISED),
            ("adjudicate", folder / "store", "--scheme", SCHEME, *everything),
            ("rulebook", "new", "books/mycity/medical/2024.yaml"),
            ("contribution", "open", "--as", CLERK),
            ("payout", "list", "--as", CLERK),
            ("figures", "--from", FIRST_DAY, "--to", CUT_OFF, "--by", "month", "--as", CLERK),
            ("status",),
        ):
            print(f"  {_command()} {shlex.join(map(str, words))}")


def _command() -> str:
    """How Gonghui can be started here: by its name where it is on the path."""
    if shutil.which("gonghui"):
        return "gonghui"
    python = Path(sys.executable)
    if python.is_relative_to(Path.cwd()):
        python = python.relative_to(Path.cwd())
    return f"{shlex.quote(str(python))} -m gonghui"


def _people(decisions: Path, store: Path) -> list[tuple[str, int]]:
    """Whom to explain, and why: the miner, somebody with two stays, somebody refused."""
    import polars as pl

    from gonghui.core.adjudication.store import Store

    decided = pl.read_parquet(decisions).filter(pl.col("filed_on").is_not_null())
    opened = Store.open(store)
    facts = pl.concat(
        opened.frame(part, ["person", "hardship"]).select("person", "hardship")
        for part, rows in enumerate(opened.part_rows)
        if rows
    )
    hardship = facts.filter(pl.col("hardship") == 1)["person"].unique()
    by_person = decided.group_by("person").agg(
        pl.col("amount_fen").sum().alias("fen"),
        (pl.col("amount_fen") > 0).sum().alias("paid"),
        pl.len().alias("filed"),
        (pl.col("reason") == "count_used_up").any().alias("spent"),
    )
    in_hardship = by_person.filter(pl.col("person").is_in(hardship.implode()))
    miner = _first(in_hardship.sort("fen", "person", descending=[True, False]))
    twice = by_person.filter(
        (pl.col("paid") == 2) & (pl.col("filed") == 2) & (pl.col("person") != miner)
    )
    refused = by_person.sort("spent", "person", descending=[True, False])
    found = [
        (_("The worker in hardship who was paid most"), miner),
        (_("Somebody paid for two stays"), _first(twice.sort("fen", "person", descending=True))),
        (_("Somebody refused"), _first(refused)),
    ]
    return [(why, person) for why, person in found if person is not None]


def _first(people: pl.DataFrame) -> int | None:
    return int(people["person"][0]) if people.height else None
