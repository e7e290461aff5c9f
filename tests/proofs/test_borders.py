"""No officer reads, writes, counts or guesses a row of another unit: every table, every verb.

Raw SQL under ``web``, each attempt in a transaction that was really entered. The rows are written
by a superuser with constraints off, one for each table and unit, so that a table added tomorrow is
attacked, too: it only has to say what a row of it looks like, where that cannot be made up.
"""

import json
import re
from dataclasses import dataclass

import psycopg
import pytest

UNITS = {"unit_a": "worker_a", "unit_b": "worker_b"}
FOREIGN = {  # who must not reach which unit's rows
    "officer_a": ("unit_b",),
    "officer_b": ("unit_a",),
    "officer_a2": ("unit_a", "unit_b"),
    "county_clerk_a": ("unit_b",),
    "county_clerk_b": ("unit_a",),
    "chair_a": ("unit_b",),
}
BASE = 900_000  # ids of the planted rows: BASE + 1 in unit_a, BASE + 2 in unit_b

TABLES = """
select c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'public' and c.relkind = 'r' order by 1"""

COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       (select confrelid::regclass::text from pg_constraint k
         where k.conrelid = a.attrelid and k.contype = 'f' and a.attnum = any(k.conkey) limit 1),
       a.attgenerated <> ''
  from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
 order by a.attnum"""

# Answers that would be a success, or would tell that such a row is there: a unique, foreign or
# exclusion key. A trigger may well refuse before the policy does.
TELLING = ("done", "23505", "23503", "23P01")

# What a row must be like besides does not matter here: the borders come before.
CHECKS = """
select format('alter table %s drop constraint %I', conrelid::regclass, conname)
  from pg_constraint where contype in ('c', 'x') and connamespace = 'public'::regnamespace"""

# What cannot be made up from the type alone. `{n}` is 1 or 2, the unit's number.
SAMPLES = {
    "directory_union": None,  # the house has its own; structure, readable by all
    "mutualaid_rosterfile": {"state": "checked", "booked_by_id": None, "booked_at": None},
    "mutualaid_enrolment": {
        "period_from": "2022-01-01",
        "period_until": "2023-01-01",
        "starts_on": "2022-01-01",
        "ends_before": "2023-01-01",
        "cancelled": False,
    },
    "mutualaid_sample": {"ends_before": "2022-01-01"},
}

BY_TYPE = {
    "bigint": "{n}",
    "integer": "1",
    "smallint": "1",
    "text": "'x{n}'",
    "boolean": "false",
    "date": "date '2021-06-01'",
    "timestamp with time zone": "now()",
    "bytea": "'\\x0{n}'::bytea",
    "jsonb": "'{{}}'::jsonb",
    "text[]": "array['x']",
    "bigint[]": "array[1::bigint]",
    "uuid": "gen_random_uuid()",
    "interval": "interval '1 hour'",
    "smallint[]": "array[1::smallint]",
    "integer[]": "array[1]",
    "bytea[]": "array['x'::bytea]",
    "xid8": "pg_current_xact_id()",
}


@dataclass
class Planted:
    """A table with one row in each unit."""

    table: str
    key: str
    rows: dict


def placed_tables(connection):
    for table, comment in connection.execute(TABLES).fetchall():
        if re.match(r"class=(personal|money|business)", comment):
            yield table


def plant(superuser, house, table):
    """One row for each unit, past every constraint. The table's key column is returned, too."""
    columns = superuser.execute(COLUMNS, [table]).fetchall()
    names = [name for name, *_ in columns]
    key = "id" if "id" in names else names[0]
    said = SAMPLES.get(table) or {}
    for number, (unit, worker) in enumerate(UNITS.items(), 1):
        values = {}
        for name, kind, needed, refers, generated in columns:
            if generated:
                continue
            if name in said:
                values[name] = literal(said[name], number)
            elif name == key and kind == "bigint" and refers is None:
                values[name] = str(BASE + number)
            elif refers == "directory_union":
                values[name] = str(house.union[unit])
            elif refers == "directory_person":
                values[name] = str(house.person[worker])
            elif not needed and (name == "ends_before" or refers):
                values[name] = "null"
            elif refers and kind == "bigint":
                values[name] = str(BASE + number)
            elif kind in BY_TYPE:
                values[name] = BY_TYPE[kind].format(n=number)
            elif needed:
                raise AssertionError(f"{table}.{name}: say in SAMPLES what a {kind} looks like")
        superuser.execute(
            f"insert into {table} ({quoted(values)}) values ({', '.join(values.values())})"
        )
    rows = dict.fromkeys(UNITS)
    for number, unit in enumerate(UNITS, 1):
        rows[unit] = BASE + number
    if key != "id":
        rows = {unit: house.person[worker] for unit, worker in UNITS.items()}
    return Planted(table, key, rows)


