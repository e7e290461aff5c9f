"""As whom the server runs: PostgreSQL refuses root, and a user without a name.

Three ways. An ordinary user runs it as himself. Root, and a user id without a name, run it in a
user namespace in which they look like somebody else: the files stay theirs, nothing is chown'ed.
Where namespaces are closed, root hands the data to `nobody`. An existing data folder stays with
the way it was made: a root inside a namespace could not even signal `nobody`'s server.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gonghui.config.binaries import copy_programs
from gonghui.core.errors import N_, Refusal

NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")


@dataclass(frozen=True, slots=True)
class Servant:
    """How to start a program that must not be root: words before it, or another user's ids."""

    before: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    @classmethod
    def of(cls, data: Path) -> Servant:
        """The servant of a data folder, made or yet to be made."""
        me = os.geteuid()
        owner = data.stat().st_uid if data.exists() else None
        if me:
            return cls._of_a_user(me, owner, data)
        if owner:  # root found what was handed to somebody else
            return cls._other(owner)
        if _namespaces_open():
            return cls(before=NAMESPACE)
        if owner is None:
            return cls._other(pwd.getpwnam("nobody").pw_uid)
        raise Refusal(
            N_("The data in {folder} were made in a user namespace, and none can be made now."),
            N_("Allow user namespaces again (kernel.unprivileged_userns_clone, the container)."),
            folder=data,
        )

    @classmethod
    def _of_a_user(cls, me: int, owner: int | None, data: Path) -> Servant:
        if owner is not None and owner != me:
            raise Refusal(
                N_("The data in {folder} belong to another user of this machine."),
                N_("Run this as that user, or name another folder by GONGHUI_HOME."),
                folder=data,
            )
        try:
            pwd.getpwuid(me)
        except KeyError:
            if _namespaces_open():
                return cls(before=NAMESPACE)
            raise Refusal(
                N_("The user id {uid} has no name here, and PostgreSQL wants one."),
                N_("Add it to /etc/passwd, or allow user namespaces."),
                uid=me,
            ) from None
        return cls()

    @classmethod
    def _other(cls, uid: int) -> Servant:
        return cls(uid=uid, gid=pwd.getpwuid(uid).pw_gid)

    def run(
        self, *command: object, keep: Sequence[int] = (), timeout: float = 180
    ) -> subprocess.CompletedProcess[str]:
        """A program, to its end, with what it said; it inherits the file descriptors ``keep``."""
        return subprocess.run(
            [*self.before, *map(str, command)],
            env=_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=keep,
            timeout=timeout,
            check=False,
            **self._ids(),
        )

    def serve(self, *command: object, log: Path, keep: Sequence[int]) -> subprocess.Popen[bytes]:
        """A program that outlives us; ``keep`` are file descriptors it and its children inherit.

        Not by `pg_ctl`: that hands the paths to a shell, which reads `$` and backquotes in them.
        """
        _collect_the_dead()
        with open(log, "ab") as out:
            started = subprocess.Popen(
                [*self.before, *map(str, command)],
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                pass_fds=keep,
                umask=0o077,
                start_new_session=True,  # so that Ctrl-C at a command does not end it
                **self._ids(),
            )
        _started.append(started)
        return started

    def _ids(self) -> dict[str, Any]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Hands a file or folder to the servant, where it is somebody else."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def check_can_reach(self, folder: Path) -> None:
        """Refuses a folder the servant cannot get to; no folder above is opened for it."""
        if self.uid is None:
            return
        done = subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
            cwd="/",
            capture_output=True,
            check=False,
            **self._ids(),
        )
        if done.returncode:
            raise Refusal(
                N_("The database runs as {user}, who cannot get to {folder}."),
                N_("Name a folder below one that everybody may pass, by GONGHUI_HOME."),
                user=pwd.getpwuid(self.uid).pw_name,
                folder=folder.parent,
            )

    def programs(self, folder: Path, beside: Path) -> Path:
        """The folder of programs, or a copy of it ``beside`` when the servant cannot get there."""
        if self.uid is None or self._can_run(folder):
            return folder
        copied = beside / f"programs-{folder.parent.stat().st_mtime_ns}"
        if copied.exists():
            return copied / folder.parents[1].name / folder.parent.name / folder.name
        return copy_programs(folder, copied)

    def _can_run(self, folder: Path) -> bool:
        try:
            return self.run(folder / "postgres", "--version").returncode == 0
        except PermissionError:
            return False


_started: list[subprocess.Popen[bytes]] = []


def _collect_the_dead() -> None:
    """Servers we started and that ended would be zombies as long as we live."""
    _started[:] = [one for one in _started if one.poll() is None]


def _environment() -> dict[str, str]:
    """Ours, without what would change what PostgreSQL does; its messages in English."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _namespaces_open() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
