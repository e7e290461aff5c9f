"""The commands of the machine: up, down, status, backup, restore, verify.

They act for nobody: who may run them is who may log in to the machine and read its keys.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.language import _, spoken
from gonghui.doors.cli.printing import pad, width

PASSPHRASE = "GONGHUI_PASSPHRASE"


def register(app: typer.Typer) -> None:
    app.command("up", help=_("Make or start the database, its roles, keys and tables."))(up)
    app.command("down", help=_("Stop the database server that `up` started."))(down)
    app.command("status", help=_("Say how this installation is doing."))(status)
    app.command("serve", help=_("Serve the pages until interrupted."))(serve)
    app.command("backup", help=_("Write an encrypted backup, or a copy of the keys."))(backup)
    app.command("restore", help=_("Bring a backup back into an empty folder."))(restore)
    app.command("verify", help=_("Check the whole database and say the first bad place."))(verify)


def _passphrase_option() -> Any:  # noqa: ANN401  (as typer types it)
    return typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help=_("The passphrase of the keys; otherwise GONGHUI_PASSPHRASE, or asked for."),
    )


def up(
    print_roles: Annotated[
        bool,
        typer.Option(
            "--print-roles", help=_("Only print the SQL that makes roles and database, for a DBA.")
        ),
    ] = False,
) -> None:
    if print_roles:
        from gonghui.config.roles import text_for_a_dba

        print(text_for_a_dba(), end="")
        return
    from gonghui.config.environment import environment
    from gonghui.config.installation import bring_up

    said: list[str] = []

    def say(template: str) -> None:
        if template not in said:
            said.append(template)
            print(_(template), flush=True)

    bring_up(environment(), say)
    print(_("Everything is up."))


def down() -> None:
    from gonghui.config.cluster import Cluster
    from gonghui.config.environment import environment

    here = environment()
    if here.database is not None:
        raise Refusal(
            N_("The database is not ours to stop: DATABASE_URL names it."),
            N_("Ask whoever runs that server."),
        )
    stopped = Cluster(here.home).stop()
    print(_("The database server was stopped.") if stopped else _("No database server runs."))


def status() -> int:
    from gonghui.config.condition import condition
    from gonghui.config.environment import environment
    from gonghui.config.startup import prepare_django

    prepare_django()
    lines = list(condition(environment()))
    columns = max(width(line.label) for line in lines)
    for line in lines:
        print(f"{' ' if line.well else '!'} {pad(line.label, columns)}  {line.said}")
    return 0 if all(line.well for line in lines) else 1


def serve(
    host: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help=_("Where to listen; only this machine unless said.")),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", help=_("Which port."))] = 8000,
    workers: Annotated[int, typer.Option(metavar="N", help=_("How many processes."))] = 2,
    on: Annotated[
        str,
        typer.Option(
            "--on", metavar="DAY", help=_("To look at a past year: the day on which pages act.")
        ),
    ] = "",
) -> None:
    from gonghui.config.serving import serve as serve_pages
    from gonghui.doors.cli.options import business_day

    if on:  # before the settings are read, also by the processes that serve
        os.environ["GONGHUI_BUSINESS_DAY"] = business_day("--on", on).isoformat()
    from gonghui.config.pages import LOCALE_PATHS
    from gonghui.config.startup import open_house
    from gonghui.doors.web.catalogue import compile_catalogue

    compile_catalogue(LOCALE_PATHS[0])  # first: Django reads it once, and its children inherit that
    open_house()
    print(_("The pages are at {address} (Ctrl-C ends).").format(address=f"http://{host}:{port}/"))
    sys.stdout.flush()
    serve_pages(host, port, workers)


def backup(
    target: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help=_("A new file, or a folder for it."))
    ],
    keys: Annotated[
        bool,
        typer.Option(
            "--keys", help=_("Write the keys instead, under a passphrase, to a new file.")
        ),
    ] = False,
    passphrase_file: Annotated[Path | None, _passphrase_option()] = None,
) -> None:
    from gonghui.config.environment import environment

    here = environment()
    if keys:
        from gonghui.config.backup_key import kept_keys, seal_keys, write_private
        from gonghui.ground.vault.keyring import keyring_path

        files = kept_keys(here.home / "keys", keyring_path(here.home))
        sealed = seal_keys(files, _passphrase(passphrase_file, twice=True))
        write_private(target, sealed)
        print(_("The keys are in {file}. Keep it and the passphrase apart.").format(file=target))
        return
    from gonghui.config.backup import make_backup
    from gonghui.config.backup_key import read_backup_key
    from gonghui.config.cluster import Cluster
    from gonghui.config.installation import parameters
    from gonghui.doors.cli.report.progress import underway

    key = read_backup_key(here.home / "keys")
    if here.database is None:
        Cluster(here.home).start()
    with underway(_("Backing up")):
        path, manifest = make_backup(parameters(here, "keeper"), key, target)
    words = _(
        "{rows:,} rows of {tables} tables, {size:,} bytes, read again and found right: {file}"
    )
    print(
        words.format(
            rows=sum(manifest.rows.values()),
            tables=len(manifest.rows),
            size=path.stat().st_size,
            file=path,
        )
    )
    print(_("No keys are inside; they are kept apart: gonghui backup --keys FILE."))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("A backup."))],
    keys: Annotated[
        Path, typer.Option(metavar="FILE", help=_("The keys, as `backup --keys` wrote them."))
    ],
    into: Annotated[
        Path | None, typer.Option(metavar="HOME", help=_("A new or empty folder."))
    ] = None,
    print_dump: Annotated[
        bool,
        typer.Option(
            "--print-dump", help=_("Only print the dump inside, for pg_restore on another server.")
        ),
    ] = False,
    passphrase_file: Annotated[Path | None, _passphrase_option()] = None,
) -> int:
    from gonghui.config import restore as restoring
    from gonghui.config.backup import dump_of, read_backup
    from gonghui.config.backup_key import open_keys

    kept = open_keys(keys, _passphrase(passphrase_file))
    if print_dump:
        key = restoring.backup_key_of(kept, keys)
        read_backup(file, key)
        for piece in dump_of(file, key):
            sys.stdout.buffer.write(piece)
        return 0
    if into is None:
        raise Refusal(N_("Nobody said where to."), N_("Name a new or empty folder: --into HOME."))
    from gonghui.config.installation import known_migrations
    from gonghui.config.startup import prepare_django

    prepare_django()
    manifest = restoring.restore(
        file,
        kept,
        into,
        known=known_migrations(),
        step=lambda said: print(_(said), flush=True),
    )
    print(
        _("Restored: {rows:,} rows, as of {moment} (UTC).").format(
            rows=sum(manifest.rows.values()), moment=manifest.made_at[:19].replace("T", " ")
        )
    )
    print(_("Now everything is checked, as `gonghui verify` does."), flush=True)
    return _verified_in(into)


def _verified_in(home: Path) -> int:
    """`gonghui verify` of another home: a process of its own, as settings are one a process."""
    done = subprocess.run(
        [sys.executable, "-m", "gonghui", "verify", "--lang", spoken()],
        env={
            **{name: value for name, value in os.environ.items() if "DATABASE" not in name},
            "GONGHUI_HOME": str(home),
        },
        check=False,
    )
    return done.returncode


def verify() -> int:
    import psycopg

    from gonghui.config.backup import conninfo, count_rows
    from gonghui.config.environment import environment
    from gonghui.config.examination import examine
    from gonghui.config.installation import parameters
    from gonghui.config.startup import open_house

    open_house()
    here, bad = environment(), 0
    for name, finding in examine(here):
        print(f"{'✓' if finding is None else '✗'} {_(name)}", flush=True)
        if finding is not None:
            bad += 1
            print("   " + ": ".join(part for part in (finding.place, _(finding.said)) if part))
    with psycopg.connect(conninfo(parameters(here, "keeper"))) as keeper:
        rows = count_rows(keeper)
    print(_("{rows:,} rows in {tables} tables.").format(rows=sum(rows.values()), tables=len(rows)))
    print(_("Nothing is wrong.") if not bad else _("{count} checks failed.").format(count=bad))
    return 1 if bad else 0


def _passphrase(file: Path | None, *, twice: bool = False) -> str:
    """From a file, the environment, or a person; never an argument, which others could read."""
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    said = os.environ.get(PASSPHRASE)
    if said:
        return said
    if sys.stdin.isatty():
        prompt = _("Passphrase of the keys")
        return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=twice))
    raise Refusal(
        N_("The passphrase of the keys is missing."),
        N_("Give --passphrase-file FILE, or set {variable}."),
        variable=PASSPHRASE,
    )
