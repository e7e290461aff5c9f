"""The embedded PostgreSQL of one installation: made, started, stopped and watched by us.

Below the home folder: ``postgres/data``, the socket in ``postgres/run``, the server's log, and the
passwords in ``keys``. The server listens on no network, and its durability is left as it is.

Whether a server runs is asked of the kernel: it inherits an open file with a lock on it
(``postgres/running``), which is free once the last of its processes has gone. A process id in a
file would lie after a crash: the number may be a zombie's, or somebody else's by now.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gonghui.config.binaries import find_bin, major_version
from gonghui.config.passwords import SUPERUSER, make_passwords, read_passwords
from gonghui.config.servant import Servant
from gonghui.core.errors import N_, Refusal

DATABASE = "gonghui"
PORT = 5432  # of the socket's name only: nothing listens on a network
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107 bytes
LARGEST_LOG = 10_000_000  # bytes; the log before is kept

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "256MB",
    "wal_compression": "pglz",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
    # Said here, on the command line, so that no ALTER SYSTEM can put them off.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # No statement, parameter or row reaches the log: they hold people's numbers.
    "log_min_messages": "log",  # so an error of a statement is told to its sender only
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_lock_waits": "off",
    "log_timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Status:
    """What there is and whether it runs."""

    made: bool
    running: bool
    process: int | None
    version: str
    socket: Path
    data: Path
    log: Path


class Cluster:
    """The server of one home folder. ``settings`` are added to the server's command line."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        self.home = Path(home).absolute()
        self.folder = self.home / "postgres"
        self.data = self.folder / "data"
        self.log = self.folder / "log" / "server.log"
        self.keys = self.home / "keys" / "database.json"
        self.run_folder = _run_folder(self.folder)
        self._settings = SETTINGS | dict(settings or {})

    # How to reach it

    def parameters(self, role: str, database: str = DATABASE) -> dict[str, str]:
        """For ``psycopg.connect(**…)`` and Django; without password where none was made yet."""
        passwords = read_passwords(self.keys) or {}
        return {
            "host": str(self.run_folder),
            "port": str(PORT),
            "user": role,
            "password": passwords.get(role, ""),
            "dbname": database,
        }

    def superuser(self, database: str = "postgres") -> dict[str, str]:
        """The server's superuser, for making roles and databases; the programme never uses it."""
        return self.parameters(SUPERUSER, database)

    def url(self, role: str, database: str = DATABASE) -> str:
        """The same as a connection string of libpq."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(**self.parameters(role, database))

    def passwords(self) -> dict[str, str]:
        """The passwords of all logins."""
        passwords = read_passwords(self.keys)
        if passwords is None:
            raise Refusal(
                N_("The passwords of the database are not in {file}."),
                N_("Bring the file back from your copy of the keys."),
                file=self.keys,
            )
        return passwords

    # Whether it runs

    def running(self) -> bool:
        """Whether any process of the server lives."""
        try:
            descriptor = os.open(self._mark, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def process(self) -> int | None:
        """The number of the server's first process, while it runs."""
        if not self.running():
            return None
        return self._written_process()

    def status(self) -> Status:
        """What there is and whether it runs."""
        mark = self.data / "PG_VERSION"
        version = mark.read_text(encoding="ascii").strip() if mark.is_file() else ""
        process = self.process()
        return Status(
            made=bool(version),
            running=process is not None,
            process=process,
            version=version,
            socket=self.run_folder,
            data=self.data,
            log=self.log,
        )

    # Starting and stopping

    def start(self) -> None:
        """Makes the data if there are none, and starts the server unless it runs."""
        with self._turn() as (servant, turn):
            programs = self._programs(servant)
            self._make(servant, programs, turn)
            if not self._alive():
                self._start(servant, programs)

    def stop(self, patience: float = 60) -> bool:
        """Stops the server, after ending everybody's connections; says whether one ran."""
        if not self.folder.exists():
            return False
        with self._turn():
            process = self.process()
            if process is None:
                return False
            with suppress(ProcessLookupError):  # killed before: its children are about to notice
                os.kill(process, signal.SIGINT)
            if not self._wait_until_gone(patience):
                raise Refusal(
                    N_("The database did not stop within {seconds} seconds."),
                    N_("Its log is {file}."),
                    seconds=int(patience),
                    file=self.log,
                )
            if not self.run_folder.is_relative_to(self.home):
                shutil.rmtree(self.run_folder, ignore_errors=True)
            return True

    @contextmanager
    def _turn(self) -> Iterator[tuple[Servant, int]]:
        """One at a time starts or stops, and its lock; the folders are there."""
        passable = 0o700 if Servant.of(self.data).uid is None else 0o711
        self.home.parent.mkdir(parents=True, exist_ok=True)
        self.home.mkdir(mode=passable, exist_ok=True)
        self.folder.mkdir(mode=passable, exist_ok=True)
        with open(self.folder / "turn", "a", encoding="ascii") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            # Asked only now: the one before us may have made the data.
            yield Servant.of(self.data), turn.fileno()

    @property
    def _mark(self) -> Path:
        return self.folder / "running"

    def _programs(self, servant: Servant) -> Path:
        folder = find_bin()
        ours = major_version(folder)
        mark = self.data / "PG_VERSION"
        if mark.is_file() and (theirs := mark.read_text(encoding="ascii").strip()) != str(ours):
            raise Refusal(
                N_(
                    "The data in {folder} are of PostgreSQL {theirs}; the programs here are {ours}."
                ),
                N_(
                    "Start them with programs of version {theirs} (GONGHUI_POSTGRES_BIN), make a"
                    " backup, and restore it into a new folder with version {ours}."
                ),
                folder=self.data,
                theirs=theirs,
                ours=ours,
            )
        return servant.programs(folder, self.folder)

    def _make(self, servant: Servant, programs: Path, turn: int) -> None:
        """The data folder, complete or not at all.

        `initdb` holds our turn, too: were we killed, the next one waits until it has ended.
        """
        if (self.data / "PG_VERSION").is_file():
            self.passwords()  # refuses data without their passwords
            return
        passwords = read_passwords(self.keys) or make_passwords(self.keys)
        making = self.folder / "data.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        servant.give(making)
        servant.check_can_reach(making)
        secret = self.folder / "superuser.password"
        try:
            with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(passwords[SUPERUSER])
            servant.give(secret)
            done = servant.run(
                *(programs / "initdb", "-D", making, "-U", SUPERUSER, f"--pwfile={secret}"),
                *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--locale=C.UTF-8", "--data-checksums", "-A", "scram-sha-256"),
                keep=(turn,),
            )
        finally:
            secret.unlink(missing_ok=True)
        if done.returncode:
            raise self._failed(done.stdout)
        making.rename(self.data)

    def _start(self, servant: Servant, programs: Path) -> None:
        _private_folder(self.run_folder, servant)
        self._turn_over_the_log(servant)
        descriptor = self._lock_for_the_server()
        try:
            self._forget_a_dead_server()
            settings = self._settings | {"unix_socket_directories": _quoted(self.run_folder)}
            options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
            server = servant.serve(
                *(programs / "postgres", "-D", self.data, *options),
                log=self.log,
                keep=(descriptor,),
            )
        finally:
            os.close(descriptor)  # the server has it now
        self._wait_until_ready(server.pid, lambda: server.poll() is not None)

    def _wait_until_ready(
        self, process: int, ended: Callable[[], bool], patience: float = 600
    ) -> None:
        """Until the server takes connections; after a crash it first reads its journal."""
        until = time.monotonic() + patience
        while not ended() and time.monotonic() < until:
            with suppress(FileNotFoundError):
                lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
                if lines[:1] == [str(process)] and "ready" in map(str.strip, lines[7:8]):
                    return
            time.sleep(0.01)
        raise self._failed(self._end_of_the_log())

    def _lock_for_the_server(self, patience: float = 30) -> int:
        """An open file with a lock the server inherits. After a kill its children need a while."""
        descriptor = os.open(self._mark, os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    os.close(descriptor)
                    raise Refusal(
                        N_("A server that was killed has left processes that do not end."),
                        N_("End them, or restart the machine; its log is {file}."),
                        file=self.log,
                    ) from None
                time.sleep(0.05)
            else:
                return descriptor

    def _alive(self) -> bool:
        """Whether the server serves, or is about to, which is waited for."""
        process = self.process()
        if process is None or _is_dead(process):
            return False
        self._wait_until_ready(process, lambda: _is_dead(process))
        return True

    def _written_process(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def _forget_a_dead_server(self) -> None:
        """With the lock ours no server of ours lives: what it wrote down must not stop the next.

        PostgreSQL itself would believe in it as long as any process has that number.
        """
        process = self._written_process()
        if process is None or _is_dead(process) or not _works_in(process, self.data):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.run_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _wait_until_gone(self, patience: float) -> bool:
        until = time.monotonic() + patience
        while self.running():
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    def _turn_over_the_log(self, servant: Servant) -> None:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        servant.give(self.log.parent)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))

    def _end_of_the_log(self) -> str:
        if not self.log.exists():
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def _failed(self, said: str) -> Refusal:
        return Refusal(
            N_("The database could not be started. It says: {said}"),
            N_("Its log is {file}."),
            said=said.strip(),
            file=self.log,
        )


