"""What the environment says: a folder, and three URLs or none."""

import pytest

from gonghui.config.environment import VARIABLES, environment
from gonghui.core.errors import Refusal
from gonghui.doors.cli.home import home


def urls(**changed):
    said = {
        variable: f"postgresql://{role}:pw-of-{role}@db.example:5433/gonghui?sslmode=require"
        for role, variable in VARIABLES.items()
    }
    return said | changed


def test_without_urls_the_embedded_server_serves():
    said = environment({})
    assert said.database is None
    assert said.home == home()


def test_the_folder_is_the_one_the_commands_use(monkeypatch, tmp_path):
    monkeypatch.setenv("GONGHUI_HOME", str(tmp_path))
    assert environment({}).home == home() == tmp_path


def test_three_urls_are_three_logins_of_one_database():
    said = environment(urls()).database
    assert said.of("keeper").parameters() == {
        "host": "db.example",
        "port": "5433",
        "user": "keeper",
        "password": "pw-of-keeper",
        "dbname": "gonghui",
        "sslmode": "require",
    }
    assert [said.of(role).user for role in VARIABLES] == list(VARIABLES)


def test_keywords_do_as_well_as_urls():
    said = environment(
        {variable: f"dbname=gonghui user={role} host=/run" for role, variable in VARIABLES.items()}
    )
    assert said.database.web.parameters() == {"host": "/run", "user": "web", "dbname": "gonghui"}


def test_no_password_is_shown():
    assert "pw-of" not in repr(environment(urls()))


@pytest.mark.parametrize("missing", VARIABLES.values())
def test_two_of_three_are_refused(missing):
    with pytest.raises(Refusal, match=rf"not said: {missing}\."):
        environment(urls(**{missing: ""}))


@pytest.mark.parametrize("bad", ["mysql://web@db/gonghui", "nonsense", "postgresql://db.example/"])
def test_what_is_no_url_is_refused_without_repeating_it(bad):
    with pytest.raises(Refusal, match="DATABASE_URL names no user and database") as refused:
        environment(urls(DATABASE_URL=bad))
    assert bad not in str(refused.value)


def test_a_role_in_anothers_place_is_refused():
    with pytest.raises(Refusal, match="DATABASE_URL must log in as web, not as postgres"):
        environment(urls(DATABASE_URL="postgresql://postgres@db.example:5433/gonghui"))


def test_two_databases_are_refused():
    other = "postgresql://keeper:x@db.example:5433/another"
    with pytest.raises(Refusal, match="different databases"):
        environment(urls(DATABASE_KEEPER_URL=other))
