"""Founding a city: its union, its first two people, bodies, profile, scheme and funds, at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import DatabaseError, connections, transaction

from gonghui.core.errors import N_, Refusal
from gonghui.ground.accounts.secrets import new_verifier
from gonghui.ground.accounts.services.accounts import open_account
from gonghui.ground.accounts.services.sessions import sign_in, sign_out
from gonghui.ground.borders.scope import INSUFFICIENT_PRIVILEGE, Actor
from gonghui.ground.directory.models.kinds import read_post_kinds
from gonghui.ground.directory.names import check_name, fold_name, written_name
from gonghui.ground.directory.services.bodies import found_body
from gonghui.ground.directory.services.persons import Newcomer, register_person
from gonghui.ground.directory.services.posts import appoint
from gonghui.ground.directory.services.units import set_unit
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.cityprofile.reading import read_profile
from gonghui.programmes.mutualaid.cityprofile.road import BODIES
from gonghui.programmes.mutualaid.services.profiles import set_profile
from gonghui.programmes.mutualaid.services.schemes import found_scheme
from gonghui.verbs.treasury.charts import SHIPPED, read_chart
from gonghui.verbs.treasury.services.funds import open_fund

FIRST_POST, SECOND_POST = "administrator", "office_head"


@dataclass(frozen=True, slots=True)
class Administrator:
    """One of the first two: the name of the account, the person's name, the secret."""

    login: str
    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Founded:
    """What there is now."""

    union_id: int
    profile: Profile
    funds: tuple[str, ...]


def found_city(
    source: bytes, file: str, first: Administrator, second: Administrator, *, on: date
) -> Founded:
    """A city in an empty house; all of it or nothing. Refused where there is one already.

    The first person becomes administrator and brings in the second, who heads the office. Whoever
    comes later is given a post by both of them.
    """
    profile = read_profile(source, file)
    for one in (first, second):
        refused = check_name(one.name)
        if refused is not None:
            raise refused
    if first.login == second.login or fold_name(first.name) == fold_name(second.name):
        raise Refusal(N_("A city begins with two people."), N_("Name two: --as LOGIN=NAME, twice."))
    with transaction.atomic():
        union_id = _found(profile, first, on)
        with _signed_in(first) as actor:
            _settle(actor, profile, union_id, second, on)
        with _signed_in(second) as actor:
            funds = _equip(actor, profile, source, file, union_id)
    return Founded(union_id, profile, funds)


def _found(profile: Profile, first: Administrator, on: date) -> int:
    """The root of the tree with the first person: the only way in without a scope, once."""
    verifier = new_verifier(first.secret)
    name = written_name(first.name)
    try:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(
                "select union_id from gate.found_city(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [profile.code, profile.text("union.name"), on, name, fold_name(name), FIRST_POST,
                 json.dumps(read_post_kinds()), first.login, verifier.salt, verifier.hash],
            )  # fmt: skip
            union_id: int = cursor.fetchone()[0]
            return union_id
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != INSUFFICIENT_PRIVILEGE:
            raise
        raise Refusal(
            N_("This house has a city already."),
            N_("A second city has a house of its own: another GONGHUI_HOME, or another database."),
        ) from error


@contextmanager
def _signed_in(who: Administrator) -> Iterator[Actor]:
    actor = sign_in(who.login, who.secret)
    yield actor
    sign_out(actor)


def _settle(actor: Actor, profile: Profile, union_id: int, second: Administrator, on: date) -> None:
    """The administrator's part: facts of the union, its bodies, the second person."""
    with actor.transaction():
        code = profile.find("union.credit_code")
        if code:
            set_unit(actor, union_id, on=on, credit_code=code)
        for kind in BODIES:
            name = profile.find(f"bodies.{kind}.name")
            if name:
                found_body(actor, union_id, kind, name, on=on)
        newcomer = Newcomer(union_id, written_name(second.name))
        person = register_person(actor, newcomer, on=on).person_id
        open_account(actor, person, second.login, second.secret)
        appoint(actor, person, union_id, SECOND_POST, on=on)


def _equip(
    actor: Actor, profile: Profile, source: bytes, file: str, union_id: int
) -> tuple[str, ...]:
    """The office head's part: profile, scheme, funds with their charts."""
    funds = tuple(
        path.removeprefix("funds.") for path in profile.entries if path.startswith("funds.")
    )
    accounts = read_chart(SHIPPED / "mutual-aid.yaml")
    with actor.transaction():
        set_profile(actor, source, file)
        found_scheme(actor, profile.text("scheme.code"), profile.text("scheme.name"))
        for fund in funds:
            open_fund(
                actor,
                code=fund.replace("_", "-"),
                name=profile.text(f"funds.{fund}"),
                purpose=profile.text("scheme.name"),
                union_id=union_id,
                accounts=accounts,
            )
    return funds
