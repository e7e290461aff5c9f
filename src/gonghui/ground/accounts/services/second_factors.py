"""Second factors: one-time codes by time (RFC 6238), as any authenticator makes them.

Six digits, a new code every 30 seconds, SHA-1: what every such program takes. The codes of the
half-minutes before and after serve too, as clocks differ; none serves twice.
"""

from __future__ import annotations

import base64
import os
import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.vault.sealing import Column, key_id_of, open_data_keys, open_values
from gonghui.ground.vault.services.keys import provider
from gonghui.ground.vault.services.values import seal_for

COLUMN = Column("accounts_secondfactor", "cipher")
STEP = 30
"""Seconds for which a code is the newest."""
_DIGITS = 6
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class NewFactor:
    """What an authenticator is told once: as text to type, or as an address in a QR code."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


def begin_second_factor(actor: Actor, *, login: str, issuer: str) -> NewFactor:
    """A second factor for one's own account; it counts once a first code was given.

    Refused where the account has one.
    """
    with actor.transaction() as scope, connections["default"].cursor() as cursor:
        key = os.urandom(_SECRET_BYTES)
        secret = base64.b32encode(key).decode()
        cursor.execute("select gate.new_second_factor()")
        row_id = cursor.fetchone()[0]
        (sealed,) = seal_for([scope.person_id], [secret], COLUMN, [row_id])
        cursor.execute("select gate.begin_second_factor(%s, %s)", [row_id, sealed])
        if not cursor.fetchone()[0]:
            raise Refusal(
                N_("This account has a second factor already."),
                N_("An administrator of accounts can take it away."),
            )
        record("account.second_factor_begun", subject="accounts_secondfactor", subject_id=row_id)
        return NewFactor(secret, _totp(key).get_provisioning_uri(login, issuer))


def give_second_factor(actor: Actor, code: str, *, at: float | None = None) -> bool:
    """Whether this code is right now, and was not given before: the session is then complete.

    ``at`` is seconds since 1970; ten wrong codes rest the account as ten wrong secrets do.
    """
    now = time.time() if at is None else at
    with connections["default"].cursor() as cursor:
        cursor.execute("select * from gate.second_factor_of(%s)", [actor.token])
        rows = cursor.fetchall()
        if not rows:
            return False
        key = base64.b32decode(_opened(rows))
        step = _step_of(key, code, now)
        cursor.execute("select gate.pass_second_factor(%s, %s::bigint)", [actor.token, step])
        return bool(cursor.fetchone()[0])


def drop_second_factor(actor: Actor, login: str) -> None:
    """Takes a lost second factor away; the account's sessions end."""
    with actor.transaction() as scope, connections["default"].cursor() as cursor:
        scope.require("accounts.write")
        cursor.execute("select gate.drop_second_factor(%s)", [login])
        if not cursor.fetchone()[0]:
            raise Refusal(
                N_("The account {login} has no second factor."),
                N_("Look at the name again."),
                login=login,
            )
        record(
            "account.second_factor_dropped",
            subject="accounts_account",
            details={"login": login},
        )


def _opened(rows: list[tuple[int, int, bytes, int, bool, int, bytes]]) -> str:
    """The secret, by the one of the person's keys it was sealed under."""
    row_id, person_id, cipher = rows[0][0], rows[0][1], bytes(rows[0][2])
    wrapped = {generation: bytes(one) for *_, generation, one in rows}
    generation = key_id_of(cipher)
    keys = open_data_keys(provider(), [person_id], [generation], [wrapped[generation]])
    return open_values(keys, [cipher], COLUMN, [row_id])[0]


def _step_of(key: bytes, code: str, now: float) -> int | None:
    """The half-minute whose code this is, of the three around now."""
    if len(code) != _DIGITS or not (code.isascii() and code.isdigit()):
        return None
    totp, newest = _totp(key), int(now) // STEP
    for step in (newest, newest - 1, newest + 1):
        if totp.generate(step * STEP) == code.encode():
            return step
    return None


def _totp(key: bytes) -> TOTP:
    return TOTP(key, _DIGITS, SHA1(), STEP)
