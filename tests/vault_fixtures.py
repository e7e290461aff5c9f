"""Keys of a test's own, and somebody who looks after them."""

import os

import pytest

SOAK = bool(os.environ.get("GONGHUI_SOAK"))
SINCE = "2021-01-01"


@pytest.fixture
def keys(tmp_path, monkeypatch):
    """A key file for this test, where the environment says it is."""
    from gonghui.ground.vault.keyring import make_keyring

    path = tmp_path / "keys" / "vault.json"
    make_keyring(path)
    monkeypatch.setenv("GONGHUI_KEYS", str(path))
    return path


@pytest.fixture
def guardian(house, connect):
    """An actor with a post that rotates and destroys keys, at the city."""
    return appoint(house, connect("superuser"), "guardian", ["key.rotate", "person.erase"])


def appoint(house, superuser, who, permissions, where="city"):
    """Somebody new with a post of her own kind, past every border."""
    from gonghui.ground.borders.scope import Actor

    union = house.union[where]
    person = add_persons(superuser, [who], union)[0]
    superuser.execute(
        "insert into directory_postkind (code, name, permissions, writes)"
        " values (%s, %s, %s, true)",
        [who, who, permissions],
    )
    superuser.execute(
        "insert into directory_post (person_id, union_id, kind_id, starts_on)"
        " values (%s, %s, %s, %s)",
        [person, union, who, SINCE],
    )
    superuser.execute(
        "with a as (insert into accounts_account (person_id, login, salt, verifier, wrong,"
        " opened_at) values (%s, %s, '', '', 0, now()) returning id)"
        " insert into accounts_session (account_id, token_hash, kind, opened_at, expires_at)"
        " select id, sha256(convert_to(%s, 'UTF8')), 'session', now(), now() + interval '9 years'"
        " from a",
        [person, who, f"token of {who}"],
    )
    superuser.commit()
    return Actor(f"token of {who}")


def add_persons(superuser, names, union):
    """Persons employed in a union, past every border; their ids."""
    rows = superuser.execute(
        "with p as (insert into directory_person (public_id, name, name_folded, name_pinyin, sex)"
        " select gen_random_uuid(), n, n, '', '' from unnest(%s::text[]) n returning id, name),"
        " e as (insert into directory_employment (person_id, union_id, name_as_written, category,"
        " staff_number, starts_on) select id, %s, name, '', '', %s from p)"
        " select id from p order by id",
        [list(names), union, SINCE],
    ).fetchall()
    superuser.commit()
    return [row[0] for row in rows]


def device():
    """What takes the key file's place, as ``GONGHUI_KEY_PROVIDER`` names it."""
    from dataclasses import replace

    from gonghui.ground.vault.keyring import new_keyring

    return replace(new_keyring(), assessment="a device of the tests")
