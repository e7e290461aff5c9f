"""Real PostgreSQL for tests: one cluster, one migrated template, a clone for each test.

A test connects as ``web``, as the programme does, and may commit: nothing it does is seen by
another. ``house`` has a small cast in it, among them one who must see nothing.
"""

import contextlib
import fcntl
import hashlib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from gonghui.config.cluster import Cluster
from gonghui.config.roles import create_database, create_roles

ROOT = Path(__file__).parent.parent
MEMORY = Path("/dev/shm")
ENOUGH = 4 * 2**30  # bytes


def home_of_tests():
    """Where the server of the tests lives: in memory where there is enough of it.

    Its settings are the safe ones all the same; what fsync costs there is little.
    """
    said = os.environ.get("GONGHUI_TEST_HOME")
    if said:
        return Path(said)
    with contextlib.suppress(OSError):
        room = os.statvfs(MEMORY)
        if os.access(MEMORY, os.W_OK) and room.f_bavail * room.f_frsize > ENOUGH:
            mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
            return MEMORY / f"gonghui-tests-{os.getuid()}-{mark}"
    return ROOT / ".cache" / "test-home"


HOME = home_of_tests()
SINCE = "2021-01-01"
SECRET = "the secret of this test"  # each account's, stretched once

UNIONS = (
    ("city", None, "city", "示例市总工会"),
    ("county_a", "city", "county", "东县总工会"),
    ("county_b", "city", "county", "西县总工会"),
    ("unit_a", "county_a", "grassroots", "甲厂工会"),
    ("unit_a2", "county_a", "grassroots", "乙厂工会"),
    ("unit_b", "county_b", "grassroots", "丙矿工会"),
    ("branch_b1", "unit_b", "branch", "丙矿一车间分工会"),
)
CAST = (
    # who, works in, post, where
    ("founder", "city", "administrator", "city"),
    ("head", "city", "office_head", "city"),
    ("clerk", "city", "office_clerk", "city"),
    ("second_clerk", "city", "office_clerk", "city"),
    ("accountant", "city", "accountant", "city"),
    ("cashier", "city", "cashier", "city"),
    ("auditor", "city", "auditor", "city"),
    ("county_clerk_a", "county_a", "county_clerk", "county_a"),
    ("county_clerk_b", "county_b", "county_clerk", "county_b"),
    ("officer_a", "unit_a", "unit_officer", "unit_a"),
    ("officer_a2", "unit_a2", "unit_officer", "unit_a2"),
    ("officer_b", "unit_b", "unit_officer", "unit_b"),
    ("chair_a", "unit_a", "unit_chair", "unit_a"),
    ("worker_a", "unit_a", None, None),  # has an account, but no post: sees nothing
    ("worker_b", "unit_b", None, None),
)


def migrations_hash():
    """Changes with every migration and everything that writes SQL for one."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    source = ROOT / "src" / "gonghui"
    files = [*source.rglob("migrations/*.py"), *source.rglob("*_sql.py")]
    files += [source / "ground/borders/protect.py", source / "ground/borders/policies.py"]
    files += [source / "config/settings.py", source / "config/roles.py"]
    files += [source / "ground/directory/post_kinds.yaml"]
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def turn(name, kind=fcntl.LOCK_EX):
    """One process at a time."""
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / name, "a", encoding="ascii") as file:
        fcntl.flock(file, kind)
        yield file


@pytest.fixture(scope="session")
def cluster():
    """The server of all tests, with safe settings; stopped by the last who uses it."""
    with open(_made(HOME) / "users", "a", encoding="ascii") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server = Cluster(HOME, {"max_wal_size": "512MB"})
        with turn("making"):
            server.start()
            with psycopg.connect(**server.superuser(), autocommit=True) as superuser:
                create_roles(superuser, server.passwords())
        yield server
        fcntl.flock(users, fcntl.LOCK_UN)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            server.stop()


def _made(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def django_ready(cluster):
    """Django on the tests' cluster, with keys of the tests, never those of whoever runs them."""
    import django

    from gonghui.doors.web.catalogue import compile_catalogue

    said = {
        "DATABASE_URL": cluster.url("web", "nowhere"),
        "DATABASE_OWNER_URL": cluster.url("owner", "nowhere"),
        "DATABASE_KEEPER_URL": cluster.url("keeper", "nowhere"),
        "GONGHUI_HOME": str(HOME),
        "GONGHUI_SECRET_KEY": "a key of the tests",
    }
    before = {name: os.environ.get(name) for name in (*said, "DJANGO_SETTINGS_MODULE")}
    os.environ.update(said, DJANGO_SETTINGS_MODULE="gonghui.config.settings")
    with turn("making"):
        compile_catalogue(HOME / "cache" / "locale")
    django.setup()
    from django.conf import settings

    assert HOME == settings.HOME
    with turn("making"):
        from gonghui.ground.vault.keyring import keyring_path, make_keyring

        if not keyring_path(HOME, {}).exists():
            make_keyring(keyring_path(HOME, {}))
    for name in said:  # for commands that tests start as processes of their own
        _restore(name, before[name])


