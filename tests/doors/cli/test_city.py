"""`gonghui city`: two cities are founded; what the second prints knows nothing of the first."""

import re
import stat
import zipfile
from pathlib import Path

import pytest
import yaml

from gonghui.doors.cli import house as door_of_house
from tests.core.rulebook.books import book, shelf
from tests.programmes.mutualaid.enrolling import person, roster
from tests.programmes.mutualaid.federation import PROFILES
from tests.vault_fixtures import keys

__all__ = ["keys"]  # a fixture
PACKAGE = Path(__file__).parents[3] / "src" / "gonghui"
FIRST_CITY = re.compile(r"焦作|jiao ?zuo", re.IGNORECASE)
TWO = ("--as", "zhang=张三", "--as", "li=李四")


@pytest.fixture
def run(database, keys, gonghui, monkeypatch, tmp_path):
    """Commands in an empty house; the secrets of its people lie in a folder of the test."""
    monkeypatch.setattr(door_of_house, "_how", [lambda: None])  # it is open
    monkeypatch.setenv("GONGHUI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GONGHUI_SECRET", raising=False)
    return gonghui


def done(answer):
    assert answer.code == 0, answer
    return answer.out


def refused(answer, words):
    assert answer.code == 3, answer
    assert words in answer.err


def secrets(folder):
    return sorted(path.name for path in folder.glob("*"))


def test_a_city_is_founded_and_its_two_people_get_their_secrets(run, tmp_path):
    folder = tmp_path / "home" / "secrets"
    out = done(run("city", "new", PROFILES / "example.yaml", *TWO, "--lang", "en"))
    assert "示例市总工会 is founded." in out
    assert "union.credit_code, contact.website" in out
    assert secrets(folder) == ["li", "zhang"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text().strip() not in out
    shown = done(run("city", "show", "--as", "li", "--lang", "en"))
    assert re.search(r"contact.website +– +unknown", shown)


def test_a_city_begins_with_two(run, tmp_path):
    new = ("city", "new", PROFILES / "example.yaml", "--lang", "en")
    refused(run(*new, *TWO[:2]), "begins with two people")
    refused(run(*new, "--as", "../x=甲", "--as", "li"), "cannot be the name of an account")
    refused(run(*new, "--as", "zhang=张三", "--as", "zhang2=张三"), "begins with two people")
    assert secrets(tmp_path / "home" / "secrets") == []  # what was refused leaves no secret
    done(run(*new, *TWO))
    refused(run(*new, *TWO), "a secret of zhang")
    refused(run(*new, *TWO, "--secrets", tmp_path / "other"), "has a city already")
    assert secrets(tmp_path / "other") == []


def test_a_profile_is_checked_without_a_house(gonghui, tmp_path):
    out = done(gonghui("city", "check", PROFILES / "jiaozuo.yaml", "--lang", "en"))
    assert re.search(r"contact.phone +– +unknown", out)
    assert re.search(r"bodies.audit_committee.name .* assumed ", out)
    broken = tmp_path / "broken.yaml"
    broken.write_text("gonghui: profile/1\ncity: 示例市\n", encoding="utf-8")
    refused(gonghui("city", "check", broken, "--lang", "en"), "no entry “city” here")


def test_a_profile_is_set_anew(run, tmp_path):
    done(run("city", "new", PROFILES / "example.yaml", *TWO))
    changed = tmp_path / "changed.yaml"
    said = (PROFILES / "example.yaml").read_text(encoding="utf-8")
    changed.write_text(said.replace("website: unknown", "website: www.example"), encoding="utf-8")
    assert "www.example" in done(run("city", "profile", changed, "--as", "li"))
    assert "www.example" in done(run("city", "show", "--as", "zhang"))
    refused(run("city", "profile", changed, "--as", "zhang", "--lang", "en"), "profile.write")


def all_text(folder):
    """Everything in the files of a folder, workbooks unpacked."""
    for path in folder.rglob("*"):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    yield f"{path.name}:{name}", packed.read(name).decode("utf-8", "replace")
        elif path.is_file():
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def third_person(city):
    """Somebody who may publish beside the head of the office, and units with workers."""
    from datetime import date

    from gonghui.doors.cli.acting import secrets_folder
    from gonghui.ground.accounts.secrets import keep_secret
    from gonghui.ground.accounts.services.accounts import open_account
    from gonghui.ground.accounts.services.sessions import sign_in
    from gonghui.ground.directory.models import Union
    from gonghui.ground.directory.services.persons import Newcomer, register_person
    from gonghui.ground.directory.services.posts import appoint, confirm_appointment

    actors = [
        sign_in(login, (secrets_folder() / login).read_text().strip()) for login in ("zhang", "li")
    ]
    on = date(2021, 1, 1)
    with actors[0].transaction():
        root = Union.objects.get().pk
    made = register_person(actors[0], Newcomer(root, "王五"), on=on).person_id
    keep_secret(secrets_folder(), "wang", "a secret of wang's own")
    open_account(actors[0], made, "wang", "a secret of wang's own")
    proposed = appoint(actors[0], made, root, "office_clerk", on=on)
    confirm_appointment(actors[1], proposed.appointment_id)


def test_a_second_city_prints_nothing_of_the_first(run, tmp_path):
    """From founding to bills: every command's answer, every file, every message."""
    said, out = [], tmp_path / "out"
    out.mkdir()

    def told(*arguments, who=("li",), lang=None):
        named = [part for person in who for part in ("--as", person)]
        language = ("--lang", lang) if lang else ()
        answer = run(*arguments, *named, *language)
        said.append((" ".join(map(str, arguments)), answer.out + answer.err))
        assert answer.code == 0, answer
        return answer.out

    found = run("city", "new", PROFILES / "example.yaml", *TWO, "--on", "2021-01-01")
    said.append(("city new", done(found)))
    third_person(run)
    shelf(tmp_path / "books", book({"title": "示例市职工医疗互助办法"}))
    told("edition", "load", "example/medical", "--shelf", tmp_path / "books", who=("li", "wang"))
    for lang in ("zh", "en"):
        told("city", "show", lang=lang)
        told("edition", "list", lang=lang)
        told("edition", "show", "example/medical/2022", lang=lang)
        told("directory", "tree", lang=lang)
    told("directory", "found", "mill", "示例纺织厂工会", "--kind", "grassroots", "--below",
         "example", "--on", "2021-02-01")  # fmt: skip
    told("ledger", "open-period", "2022-01")
    told("roster", "template", out / "empty.xlsx", "--period", "2022-01-05")
    path = roster(tmp_path, [person("示例纺织厂工会") for _ in range(3)])
    of_scheme = ("--scheme", "example/medical")
    told("roster", "check", path, *of_scheme, "--on", "2022-01-03", "--marked", out / "marked.xlsx")
    told("roster", "import", path, *of_scheme, "--on", "2022-01-03")
    told("contribution", "bill", "--on", "2022-01-04")
    told("contribution", "open")
    told("ledger", "balance", "--period", "2022-01")
    for _name, text in all_text(out):
        said.append((_name, text))
    assert len(said) > 20
    assert {name: FIRST_CITY.findall(text) for name, text in said if FIRST_CITY.search(text)} == {}
    assert any("示例市" in text for _name, text in said)


def test_what_is_kept_of_the_second_city_knows_nothing_of_the_first(run, as_keeper):
    done(run("city", "new", PROFILES / "example.yaml", *TWO))
    tables = as_keeper.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    ).fetchall()
    found = {
        table
        for (table,) in tables
        for (row,) in as_keeper.execute(f"select t::text from public.{table} t").fetchall()
        if FIRST_CITY.search(row)
    }
    assert found == set()


