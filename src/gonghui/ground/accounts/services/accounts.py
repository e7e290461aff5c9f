"""Accounts of persons."""

from __future__ import annotations

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.accounts.secrets import new_verifier
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor


def open_account(actor: Actor, person_id: int, login: str, secret: str) -> int:
    """A new account of a person. Refuses a name that is taken."""
    verifier = new_verifier(secret)
    with actor.transaction() as scope:
        scope.require("accounts.write")
        made = _ask(
            "select gate.open_account(%s, %s, %s, %s)",
            [person_id, login, verifier.salt, verifier.hash],
        )
        if made is None:
            raise Refusal(N_("The name {login} is taken."), N_("Choose another."), login=login)
        record("account.opened", subject="accounts_account", subject_id=int(str(made)))
        return int(str(made))


def set_secret(actor: Actor, login: str, secret: str) -> None:
    """Changes a secret, one's own or as an administrator; ends the account's other sessions."""
    verifier = new_verifier(secret)
    with actor.transaction():
        if not _ask("select gate.set_secret(%s, %s, %s)", [login, verifier.salt, verifier.hash]):
            raise Refusal(
                N_("The secret of {login} is not yours to change."),
                N_("Ask an administrator of accounts."),
                login=login,
            )
        record("account.secret_changed", subject="accounts_account", details={"login": login})


def disable_account(actor: Actor, login: str) -> None:
    """Closes an account; its sessions and errands end at once."""
    with actor.transaction() as scope:
        scope.require("accounts.write")
        if not _ask("select gate.disable_account(%s)", [login]):
            raise Refusal(
                N_("There is no open account {login}."), N_("Look at the name again."), login=login
            )
        record("account.disabled", subject="accounts_account", details={"login": login})


def _ask(question: str, parameters: list[str | int | bytes]) -> object:
    with connections["default"].cursor() as cursor:
        cursor.execute(question, parameters)
        return cursor.fetchone()[0]
