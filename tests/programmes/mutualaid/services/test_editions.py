"""Publishing: two people, one function, and from then on nothing moves."""

from datetime import date, timedelta

import psycopg
import pytest

from gonghui.core.rulebook.canonical import edition_hash
from gonghui.core.rulebook.shelf import Shelf
from tests.core.rulebook.books import book, shelf, written
from tests.programmes.mutualaid.federation import ON, SCHEME, furnish_scheme, load, refused

NEXT = {"edition": "'2023'", "valid": "{from: 2023-01-01}", "contribution.fee": "70 yuan"}


@pytest.fixture
def scheme(house):
    return furnish_scheme(house)


def rows():
    from gonghui.programmes.mutualaid.queries.editions import editions_of

    return editions_of(SCHEME)


def spans(house):
    with house.head.transaction():
        return [(one.edition.name, one.starts_on, one.ends_before) for one in rows()]


def prepared(house, said, text=None):
    """An edition of few lines, prepared as if it were loaded."""
    from gonghui.programmes.mutualaid.permissions import PUBLISH
    from gonghui.programmes.mutualaid.publication.succession import succeed
    from gonghui.programmes.mutualaid.queries.editions import shelf as published
    from gonghui.programmes.mutualaid.queries.schemes import scheme_of
    from gonghui.programmes.mutualaid.services import editions
    from tests.programmes.mutualaid.federation import source

    with house.head.transaction() as scope:
        scope.require(PUBLISH)
        found = succeed(published(SCHEME), f"{SCHEME}/{said['edition']}", source(said, text))
        return editions._prepare(scope, scheme_of(SCHEME), found.text.columns(), None, None)


def test_two_people_load_what_was_issued_before(house, scheme, tmp_path):
    first, second = load(house, tmp_path, book(), book(NEXT))
    assert spans(house) == [
        ("2022", date(2022, 1, 1), date(2023, 1, 1)),
        ("2023", date(2023, 1, 1), None),
    ]
    assert bytes(first.sha256).hex() == edition_hash(shelf(tmp_path).edition(f"{SCHEME}/2022"))
    assert {first.first_publisher_id, first.second_publisher_id} == {
        house.person["head"],
        house.person["clerk"],
    }
    assert bytes(second.source) == written(book(NEXT)).encode()
    assert second.governance["document_number"] == "unknown"


def test_loading_again_leaves_all_as_it_is(house, scheme, tmp_path):
    load(house, tmp_path)
    assert load(house, tmp_path) == []
    with refused("published already, with other words"):
        load(house, tmp_path, book({"title": "改了标题"}))


def test_one_person_does_not_publish(house, scheme, tmp_path, as_owner):
    from gonghui.programmes.mutualaid.services.editions import confirm, load_packaged, publish

    with refused("Two different people"):
        load_packaged(house.head, house.head, SCHEME, books=shelf(tmp_path, book()), on=ON)
    alone = prepared(house, book())
    confirm(house.head, alone.pk, bytes(alone.digest))
    confirm(house.head, alone.pk, bytes(alone.digest))
    with refused("Two different people"):
        publish(house.head, alone.pk)
    assert spans(house) == []


def test_nor_with_a_second_account_or_a_second_row_of_the_same_person(house, scheme, connect):
    from gonghui.ground.borders.scope import Actor
    from gonghui.programmes.mutualaid.services.editions import confirm, publish, publish_together

    with connect("superuser") as superuser:
        twin = superuser.execute(
            "insert into directory_person (public_id, name, name_folded, name_pinyin, sex,"
            " merged_into_id) values (gen_random_uuid(), 'head', 'head', '', '', %s) returning id",
            [house.person["head"]],
        ).fetchone()[0]
        for login, person in (("other_account", house.person["head"]), ("other_row", twin)):
            superuser.execute(
                "with a as (insert into accounts_account (person_id, login, salt, verifier, wrong,"
                " opened_at) values (%s, %s, '', '', 0, now()) returning id)"
                " insert into accounts_session (account_id, token_hash, kind, opened_at,"
                " expires_at) select id, sha256(convert_to(%s, 'UTF8')), 'session', now(),"
                " now() + interval '1 day' from a",
                [person, login, login],
            )
    alone = prepared(house, book())
    for login in ("other_account", "other_row"):
        with refused("Two different people"):
            publish_together(house.head, Actor(login), alone)
        confirm(Actor(login), alone.pk, bytes(alone.digest))
        with refused("Two different people"):
            publish(Actor(login), alone.pk)


