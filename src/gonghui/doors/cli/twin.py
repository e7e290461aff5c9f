"""`gonghui twin make`: a synthetic city whose filed claims give the published figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gonghui.doors.cli import twin_load
from gonghui.doors.cli.home import home
from gonghui.doors.cli.language import _

SEED = 20221031


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_("A synthetic city to try everything on."), no_args_is_help=True)
    group.command(
        "make",
        help=_("Write the files of a synthetic city of 2022 that gives the published figures."),
    )(make)
    group.command("load", help=_("Bring such a city into the house, as an office would."))(
        twin_load.load
    )
    app.add_typer(group, name="twin")


def make(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=_("A new or empty folder, or an earlier twin."))
    ],
    seed: Annotated[int, typer.Option(help=_("Another seed makes another city."))] = SEED,
) -> None:
    make_twin(folder, seed)


def make_twin(folder: Path, seed: int = SEED) -> None:
    """Write the city and say what it is."""
    from gonghui.core.calendar import WorkingDays
    from gonghui.doors.cli.report.progress import underway
    from gonghui.doors.cli.report.words import said
    from gonghui.twin.engine import make_jiaozuo

    with underway(_("Making the city and finding who filed")):
        city = make_jiaozuo(folder, home() / "compiled", seed=seed, working_days=WorkingDays.load())
    print(said("synthetic"))
    people, settlements = len(city.people), city.settlements["person"].size
    units = sum(1 for count in city.tree.headcount if count)
    print(
        _("{units} units, {people} people, {settlements} settlements; seed {seed}.").format(
            units=units, people=f"{people:,}", settlements=f"{settlements:,}", seed=seed
        )
    )
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    print(_("{count} files in {folder}").format(count=len(files), folder=folder))
