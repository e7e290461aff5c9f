"""A superuser forges the trail in the database, triggers off; the export is found to be forged.

The same twelve kinds as in ``forgeries``, but where a forger would really sit. What is exported is
what stands there then; only the head was kept outside.
"""

from __future__ import annotations

import hashlib
import random
import shutil

import pytest

from gonghui.ground.audit.services.checking import check_trail
from gonghui.ground.audit.services.events import record
from gonghui.ground.audit.signing import make_key
from tests.ground.audit.judging import TRIES, verdict

TABLES = ("audit_event", "audit_change", "audit_block", "audit_head")
ROUNDS = 4


class Scene:
    """A city with some sealed blocks, its head outside, and a superuser who stops at nothing."""

    def __init__(self, house, superuser, keeper, folder):
        self.house, self.superuser, self.keeper, self.folder = house, superuser, keeper, folder
        self.key = make_key(folder / "keys")
        self.roster = folder / "roster.xlsx"
        self.roster.write_bytes(b"the roster")
        superuser.execute("set session_replication_role = replica")
        superuser.execute("create schema saved")
        self.live(ROUNDS)
        self.save("other_city")
        self.empty()
        self.live(ROUNDS - 2)
        self.save("old")
        self.live(2)
        self.head = folder / "head.txt"
        self.keep_head()
        self.save("true")

    def live(self, rounds):
        from gonghui.ground.audit.services import reading, sealing

        for turn in range(rounds):
            with self.house.clerk.transaction():
                for place in range(12):
                    record("roster.checked", subject="test", subject_id=place)
                seen = self.house.person["worker_a"]
                record("number.shown", person_seen=seen, purpose="核对领款人")
                booked = hashlib.sha256(self.roster.read_bytes()).digest()
                record("roster.booked", after=booked, details={"turn": turn})
            self.superuser.execute("reset session_replication_role")
            self.superuser.execute("update directory_person set name = 'x' where id = 1")
            self.superuser.execute("set session_replication_role = replica")
            while True:
                sealing.seal(self.key)
                with self.keeper.cursor() as cursor:
                    if not reading.waiting(cursor).count:
                        break

    def keep_head(self):
        from gonghui.ground.audit.services import heads, reading

        with self.keeper.cursor() as cursor:
            head, _ = reading.newest_head(cursor)
        self.head.write_text(heads.evening_sheet(head, city="示例市总工会", waiting=0), "utf-8")

    def save(self, name):
        for table in TABLES:
            self.superuser.execute(f"create table saved.{name}_{table} as table {table}")

    def empty(self):
        for table in TABLES:
            self.superuser.execute(f"delete from {table}")

    def put(self, name):
        self.empty()
        for table in TABLES:
            self.superuser.execute(f"insert into {table} select * from saved.{name}_{table}")

    def export(self):
        from gonghui.ground.audit.services.exporting import export_trail

        folder = self.folder / "export"
        shutil.rmtree(folder, ignore_errors=True)
        export_trail(folder, [self.roster])
        return folder

    def verdict(self):
        return verdict(self.export(), self.head)

    def checked(self):
        return list(check_trail(self.keeper))

    # what a forger needs

    def ids(self, table="audit_event", where="true"):
        return [
            row[0]
            for row in self.superuser.execute(f"select id from {table} where {where} order by id")
        ]

    def set(self, table, id_, **values):
        said = ", ".join(f"{name} = %({name})s" for name in values)
        key = {"audit_block": "number", "audit_head": "block"}.get(table, "id")
        self.superuser.execute(
            f"update {table} set {said} where {key} = %(key)s", {**values, "key": id_}
        )


@pytest.fixture
def scene(house, connect, tmp_path):
    return Scene(
        house, connect("superuser", autocommit=True), connect("keeper", autocommit=True), tmp_path
    )


def change(scene, draw):
    if draw.random() < 0.3:
        scene.set("audit_change", draw.choice(scene.ids("audit_change")), rows=7_777)
    else:
        field = draw.choice(["action", "subject", "request", "details"])
        forged = {"details": '{"forged":true}'}.get(field, "some.thing")
        scene.set("audit_event", draw.choice(scene.ids()), **{field: forged})