def help_pages(gonghui):
    """The help of every command, in both languages; what names files of ours is left out."""
    import typer

    from gonghui.doors.cli.main import program

    def walk(command, path):
        yield path
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, (*path, name))

    for lang in ("zh", "en"):
        for path in walk(typer.main.get_command(program()), ()):
            yield path, gonghui(*path, "--help", "--lang", lang).out


DEFAULT_SCHEME = {("ingest",), ("explain",)}
"""Their default is the scheme of the demonstration: they work on files, for no city's house."""


def test_no_command_explains_itself_by_the_first_city(gonghui):
    pages = list(help_pages(gonghui))
    assert len(pages) > 60
    assert {path for path, text in pages if FIRST_CITY.search(text)} <= DEFAULT_SCHEME


def test_no_source_names_the_first_city():
    """In Chinese, where it would be printed: rule books and profiles are data, the twin is it."""
    found = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
        and path.relative_to(PACKAGE).parts[0] not in ("books", "twin")
        and "焦作" in path.read_text(encoding="utf-8", errors="replace")
    ]  # fmt: skip
    assert found == []


def test_control_a_profile_of_the_first_city_would_be_found(run, tmp_path):
    done(run("city", "new", PROFILES / "jiaozuo.yaml", *TWO))
    shown = done(run("city", "show", "--as", "li"))
    assert FIRST_CITY.search(shown)
    tree = yaml.safe_load((PROFILES / "example.yaml").read_text(encoding="utf-8"))
    assert not FIRST_CITY.search(str(tree))