def test_two_rows_that_were_joined_afterwards_are_one_confirmer(house, scheme, connect):
    """Control: the same two confirmations publish while the rows are two people."""
    from gonghui.programmes.mutualaid.services.editions import confirm, publish

    waiting = prepared(house, book())
    confirm(house.head, waiting.pk, bytes(waiting.digest))
    confirm(house.clerk, waiting.pk, bytes(waiting.digest))
    join = "update directory_person set merged_into_id = %s where id = %s"
    with connect("superuser", autocommit=True) as superuser:
        superuser.execute(join, [house.person["head"], house.person["clerk"]])
        with refused("Two different people"):
            publish(house.head, waiting.pk)
        superuser.execute(join, [None, house.person["clerk"]])
    assert publish(house.head, waiting.pk).name == "2022"


def test_who_did_not_confirm_does_not_publish(house, scheme):
    from gonghui.programmes.mutualaid.services.editions import confirm, publish

    waiting = prepared(house, book())
    for who in (house.head, house.clerk):
        confirm(who, waiting.pk, bytes(waiting.digest))
    with refused("has confirmed it"):
        publish(house.second_clerk, waiting.pk)
    assert spans(house) == []


def test_who_may_not_publish_confirms_nothing(house, scheme):
    from gonghui.programmes.mutualaid.services.editions import confirm

    waiting = prepared(house, book())
    for who in (house.accountant, house.auditor):
        with refused("edition.publish"):
            confirm(who, waiting.pk, bytes(waiting.digest))
    with refused("edition.publish"):
        confirm(house.officer_a, waiting.pk, bytes(waiting.digest))


def test_nobody_confirms_for_somebody_else(house, scheme, sql_as_web):
    waiting = prepared(house, book())
    web = sql_as_web(house.head)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        web.execute(
            "insert into mutualaid_confirmation (publication_id, union_id, digest, person_id)"
            " values (%s, %s, %s, %s)",
            [waiting.pk, house.union["city"], bytes(waiting.digest), house.person["clerk"]],
        )


def test_what_is_confirmed_is_what_was_shown(house, scheme):
    from gonghui.programmes.mutualaid.services.editions import confirm

    waiting = prepared(house, book())
    with refused("not what was prepared") as caught:
        confirm(house.head, waiting.pk, b"\0" * 32)
    assert bytes(waiting.digest).hex() in caught.value.words()


def test_preparing_twice_is_one_statement(house, scheme):
    assert prepared(house, book()).pk == prepared(house, book()).pk
    assert prepared(house, book()).pk != prepared(house, book({"title": "另一标题"})).pk


def test_an_edition_that_came_into_force_meanwhile_asks_for_new_confirmations(house, scheme):
    from gonghui.programmes.mutualaid.services.editions import publish_together

    one, other = prepared(house, book()), prepared(house, book({"edition": "2022-b"}))
    publish_together(house.head, house.clerk, one)
    with refused("no longer so"):
        publish_together(house.head, house.clerk, other)
    with refused("published already"):
        publish_together(house.head, house.clerk, one)


@pytest.mark.parametrize(
    ("since", "words"),
    [("2023-01-02", "some days have no edition"), ("2021-06-01", "are in force")],
)
def test_a_hole_and_an_overlap_are_refused(house, scheme, tmp_path, since, words):
    load(house, tmp_path)
    with refused(words):
        prepared(house, book({**NEXT, "valid": f"{{from: {since}}}"}))


