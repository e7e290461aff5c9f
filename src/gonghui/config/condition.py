"""How an installation is doing, for `gonghui status`: nothing is started and nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from gonghui.config.backup import conninfo
from gonghui.config.cluster import Cluster
from gonghui.config.environment import Environment
from gonghui.config.installation import keys_of, parameters
from gonghui.doors.cli.language import _

SECONDS_WITHOUT_A_SIGN = 60
"""After this long a worker that says nothing is taken for dead, and its jobs for stalled."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing worth knowing. ``well`` is False where somebody should act."""

    label: str
    said: str
    well: bool = True


def condition(environment: Environment) -> Iterator[Line]:
    """Line by line, the server first."""
    yield Line(_("folder"), str(environment.home))
    running = True
    if environment.database is None:
        status = Cluster(environment.home).status()
        running = status.running
        yield _server(status.made, status.process)
    if running:
        yield from _database(environment)
    for name, key in keys_of(environment).items():
        there = key.file.exists()
        label = _("keys of {what}").format(what=_(name))
        yield Line(label, str(key.file) if there else _("missing"), there)


def _server(made: bool, process: int | None) -> Line:
    label = _("database server")
    if process is not None:
        return Line(label, _("running, process {process}").format(process=process))
    return Line(label, _("stopped") if made else _("not made yet: gonghui up"), False)


def _database(environment: Environment) -> Iterator[Line]:
    try:
        with psycopg.connect(conninfo(parameters(environment, "keeper"))) as keeper:
            yield Line("PostgreSQL", str(keeper.info.server_version // 10_000))
            yield Line(_("database"), _place(keeper.info.dsn))
            yield Line(
                _("size"),
                _one(keeper, "SELECT pg_size_pretty(pg_database_size(current_database()))"),
            )
            yield _migrations()
            yield from _trail(keeper)
            yield from _jobs(keeper)
    except psycopg.OperationalError as error:
        yield Line(_("database"), str(error).strip().partition("\n")[0], False)


def _place(dsn: str) -> str:
    said = conninfo_to_dict(dsn)
    return f"{said.get('dbname')} @ {said.get('host', '')}"


def _one(keeper: psycopg.Connection, query: str) -> str:
    row = keeper.execute(query).fetchone()
    return str(row[0]) if row else ""


def _there(keeper: psycopg.Connection, *tables: str) -> bool:
    query = "SELECT bool_and(to_regclass(one) IS NOT NULL) FROM unnest(%s::text[]) AS one"
    row = keeper.execute(query, ([f"public.{table}" for table in tables],)).fetchone()
    return bool(row and row[0])


def _migrations() -> Line:
    from gonghui.config.installation import pending_migrations

    pending = pending_migrations()
    label = _("migrations")
    if pending:
        said = _("{count} to be done, the first is {first}: gonghui up")
        return Line(label, said.format(count=len(pending), first=pending[0]), False)
    return Line(label, _("all done"))


def _trail(keeper: psycopg.Connection) -> Iterator[Line]:
    """Entries nobody has sealed yet: until then a tampering would not show."""
    if not _there(keeper, "audit_event", "audit_change", "audit_block"):
        return
    unsealed = _one(
        keeper,
        "SELECT (SELECT count(*) FROM public.audit_event) + (SELECT count(*) FROM"
        " public.audit_change) - (SELECT coalesce(max(last), 0) FROM public.audit_block)",
    )
    yield Line(_("audit trail"), _("{count} entries not sealed yet").format(count=unsealed))


def _jobs(keeper: psycopg.Connection) -> Iterator[Line]:
    if not _there(keeper, "procrastinate_jobs", "procrastinate_workers"):
        return
    row = keeper.execute(
        "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed'),"
        " count(*) FILTER (WHERE status = 'doing' AND NOT coalesce(w.last_heartbeat"
        "  > now() - make_interval(secs => %s), false))"
        " FROM public.procrastinate_jobs j LEFT JOIN public.procrastinate_workers w"
        "  ON w.id = j.worker_id",
        (SECONDS_WITHOUT_A_SIGN,),
    ).fetchone()
    assert row
    waiting, failed, stalled = row
    said = _("{waiting} waiting, {stalled} stalled, {failed} failed")
    yield Line(
        _("jobs"),
        said.format(waiting=waiting, stalled=stalled, failed=failed),
        not stalled and not failed,
    )