def quoted(columns):
    return ", ".join(f'"{name}"' for name in columns)


def literal(value, number):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        value = json.dumps(value)
    return "'" + str(value).format(n=number).replace("'", "''") + "'"


@pytest.fixture
def planted(house, connect):
    superuser = connect("superuser")
    superuser.execute("set session_replication_role = replica")
    for statement in superuser.execute(CHECKS).fetchall():
        superuser.execute(statement[0])
    tables = [
        plant(superuser, house, table)
        for table in placed_tables(superuser)
        if table not in ("directory_person", "directory_employment", "directory_post")
        if SAMPLES.get(table, {}) is not None
    ]
    people = {unit: house.person[worker] for unit, worker in UNITS.items()}
    tables.append(Planted("directory_person", "id", people))
    tables.append(Planted("directory_employment", "person_id", people))
    posts = {"unit_a": house.person["officer_a"], "unit_b": house.person["officer_b"]}
    tables.append(Planted("directory_post", "person_id", posts))
    superuser.commit()
    return tables


def attempts(planted, row):
    """Statements that must reach nothing: (verb, statement)."""
    table, key = planted.table, planted.key
    yield "read", f"select {key} from {table} where {key} = {row}"
    yield "count", f"select 1 from {table} where {key} = {row} group by {key} having count(*) > 0"
    yield "lock", f"select {key} from {table} where {key} = {row} for update"
    yield "update", f"update {table} set {key} = {key} where {key} = {row} returning 1"
    yield "delete", f"delete from {table} where {key} = {row} returning 1"


def reached(web, actor, planted, row):
    """The verbs by which an actor reaches a row."""
    found = []
    for verb, statement in attempts(planted, row):
        with web.transaction(force_rollback=True):
            web.execute("select gate.enter(%s, %s)", [actor.token, actor.union_id])
            try:
                with web.transaction():
                    if web.execute(statement).fetchall():
                        found.append(verb)
            except psycopg.errors.InsufficientPrivilege:
                continue
    return found


def copied_in(superuser, web, actor, planted, row):
    """The answer to an attempt to insert a copy of a foreign row: its SQL state, or "done"."""
    columns = [
        name
        for name, _kind, _needed, _refers, generated in superuser.execute(COLUMNS, [planted.table])
        if not generated and name != "id"
    ]
    if planted.key != "id":
        return "42501"  # keyed by the person: covered by update
    as_text = ", ".join(f'"{name}"::text' for name in columns)
    values = superuser.execute(
        f"select {as_text} from {planted.table} where id = %s",
        [row],
    ).fetchone()
    with web.transaction(force_rollback=True):
        web.execute("select gate.enter(%s, %s)", [actor.token, actor.union_id])
        try:
            with web.transaction():
                web.execute(
                    f"insert into {planted.table} ({quoted(columns)})"
                    f" values ({', '.join(['%s'] * len(columns))})",
                    values,
                )
        except psycopg.Error as error:
            return error.sqlstate
    return "done"


