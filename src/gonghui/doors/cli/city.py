"""`gonghui city …`: found a city from its profile, set the profile anew, read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.acting import As, SecretFile, acting, secrets_folder
from gonghui.doors.cli.house import open_house
from gonghui.doors.cli.language import _
from gonghui.doors.cli.options import business_day
from gonghui.doors.cli.printing import table

if TYPE_CHECKING:
    from gonghui.programmes.mutualaid.cityprofile.model import Profile
    from gonghui.programmes.mutualaid.services.cities import Administrator

ProfileFile = Annotated[
    Path, typer.Argument(metavar="PROFILE.yaml", help=N_("What the city's documents say of it."))
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Found a city from its profile, and keep the profile."), no_args_is_help=True
    )
    group.command("check", help=_("Check a profile; the database is not needed."))(check)
    group.command("new", help=_("Found the city in an empty house, with its first two people."))(
        new
    )
    group.command("profile", help=_("Set the city's profile anew."))(profile)
    group.command("show", help=_("Show the profile in force."))(show)
    app.add_typer(group, name="city")


def check(file: ProfileFile) -> None:
    from gonghui.programmes.mutualaid.cityprofile.reading import read_profile

    _print(read_profile(file.read_bytes(), file.as_posix()))


def new(
    file: ProfileFile,
    as_: Annotated[
        list[str],
        typer.Option(
            "--as",
            metavar="LOGIN=NAME",
            help=_("The first two people: the administrator, then the head of the office."),
        ),
    ],
    on: Annotated[
        str, typer.Option(metavar="DAY", help=_("Since when there is this union (default: today)."))
    ] = "",
    secrets: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help=_("Where each one's secret is written, once.")),
    ] = None,
) -> None:
    source = file.read_bytes()
    if len(as_) != 2:
        raise Refusal(N_("A city begins with two people."), N_("Name two: --as LOGIN=NAME, twice."))
    folder = secrets or secrets_folder()
    open_house()
    from gonghui.ground.accounts.secrets import keep_secret
    from gonghui.programmes.mutualaid.services.cities import found_city

    first, second = (_administrator(said, folder) for said in as_)
    # Written first: a city whose secrets could not be written could never be entered.
    kept = [keep_secret(folder, one.login, one.secret) for one in (first, second)]
    try:
        founded = found_city(source, file.as_posix(), first, second, on=business_day("--on", on))
    except BaseException:
        for path in kept:
            path.unlink()
        raise
    print(_("{city} is founded.").format(city=founded.profile.text("union.name")))
    for one, path in zip((first, second), kept, strict=True):
        print(_("The secret of {login}: {path}").format(login=one.login, path=path))
    print(_("Hand each file to its person, and delete it here."))
    unknown = ", ".join(founded.profile.unknown)
    if unknown:
        print(_("Still unknown in the profile: {paths}").format(paths=unknown))


def _administrator(said: str, folder: Path) -> Administrator:
    from gonghui.ground.accounts.secrets import make_secret
    from gonghui.programmes.mutualaid.services.cities import Administrator

    login, _equals, name = said.partition("=")
    login = login.strip()
    if not login or Path(login).name != login or login.startswith("."):
        raise Refusal(
            N_("“{login}” cannot be the name of an account."),
            N_("Take letters and digits, such as zhang: --as zhang=NAME"),
            login=login,
        )
    if (folder / login).exists():
        raise Refusal(
            N_("There is a secret of {login} in {folder} already."),
            N_("Take it away, or choose another folder (--secrets)."),
            login=login,
            folder=folder,
        )
    return Administrator(login, name.strip() or login, make_secret())


def profile(file: ProfileFile, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.programmes.mutualaid.services.profiles import set_profile

        _print(set_profile(actor, file.read_bytes(), file.as_posix()))


def show(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor, actor.transaction():
        from gonghui.programmes.mutualaid.queries.profiles import city_profile

        _print(city_profile())


def _print(said: Profile) -> None:
    rows = []
    for path, one in said.entries.items():
        mark = _("assumed") if one.assumed else "" if one.known else _("unknown")
        rows.append((path, one.text or "–", mark, one.because or one.source))
    print(table((_("Entry"), _("Text"), "", _("Why, or where it stands")), rows))
    print()
    steps = [(step.id, step.name, step.body, ", ".join(step.needs)) for step in said.road.steps]
    print(table((_("Step"), "", _("Body"), _("Needs")), steps))
    print()
    print(f"SHA-256 {said.sha256.hex()}")
