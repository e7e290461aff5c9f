"""`gonghui account …`: who may sign in. A secret is written once, into a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.acting import As, SecretFile, acting, secrets_folder
from gonghui.doors.cli.language import _

Login = Annotated[str, typer.Argument(metavar="LOGIN", help=N_("The name of the account."))]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=_("Open and close accounts of people."), no_args_is_help=True)
    group.command("open", help=_("Open an account of a person of the directory."))(open_)
    group.command("secret", help=_("Give an account a new secret; its other sessions end."))(secret)
    group.command("disable", help=_("Close an account; its sessions end at once."))(disable)
    group.command("drop-factor", help=_("Take a lost second factor away; its sessions end."))(
        drop_factor
    )
    app.add_typer(group, name="account")


def open_(
    login: Login,
    person: Annotated[
        int, typer.Option(metavar="NO", help=_("The person, as `directory find` lists her."))
    ],
    as_: As,
    secrets: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help=_("Where the secret is written, once."))
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    path = _new_file(login, secrets)
    with acting(as_, secret_file) as actor:
        from gonghui.ground.accounts.secrets import keep_secret, make_secret
        from gonghui.ground.accounts.services.accounts import open_account

        made = make_secret()
        open_account(actor, person, login, made)
        keep_secret(path.parent, login, made)
    print(_("The secret of {login}: {path}").format(login=login, path=path))
    print(_("Hand each file to its person, and delete it here."))


def secret(
    login: Login,
    as_: As,
    secrets: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help=_("Where the secret is written, once."))
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    path = (secrets or secrets_folder()) / login
    with acting(as_, secret_file) as actor:
        from gonghui.ground.accounts.secrets import keep_secret, make_secret
        from gonghui.ground.accounts.services.accounts import set_secret

        made = make_secret()
        set_secret(actor, login, made)
        keep_secret(path.parent, login, made)
    print(_("The secret of {login}: {path}").format(login=login, path=path))


def disable(login: Login, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.accounts.services.accounts import disable_account

        disable_account(actor, login)
    print(_("The account {login} is closed.").format(login=login))


def drop_factor(login: Login, as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.accounts.services.second_factors import drop_second_factor

        drop_second_factor(actor, login)
    print(_("{login} signs in without a second factor, until one is set up.").format(login=login))


def _new_file(login: str, folder: Path | None) -> Path:
    """Where the secret will stand. Refuses a name that is none, and a file that is there."""
    path = (folder or secrets_folder()) / login
    if not login or Path(login).name != login or login.startswith("."):
        raise Refusal(
            N_("“{login}” cannot be the name of an account."),
            N_("Take letters and digits, such as zhang: --as zhang=NAME"),
            login=login,
        )
    if path.exists():
        raise Refusal(
            N_("There is a secret of {login} in {folder} already."),
            N_("Take it away, or choose another folder (--secrets)."),
            login=login,
            folder=path.parent,
        )
    return path
