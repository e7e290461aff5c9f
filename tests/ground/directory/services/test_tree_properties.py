"""Whatever is done to the tree, by how many: intervals nest, history answers, nobody is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.core.errors import Refusal
from tests.ground.directory.rooms import models, tree, unions
from tests.ground.directory.turnstile import at_once

START = date(2022, 1, 1)

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["found", "move", "move", "move", "rename", "merge", "dissolve"]),
        st.integers(0, 40),
        st.integers(0, 40),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=14,
)


def shape(superuser):
    """Every union with its interval, from the tables themselves."""
    return superuser.execute(
        "select id, parent_id, low, high, ends_before from directory_union order by low"
    ).fetchall()


def complaints(rows):
    """What is wrong with the intervals, by comparing every two of them."""
    by_id = {row[0]: row for row in rows}
    if sorted(row[2] for row in rows) != list(range(1, len(rows) + 1)):
        yield "positions are not 1 to n"
    for one, parent, low, high, _ in rows:
        below, above = {one}, parent
        while above is not None:
            if above in below:
                yield f"{one} lies below itself"
                break
            below.add(above)
            if not by_id[above][2] < low <= high <= by_id[above][3]:
                yield f"{one} lies outside {above}"
            above = by_id[above][1]
        for other, _, other_low, other_high, _ in rows:
            nested = (
                other_low <= low and high <= other_high
            ) or low <= other_low <= other_high <= high
            if not nested and not (high < other_low or other_high < low):
                yield f"{one} and {other} overlap"


class Plain:
    """The history as one would write it on paper: for every day the whole tree."""

    def __init__(self, superuser, house):
        self.now = {
            row[0]: (row[1], row[2])
            for row in superuser.execute("select id, parent_id, name from directory_union")
        }
        self.days = {}
        self.house = house

    def on(self, day):
        earlier = [known for known in self.days if known <= day]
        return self.days[max(earlier)] if earlier else self.first

    def keep(self, day):
        self.days[day] = dict(self.now)

    def below(self, top):
        found = {top}
        while True:
            more = {one for one, (parent, _) in self.now.items() if parent in found} - found
            if not more:
                return found
            found |= more


def apply(actor, plain, change, day, count):
    """One change, on the model and on the database; both refuse or neither."""
    verb, first, second, _ = change
    alive = sorted(plain.now)
    one, other = alive[first % len(alive)], alive[second % len(alive)]
    root = next(number for number, (parent, _) in plain.now.items() if parent is None)
    if verb == "found":
        new = unions.NewUnion(f"new{count}", f"新{count}", "branch")
        made = unions.found_union(actor, new, parent_id=one, on=day)
        plain.now[made] = (one, new.name)
    elif verb == "rename":
        unions.rename_union(actor, one, f"改名{count}", on=day)
        plain.now[one] = (plain.now[one][0], f"改名{count}")
    elif verb == "move":
        if one == root or other in plain.below(one):
            if plain.now[one][0] != other:
                with pytest.raises(Refusal):
                    unions.move_union(actor, one, other, on=day)
            return
        unions.move_union(actor, one, other, on=day)
        plain.now[one] = (other, plain.now[one][1])
    elif verb == "merge":
        if one == root or other in plain.below(one):
            with pytest.raises(Refusal):
                unions.merge_unions(actor, one, other, on=day)
            return
        unions.merge_unions(actor, one, other, on=day)
        for child, (parent, name) in list(plain.now.items()):
            if parent == one:
                plain.now[child] = (other, name)
        del plain.now[one]
    else:
        try:
            unions.dissolve_union(actor, one, on=day)
        except Refusal:
            return
        assert plain.below(one) == {one}
        del plain.now[one]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(CHANGES)
def test_random_changes_keep_the_tree_and_its_history(house, connect, changes):
    superuser = connect("superuser", autocommit=True)
    persons = superuser.execute(
        "select count(distinct person_id) from directory_employment where ends_before is null"
    ).fetchone()
    number = superuser.execute("select count(*) from directory_union").fetchone()[0]
    alive = superuser.execute(
        "select u.id, u.parent_id, u.name from directory_union u where ends_before is null"
    ).fetchall()
    plain = Plain(superuser, house)
    plain.now = {one: (parent, name) for one, parent, name in alive}
    plain.first = dict(plain.now)
    # Examples go on from where the last one left off, so their days come after its days.
    (latest,) = superuser.execute(
        "select max(greatest(starts_on, coalesce(ends_before, starts_on))) from directory_unionspan"
    ).fetchone()
    day = max(START, latest) + timedelta(days=1)
    begun = day
    for count, change in enumerate(changes):
        day += timedelta(days=1 + change[3])
        apply(house.clerk, plain, change, day, number * 100 + count)
        plain.keep(day)
        assert list(complaints(shape(superuser))) == []
    for offset in range((day - begun).days + 2):
        asked = begun + timedelta(days=offset)
        answered = {
            one: (said.parent_id, said.name)
            for one, said in tree.tree_on(house.clerk, asked).items()
        }
        assert answered == plain.on(asked)
    still = superuser.execute(
        "select count(distinct person_id) from directory_employment where ends_before is null"
    ).fetchone()
    assert still == persons
    superuser.close()


@pytest.mark.parametrize(
    "rows",
    [
        [(1, None, 1, 3, None), (2, 1, 2, 2, None), (3, 2, 3, 3, None)],
        [(1, None, 1, 4, None), (2, 1, 2, 3, None), (3, 1, 3, 4, None), (4, 1, 4, 4, None)],
        [(1, 2, 1, 2, None), (2, 1, 2, 2, None)],
        [(1, None, 1, 3, None), (2, 1, 3, 3, None)],
    ],
)
def test_the_check_sees_what_is_wrong(rows):
    assert list(complaints(rows))


def test_two_move_each_under_the_other_at_once(house, connect):
    superuser = connect("superuser", autocommit=True)
    a, b, city = (house.union[code] for code in ("county_a", "county_b", "city"))
    for turn in range(10):
        day = START + timedelta(days=2 * turn + 1)
        said = at_once(
            lambda day=day: unions.move_union(house.clerk, a, b, on=day),
            lambda day=day: unions.move_union(house.head, b, a, on=day),
        )
        assert sorted(type(one).__name__ for one in said) == ["NoneType", "Refusal"], said
        assert list(complaints(shape(superuser))) == []
        moved = a if said[0] is None else b
        unions.move_union(house.clerk, moved, city, on=day + timedelta(days=1))


def test_two_change_the_tree_in_different_places_at_once(house, connect):
    superuser = connect("superuser", autocommit=True)
    for turn in range(5):
        day = START + timedelta(days=turn)
        said = at_once(
            lambda day=day: unions.move_union(
                house.clerk, house.union["unit_a"], house.union["unit_a2"], on=day
            ),
            lambda turn=turn, day=day: unions.found_union(
                house.head,
                unions.NewUnion(f"new{turn}", "新", "branch"),
                parent_id=house.union["unit_b"],
                on=day,
            ),
            lambda day=day, turn=turn: unions.rename_union(
                house.county_clerk_a, house.union["unit_a"], f"甲{turn}", on=day
            ),
        )
        assert said == [None, None, None]
        assert list(complaints(shape(superuser))) == []
        unions.move_union(house.clerk, house.union["unit_a"], house.union["county_a"], on=day)


def test_two_merge_into_one_another_at_once(house, connect):
    superuser = connect("superuser", autocommit=True)
    a, b = house.union["unit_a"], house.union["unit_b"]
    said = at_once(
        lambda: unions.merge_unions(house.clerk, a, b, on=START),
        lambda: unions.merge_unions(house.head, b, a, on=START),
    )
    assert sorted(type(one).__name__ for one in said) == ["NoneType", "Refusal"], said
    assert list(complaints(shape(superuser))) == []


def test_two_found_the_same_union_at_once(house):
    new = unions.NewUnion("same", "同一个", "branch")
    said = at_once(
        *(
            lambda actor=actor: unions.found_union(
                actor, new, parent_id=house.union["city"], on=START
            )
            for actor in (house.clerk, house.head)
        )
    )
    assert sorted(type(one).__name__ for one in said) == ["NoneType", "Refusal"], said


def test_rings_by_hand_at_once_are_refused_by_the_database(house, connect, sql_as_web):
    """Past the services: whoever comes second sees what the first one did, and is stopped."""
    import psycopg

    superuser = connect("superuser", autocommit=True)
    pairs = (("county_a", "county_b"), ("county_b", "county_a"))
    connections = [sql_as_web(actor) for actor in (house.clerk, house.head)]

    def move(connection, below, above):
        connection.execute(
            "update directory_union set parent_id = (select id from directory_union"
            " where code = %s) where code = %s",
            [above, below],
        )
        connection.execute(
            "update directory_unionspan set ends_before = '2022-01-01' where union_id = "
            "(select id from directory_union where code = %s)",
            [below],
        )
        connection.execute(
            "insert into directory_unionspan (union_id, parent_id, name, kind, starts_on)"
            " select id, parent_id, name, kind, '2022-01-01' from directory_union where code = %s",
            [below],
        )
        connection.commit()

    said = at_once(
        *(
            lambda connection=connection, pair=pair: move(connection, *pair)
            for connection, pair in zip(connections, pairs, strict=True)
        )
    )
    assert sum(one is None for one in said) <= 1
    assert all(one is None or isinstance(one, psycopg.Error) for one in said)
    assert list(complaints(shape(superuser))) == []


def test_an_officers_sight_after_every_move(house, sql_as_web):
    worker = house.person["worker_b"]
    places = [house.union[code] for code in ("county_a", "unit_a", "county_b")]
    seeing = {"county_a": house.county_clerk_a, "unit_a": house.officer_a}
    for step, place in enumerate(places):
        unions.move_union(
            house.clerk, house.union["unit_b"], place, on=START + timedelta(days=step)
        )
        above = {line.union_id for line in tree.ancestors(house.clerk, house.union["unit_b"])}
        for code, actor in seeing.items():
            rows = sql_as_web(actor).execute("select id from directory_person").fetchall()
            assert ((worker,) in rows) == (house.union[code] in above)
    with house.clerk.transaction():
        assert models.UnionSpan.objects.filter(union_id=house.union["unit_b"]).count() == 4