def _restore(name, value):
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def use(name):
    """From here on Django's connections are to this database."""
    from django.db import connections

    for alias in ("default", "owner", "keeper"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _drop(cluster, name):
    with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
        superuser.execute(f'drop database if exists "{name}" with (force)')


def _clone(cluster, template, name):
    with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
        create_database(superuser, name, template=template)


def _there(cluster, name):
    with psycopg.connect(**cluster.superuser()) as superuser:
        row = superuser.execute("select from pg_database where datname = %s", [name]).fetchone()
    return row is not None


@pytest.fixture(scope="session")
def template(cluster, django_ready):
    """A database with every migration done as ``owner``; made once for the migrations there are."""
    from django.core.management import call_command

    name = f"empty_{migrations_hash()}"
    with turn("making"):
        if not _there(cluster, name):
            _forget_older(cluster)
            half = f"{name}_half"
            _drop(cluster, half)
            with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
                create_database(superuser, half)
            use(half)
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            use("nowhere")
            _rename(cluster, half, name)
    return name


def _rename(cluster, half, name):
    with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
        superuser.execute(f'alter database "{half}" rename to "{name}"')


def _forget_older(cluster):
    """Databases that no test of today can use: templates of other migrations, clones left over."""
    with psycopg.connect(**cluster.superuser(), autocommit=True) as superuser:
        rows = superuser.execute(
            "select datname from pg_database where datname ~ '^(empty|house)_' and not exists"
            " (select from pg_stat_activity a where a.datname = pg_database.datname)"
        ).fetchall()
        for (name,) in rows if len(rows) > 8 else []:
            with contextlib.suppress(psycopg.Error):  # somebody clones from it this moment
                superuser.execute(f'drop database if exists "{name}"')


@pytest.fixture(scope="session")
def house_template(cluster, template):
    """The template with a federation, two counties, three units and their people in it."""
    name = f"house_{migrations_hash()}"
    with turn("making"):
        if not _there(cluster, name):
            half = f"{name}_half"
            _drop(cluster, half)
            _clone(cluster, template, half)
            with psycopg.connect(**cluster.superuser(half)) as superuser:
                furnish(superuser)
            _rename(cluster, half, name)
    return name


def furnish(superuser):
    """The cast, written past every border."""
    from gonghui.ground.accounts.secrets import stretch
    from gonghui.ground.directory.models.kinds import read_post_kinds

    salt = b"salt of the test"
    verifier = hashlib.sha256(stretch(SECRET, salt)).digest()
    for kind in read_post_kinds():
        superuser.execute(
            "insert into directory_postkind (code, name, permissions, writes)"
            " values (%(code)s, %(name)s, %(permissions)s, %(writes)s)",
            kind,
        )
    unions = {None: None}
    for code, parent, kind, name in UNIONS:
        row = superuser.execute(
            "insert into directory_union (code, name, kind, parent_id, low, high, credit_code,"
            " unit_class, starts_on) values (%s, %s, %s, %s, 0, 0, '', '', %s) returning id",
            [code, name, kind, unions[parent], SINCE],
        ).fetchone()
        unions[code] = row[0]
        superuser.execute(
            "insert into directory_unionspan (union_id, parent_id, name, kind, starts_on)"
            " values (%s, %s, %s, %s, %s)",
            [unions[code], unions[parent], name, kind, SINCE],
        )
    for who, works_in, post, where in CAST:
        person = superuser.execute(
            "insert into directory_person (public_id, name, name_folded, name_pinyin, sex)"
            " values (gen_random_uuid(), %s, %s, '', '') returning id",
            [who, who],
        ).fetchone()[0]
        superuser.execute(
            "insert into directory_employment (person_id, union_id, name_as_written, category,"
            " staff_number, starts_on) values (%s, %s, %s, '', '', %s)",
            [person, unions[works_in], who, SINCE],
        )
        if post:
            superuser.execute(
                "insert into directory_post (person_id, union_id, kind_id, starts_on)"
                " values (%s, %s, %s, %s)",
                [person, unions[where], post, SINCE],
            )
        superuser.execute(
            "with a as (insert into accounts_account (person_id, login, salt, verifier, wrong,"
            " opened_at) values (%s, %s, %s, %s, 0, now()) returning id)"
            " insert into accounts_session (account_id, token_hash, kind, opened_at, expires_at)"
            " select id, sha256(convert_to(%s, 'UTF8')), 'session', now(),"
            " now() + interval '9 years' from a",
            [person, who, salt, verifier, f"token of {who}"],
        )


@pytest.fixture
def database(request, cluster, template):
    """A clone of the empty template, for one test; Django's connections lead to it."""
    yield from _for_one_test(request, cluster, template)


@dataclass
class House:
    """The cast by name: ``house.clerk`` is an Actor, ``house.union["unit_a"]`` an id."""

    database: str
    union: dict = field(default_factory=dict)
    person: dict = field(default_factory=dict)

    def __getattr__(self, name):
        from gonghui.ground.borders.scope import Actor

        if name not in self.person:
            raise AttributeError(name)
        return Actor(f"token of {name}")


@pytest.fixture
def house(request, cluster, house_template):
    """A clone with the cast."""
    for name in _for_one_test(request, cluster, house_template):
        with psycopg.connect(**cluster.superuser(name)) as superuser:
            unions = superuser.execute("select code, id from directory_union").fetchall()
            persons = superuser.execute("select login, person_id from accounts_account").fetchall()
        yield House(name, dict(unions), dict(persons))


def _for_one_test(request, cluster, template):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    test = re.sub(r"\W+", "_", request.node.name)[:20]
    name = f"t_{os.getpid()}_{worker}_{test}_{os.urandom(3).hex()}".lower()
    _clone(cluster, template, name)
    use(name)
    try:
        yield name
    finally:
        use("nowhere")
        _drop(cluster, name)


@pytest.fixture
def connect(request, cluster):
    """``connect("keeper")``: a raw connection to the test's database as a role, or "superuser"."""
    with contextlib.ExitStack() as stack:

        def connected(role, **options):
            from django.db import connections

            name = connections["default"].settings_dict["NAME"]
            said = cluster.superuser(name)
            if role != "superuser":
                said = cluster.parameters(role, name)
            return stack.enter_context(contextlib.closing(psycopg.connect(**said, **options)))

        yield connected


@pytest.fixture
def sql_as_web(connect):
    """``sql_as_web(actor)``: a raw connection as ``web`` in a transaction in the actor's scope."""

    def entered(actor=None):
        connection = connect("web")
        if actor is not None:
            connection.execute("select gate.enter(%s, %s)", [actor.token, actor.union_id])
        return connection

    return entered


@pytest.fixture
def as_owner(connect):
    """A raw connection as ``owner``."""
    return connect("owner")


@pytest.fixture
def as_keeper(connect):
    """A raw connection as ``keeper``."""
    return connect("keeper")