def delete(scene, draw):
    table = draw.choice(TABLES)
    key = {"audit_block": "number", "audit_head": "block"}.get(table, "id")
    rows = scene.superuser.execute(f"select {key} from {table} order by 1").fetchall()
    scene.superuser.execute(f"delete from {table} where {key} = %s", draw.choice(rows))


def insert(scene, draw):
    like = draw.choice(scene.ids())
    if draw.random() < 0.3:  # the same id a second time
        scene.superuser.execute(
            "alter table audit_event drop constraint if exists audit_event_pkey"
        )
        new = like
    else:
        new = draw.choice([-draw.randrange(1, 1_000), 1_000_000])
    scene.superuser.execute(
        "insert into audit_event select (jsonb_populate_record(e,"
        " jsonb_build_object('id', %s::bigint, 'action', 'put.in'))).*"
        " from audit_event e where id = %s",
        [new, like],
    )


def swap(scene, draw):
    one, other = draw.sample(scene.ids(where="action <> 'roster.checked' or subject_id < 5"), 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        scene.set("audit_event", old, id=new)


def cut_the_tail(scene, draw):
    first = draw.randrange(1, ROUNDS + 1)
    for table in ("audit_event", "audit_change"):
        scene.superuser.execute(
            f"delete from {table} where id in (select unnest(entries) from audit_block"
            " where number >= %s)",
            [first],
        )
    scene.superuser.execute("delete from audit_block where number >= %s", [first])
    scene.superuser.execute("delete from audit_head where block >= %s", [first])


def rewrite_from(scene, draw):
    """With the programme's own sealer, and even with its key."""
    from gonghui.ground.audit.services import sealing

    first = draw.randrange(1, ROUNDS + 1)
    ids = scene.superuser.execute(
        "select id from audit_event where id in (select unnest(entries) from audit_block"
        " where number >= %s) order by id",
        [first],
    ).fetchall()
    scene.set("audit_event", draw.choice(ids)[0], action="some.thing")
    scene.superuser.execute("delete from audit_block where number >= %s", [first])
    scene.superuser.execute("delete from audit_head where block >= %s", [first])
    sealing.seal(scene.key)


def change_a_head(scene, draw):
    forged = {
        "last": 3,
        "hash": bytes(32),
        "scheme": "sm2",
        "key": "0" * 16,
        "signature": bytes(64),
        "digest": bytes(32),
        "chain": "another",
    }
    field = draw.choice(sorted(forged))
    scene.set("audit_head", draw.randrange(1, ROUNDS + 1), **{field: forged[field]})


def change_time(scene, draw):
    table = draw.choice(TABLES)
    key = draw.randrange(1, ROUNDS + 1)
    if table in ("audit_event", "audit_change"):
        key = draw.choice(scene.ids(table))
    scene.set(table, key, at=draw.choice(["2020-01-01", "infinity"]))


def re_point_a_person(scene, draw):
    field = draw.choice(["actor_id", "person_seen"])
    ids = scene.ids(where="person_seen is not null")
    scene.set("audit_event", draw.choice(ids), **{field: scene.house.person["worker_b"]})


def replace_a_file(scene, draw):
    scene.roster.write_bytes(b"another roster %d" % draw.randrange(1_000))
    if draw.random() < 0.5:
        forged = hashlib.sha256(scene.roster.read_bytes()).digest()
        scene.superuser.execute(
            "update audit_event set after_hash = %s where after_hash is not null", [forged]
        )


def restore_an_old_backup(scene, draw):
    scene.put("old")
    if draw.random() < 0.7:
        scene.live(draw.randrange(1, 4))


def swap_two_cities(scene, draw):
    if draw.random() < 0.5:
        scene.put("other_city")
        return
    number = draw.randrange(1, ROUNDS + 1)
    scene.superuser.execute("delete from audit_block where number = %s", [number])
    scene.superuser.execute(
        "insert into audit_block select * from saved.other_city_audit_block where number = %s",
        [number],
    )
    if draw.random() < 0.5:
        for table in ("audit_event", "audit_change"):
            scene.superuser.execute(f"insert into {table} select * from saved.other_city_{table}"
                                    " on conflict do nothing")  # fmt: skip


KINDS = [
    *(change, delete, insert, swap, cut_the_tail, rewrite_from, change_a_head, change_time),
    *(re_point_a_person, replace_a_file, restore_an_old_backup, swap_two_cities),
]
ONLY_OUTSIDE = (cut_the_tail, rewrite_from, replace_a_file, restore_an_old_backup, swap_two_cities)
"""What agrees with itself: only the head, or the file itself, kept outside tells."""


def test_an_honest_trail_is_trusted(scene):
    assert scene.verdict() == ""
    assert scene.checked() == []
    scene.live(2)  # the head is older by then
    assert scene.verdict() == ""


def test_what_a_superuser_forges_is_found_in_the_export(scene):
    """All twelve kinds in one scene: making one takes longer than forging in it."""
    missed = []
    for kind in KINDS:
        for seed in range(TRIES):
            draw = random.Random(f"{kind.__name__} {seed}")
            kind(scene, draw)
            if not scene.verdict():
                missed.append((kind.__name__, seed, "verify_audit.py"))
            if kind not in ONLY_OUTSIDE and not scene.checked():
                missed.append((kind.__name__, seed, "gonghui verify"))
            scene.roster.write_bytes(b"the roster")
            scene.put("true")
    assert missed == []


def test_the_place_is_named(scene):
    victim = scene.ids(where="person_seen is not null")[0]
    number = scene.superuser.execute(
        "select first + array_position(entries, %s::bigint) - 1 from audit_block"
        " where %s = any(entries)",
        [victim, victim],
    ).fetchone()[0]
    scene.set("audit_event", victim, purpose="别的")
    assert f"entry {number}," in scene.verdict()
    assert scene.checked()[0].place == f"audit_event {victim}"


def test_what_is_broken_is_still_exported(scene):
    """However the rows look, the export is written, and judged."""
    superuser = scene.superuser
    for forgery in (
        "update audit_block set kinds = ''",
        "update audit_block set kinds = repeat('?', 99)",
        "update audit_block set entries = '{}'",
        "update audit_block set entries = array_fill(-7::bigint, array[2000])",
        "update audit_block set digests = ''",
        "update audit_block set algorithm = 'md5'",
        "update audit_block set previous = '', head = '', hash = ''",
        "update audit_block set first = -9223372036854775808, last = 9223372036854775807",
        "update audit_block set at = '-infinity'",
        "update audit_event set at = 'infinity', xid = '18446744073709551615'::xid8",
        "delete from audit_event",
        "delete from audit_block",
        "delete from audit_block where number < 3",
        "update audit_head set signature = '', at = 'infinity', algorithm = ''",
    ):
        superuser.execute(forgery)
        assert scene.verdict(), forgery
        assert scene.checked(), forgery
        scene.put("true")
    assert scene.verdict() == ""


# controls


def test_control_hashing_the_parsed_details_misses_a_rewording(scene):
    """Kept as jsonb, spaces, the order of keys and a key said twice are gone before the hash."""
    hashed = "select sha256(convert_to({}, 'UTF8')) from audit_event where id = %s"
    parsed, stored = hashed.format("details::jsonb::text"), hashed.format("details")
    victim = scene.ids(where="action = 'roster.booked'")[0]
    before = [scene.superuser.execute(query, [victim]).fetchone() for query in (parsed, stored)]
    details = scene.superuser.execute("select details from audit_event where id = %s", [victim])
    reworded = details.fetchone()[0].replace("{", "{ ")
    scene.set("audit_event", victim, details=reworded)
    after = [scene.superuser.execute(query, [victim]).fetchone() for query in (parsed, stored)]
    assert (before[0] == after[0], before[1] == after[1]) == (True, False)
    assert scene.verdict()


@pytest.mark.parametrize("kind", [cut_the_tail, rewrite_from], ids=lambda kind: kind.__name__)
def test_control_without_the_head_outside_these_are_missed(scene, kind):
    kind(scene, random.Random(0))
    trail = scene.export() / "trail.txt"
    assert verdict(trail, None) == ""
    assert verdict(trail, scene.head)