def _run_folder(folder: Path) -> Path:
    """Where the socket is: beside the data, or in a short folder where that path will not do.

    It may be too long; and at a comma libpq begins another host.
    """
    beside = folder / "run"
    path = os.fsencode(beside / f".s.PGSQL.{PORT}")
    if len(path) <= LONGEST_SOCKET_PATH and b"," not in path:
        return beside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"gonghui-{os.geteuid()}-{name}"


def _private_folder(folder: Path, servant: Servant) -> None:
    """Makes it, for the server only; in a public place somebody else may have been faster."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        ours = found.st_uid in (os.geteuid(), servant.uid)
        if not (stat.S_ISDIR(found.st_mode) and ours and not found.st_mode & 0o077):
            raise Refusal(
                N_("{folder} is not a private folder of this user."),
                N_("Take it away; the database keeps its socket there."),
                folder=folder,
            ) from None
    servant.give(folder)


def _quoted(folder: Path) -> str:
    """As PostgreSQL reads one entry of a list of folders."""
    text = str(folder).replace('"', '""')
    return f'"{text}"'


def _is_dead(process: int) -> bool:
    """Gone, or a zombie nobody has collected yet."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    try:
        line = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return Path("/proc/self/stat").exists()  # gone meanwhile; or a system without /proc
    return line.rpartition(")")[2].split()[0] in ("Z", "X")


def _works_in(process: int, folder: Path) -> bool:
    """Whether a process may be a server of this folder; yes where the system does not tell."""
    try:
        return Path(f"/proc/{process}/cwd").resolve(strict=True) == folder.resolve()
    except (FileNotFoundError, PermissionError):
        return True