def test_no_row_of_another_unit_is_reached_by_any_verb(planted, house, connect):
    web = connect("web")
    leaks = [
        (who, table.table, verb)
        for who, units in FOREIGN.items()
        for table in planted
        for unit in units
        for verb in reached(web, getattr(house, who), table, table.rows[unit])
    ]
    assert leaks == []


def test_no_row_is_slipped_into_another_unit(planted, house, connect):
    web, superuser = connect("web"), connect("superuser")
    answers = {
        (who, table.table, unit): copied_in(
            superuser, web, getattr(house, who), table, table.rows[unit]
        )
        for who, units in FOREIGN.items()
        for table in planted
        for unit in units
    }
    assert {place: said for place, said in answers.items() if said in TELLING} == {}


def test_counting_everything_counts_ones_own(planted, house, sql_as_web):
    connection = sql_as_web(house.officer_a2)  # her unit has no planted row
    counts = {}
    for table in planted:
        try:
            with connection.transaction():
                row = connection.execute(
                    f"select count(*) from {table.table} where {table.key} = any(%s)",
                    [list(table.rows.values())],
                ).fetchone()
                counts[table.table] = row[0]
        except psycopg.errors.InsufficientPrivilege:
            counts[table.table] = 0
    assert {table: count for table, count in counts.items() if count} == {}


def test_the_same_answer_for_foreign_and_for_nobody(planted, house, connect):
    """An error must not tell whether a person of another unit exists."""
    web = connect("web")
    foreign, nobody = house.person["worker_b"], 7_777_777
    told = {}
    for table in ("directory_personcontact", "directory_hardship", "directory_post"):
        answers = set()
        for person in (foreign, nobody):
            with web.transaction(force_rollback=True):
                web.execute("select gate.enter(%s)", [house.chair_a.token])
                try:
                    with web.transaction():
                        web.execute(
                            f"insert into {table} (person_id, union_id) values (%s, %s)",
                            [person, house.union["unit_a"]],
                        )
                    answers.add("done")
                except psycopg.Error as error:
                    answers.add((error.sqlstate, str(error).replace(str(person), "?")))
        told[table] = answers
    assert {table: said for table, said in told.items() if len(said) > 1} == {}


def test_whoever_entered_nothing_reaches_nothing(planted, connect):
    web = connect("web")
    for table in planted:
        for row in table.rows.values():
            for verb, statement in attempts(table, row):
                try:
                    with web.transaction(force_rollback=True):
                        assert web.execute(statement).fetchall() == [], (table.table, verb)
                except psycopg.errors.InsufficientPrivilege:
                    continue


# Controls: the attack finds what has really been left open.

BREAKS = {
    "no row security": "alter table directory_personcontact disable row level security",
    "a policy for everybody": "create policy open on directory_personcontact using (true)",
}


@pytest.mark.parametrize("broken", BREAKS)
def test_control_a_table_left_open_is_reached(planted, house, connect, broken):
    owner = connect("owner", autocommit=True)
    owner.execute(BREAKS[broken])
    contact = next(one for one in planted if one.table == "directory_personcontact")
    assert reached(connect("web"), house.officer_a, contact, contact.rows["unit_b"])


def test_control_a_scope_that_outlives_its_transaction_would_pass_in_one_big_transaction(
    house, connect
):
    """Why every test here commits or really begins anew: a scope of an earlier, larger
    transaction is still there in a savepoint, and gone after a commit."""
    web = connect("web")
    web.execute("select gate.enter(%s)", [house.clerk.token])
    with web.transaction():
        assert web.execute("select count(*) from directory_person").fetchone()[0] > 0
    web.commit()
    assert web.execute("select count(*) from directory_person").fetchone()[0] == 0


def test_control_a_view_of_the_owner_sees_past_the_borders(house, connect):
    owner, web = connect("owner", autocommit=True), connect("superuser", autocommit=True)
    web.execute("create view everybody as select name from directory_person")
    web.execute("grant select on everybody to web")
    seen = connect("web").execute("select count(*) from everybody").fetchone()[0]
    assert seen > 0
    assert owner.execute("select count(*) from directory_person").fetchone()[0] == 0