def test_the_next_edition_cuts_an_open_one_short_and_leaves_its_words_alone(
    house, scheme, tmp_path
):
    load(house, tmp_path, book({"valid.until": None}))
    before = edition_hash(shelf(tmp_path).edition(f"{SCHEME}/2022"))
    load(house, tmp_path / "next", book(NEXT))
    assert spans(house) == [
        ("2022", date(2022, 1, 1), date(2023, 1, 1)),
        ("2023", date(2023, 1, 1), None),
    ]
    with house.head.transaction():
        first, _ = rows()
        assert first.edition.ends_before is None
        assert bytes(first.edition.sha256).hex() == before


def test_an_edition_of_days_past_says_what_it_pays_in_addition(house, scheme, tmp_path):
    load(house, tmp_path, book({"valid.until": None}))
    with refused("changes the rules of days that are past, from 2022-09-01"):
        load(house, tmp_path / "next", book({**NEXT, "valid": "{from: 2022-09-01}"}))


def test_an_older_edition_may_be_loaded_later(house, scheme, tmp_path):
    load(house, tmp_path)
    older = book({"edition": "'2021'", "valid": "{from: 2021-01-01, until: 2022-01-01}"})
    load(house, tmp_path / "older", older)
    assert [name for name, _, _ in spans(house)] == ["2021", "2022"]


def test_an_older_edition_without_an_end_cuts_into_the_next(house, scheme, tmp_path):
    load(house, tmp_path)
    with refused("are in force"):
        load(house, tmp_path / "older", book({"edition": "'2021'", "valid": "{from: 2021-01-01}"}))


CHANGES = (
    "update mutualaid_edition set title = 'x'",
    "update mutualaid_publication set title = 'x'",
    "update mutualaid_confirmation set confirmed_at = now()",
    "update mutualaid_scheme set name = 'x'",
    "update mutualaid_editionspan set starts_on = starts_on - 1",
    "update mutualaid_editionspan set ends_before = ends_before + 1",
    "delete from mutualaid_edition",
    "delete from mutualaid_editionspan",
    "delete from mutualaid_publication",
    "truncate mutualaid_edition cascade",
    "truncate mutualaid_editionspan",
)


@pytest.mark.parametrize("role", ["web", "owner", "keeper", "superuser"])
def test_nothing_published_is_changed_or_deleted(
    house, scheme, tmp_path, connect, sql_as_web, role
):
    load(house, tmp_path)
    raw = sql_as_web(house.head) if role == "web" else connect(role)
    for statement in CHANGES:
        try:
            with raw.transaction():
                found = raw.execute(statement).rowcount
            assert found == 0, statement  # its row security shows a forced owner no row
        except psycopg.Error as error:
            assert error.sqlstate in ("GH001", "42501"), statement
    raw.commit()
    assert len(spans(house)) == 1


def test_without_the_trigger_the_row_would_change(house, scheme, tmp_path, connect):
    """Control."""
    load(house, tmp_path)
    raw = connect("superuser")
    raw.execute("alter table mutualaid_edition disable trigger stays")
    assert raw.execute("update mutualaid_edition set title = 'x'").rowcount == 1


def test_the_database_takes_no_edition_but_from_its_function(house, scheme, tmp_path, sql_as_web):
    load(house, tmp_path)
    for table in ("edition", "editionspan"):
        web = sql_as_web(house.head)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(f"insert into mutualaid_{table} select * from mutualaid_{table}")


def span_row(raw, edition, since, until):
    raw.execute(
        "insert into mutualaid_edition (name, title, source, source_sha256, canonical, sha256,"
        " starts_on, ends_before, extends, changes, governance, engine_version, scheme_id,"
        " publication_id, first_publisher_id, second_publisher_id)"
        " select %s, title, source, source_sha256, canonical, sha256, %s, %s, '', '[]', '{}', 1,"
        " scheme_id, id, prepared_by_id, prepared_by_id + 1 from mutualaid_publication"
        " where name = %s",
        [edition, since, until, edition],
    )
    raw.execute(
        "insert into mutualaid_editionspan (edition_id, scheme_id, starts_on, ends_before)"
        " select id, scheme_id, starts_on, ends_before from mutualaid_edition where name = %s",
        [edition],
    )


def test_even_past_the_service_editions_neither_overlap_nor_leave_a_hole(
    house, scheme, tmp_path, connect
):
    load(house, tmp_path)
    prepared(house, book(NEXT))
    for since, state in (("2022-12-31", "23P01"), ("2023-01-02", "GH002")):
        raw = connect("superuser")
        with pytest.raises(psycopg.Error) as caught:
            span_row(raw, "2023", since, None)
            raw.commit()
        assert caught.value.sqlstate == state
        raw.rollback()
    raw = connect("superuser")  # control: the days that fit are taken
    span_row(raw, "2023", "2023-01-01", None)
    raw.commit()


def test_two_publishers_are_two_in_the_table_itself(house, scheme, tmp_path, connect):
    prepared(house, book())
    raw = connect("superuser")
    with pytest.raises(psycopg.errors.CheckViolation, match="edition_two_publishers"):
        raw.execute(
            "insert into mutualaid_edition (name, title, source, source_sha256, canonical, sha256,"
            " starts_on, extends, changes, governance, engine_version, scheme_id, publication_id,"
            " first_publisher_id, second_publisher_id)"
            " select name, title, source, source_sha256, canonical, sha256, starts_on, '', '[]',"
            " '{}', 1, scheme_id, id, prepared_by_id, prepared_by_id from mutualaid_publication"
        )


@pytest.mark.parametrize("column", ["sha256", "source_sha256", "digest"])
def test_a_wrong_hash_cannot_be_stored(house, scheme, connect, column):
    prepared(house, book())
    raw = connect("superuser")
    raw.execute("alter table mutualaid_publication disable trigger stays")
    with pytest.raises(psycopg.errors.CheckViolation):
        raw.execute(f"update mutualaid_publication set {column} = sha256('other')")


def test_the_statement_must_be_of_these_bytes(house, scheme, connect):
    """Somebody writes a publication by hand whose statement speaks of another text."""
    from gonghui.programmes.mutualaid.services.editions import publish_together

    honest, other = prepared(house, book()), prepared(house, book({"title": "另一标题"}))
    raw = connect("superuser")
    raw.execute("alter table mutualaid_publication disable trigger stays")
    raw.execute("delete from mutualaid_publication where id = %s", [honest.pk])
    raw.execute(
        "update mutualaid_publication set statement = %s, digest = sha256(%s) where id = %s",
        [bytes(honest.statement), bytes(honest.statement), other.pk],
    )
    raw.commit()
    other.digest = honest.digest
    with refused("no longer so"):
        publish_together(house.head, house.clerk, other)


def test_units_read_editions_and_nothing_that_is_only_prepared(house, scheme, tmp_path):
    from gonghui.programmes.mutualaid.models import Confirmation, Edition, Publication

    load(house, tmp_path)
    with house.officer_a.transaction():
        assert Edition.objects.count() == 1
        assert Publication.objects.count() == Confirmation.objects.count() == 0
    with house.auditor.transaction():
        assert Publication.objects.count() == 1


def test_a_scheme_is_founded_once_and_by_who_may(house, scheme):
    from gonghui.programmes.mutualaid.services.schemes import found_scheme

    with refused("is there already"):
        found_scheme(house.head, SCHEME, "又一个")
    with refused("profile.write"):
        found_scheme(house.officer_a, "example/other", "无权")


def test_packaged_editions_are_loaded_as_they_are(house, scheme):
    from gonghui.programmes.mutualaid.services.editions import load_packaged
    from gonghui.programmes.mutualaid.services.schemes import found_scheme

    found_scheme(house.head, "jiaozuo/medical", "照原样")
    loaded = load_packaged(house.head, house.clerk, "jiaozuo/medical", on=ON)
    assert [bytes(one.sha256).hex() for one in loaded] == [
        edition_hash(one) for one in Shelf.packaged().scheme("jiaozuo/medical")
    ]
    assert {one["counts_from"] for one in loaded[1].changes} == {"2023-01-01"}
    assert loaded[1].ends_before - loaded[1].starts_on == timedelta(days=365)
