"""Work on a stranger's file, done by a child process with limits and without anything of ours.

The child gets the file as its standard input and answers into a file that lives in memory only; it
has no environment (no passwords of databases), no network where the system allows to take it away,
and ends with its parent. Whatever a file makes its reader do, it does there.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Literal

from gonghui.adapters.spreadsheets.errors import SpreadsheetRefused
from gonghui.adapters.spreadsheets.limits import Limits
from gonghui.core.errors import masked_numbers

_CHILD = Path(__file__).with_name("child.py")
OWN_FAULT, BROKEN, NO_MEMORY = 1, 3, 4
"""How the child ends: by a fault of our own, for a broken file, when memory did not suffice."""

Source = Path | bytes


class ChildFailed(Exception):
    """How a child ended and its last words, for the log; people get a sentence."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{_end_of(status)}: {words}")
        self.status = status


def is_own_fault(error: SpreadsheetRefused) -> bool:
    """Whether the child ended by a fault of its program, not of the file."""
    return isinstance(error.__cause__, ChildFailed) and error.__cause__.status == OWN_FAULT


def run_child(
    task: Literal["read", "mark"],
    source: Source,
    name: str,
    limits: Limits,
    request: Mapping[str, Any],
) -> bytes:
    """What the child wrote; a child that was stopped is a refusal of the file."""
    asked = json.dumps({"name": name, "limits": asdict(limits), **request})
    with _opened(source, name, limits) as file:
        try:
            return run_limited(_CHILD, task, file, asked, limits.wall_seconds)
        except subprocess.TimeoutExpired as error:
            raise SpreadsheetRefused(
                "too_large", name, value=f"> {limits.wall_seconds} s"
            ) from error
        except ChildFailed as cause:
            code = "broken" if cause.status in (OWN_FAULT, BROKEN) else "too_large"
            raise SpreadsheetRefused(code, name, value=_end_of(cause.status)) from cause


def run_limited(
    program: Path, task: str, file: IO[bytes], request: str, wall_seconds: int
) -> bytes:
    """What a child wrote, whatever kind of file it reads; ``ChildFailed``, or out of time."""
    command = [sys.executable, "-I", str(program), task]
    with in_memory() as answer, in_memory() as words:
        write(answer, request.encode())
        ended = subprocess.run(
            command,
            stdin=file,
            stdout=answer,
            stderr=words,
            env={"PYTHONUTF8": "1"},
            cwd="/",
            timeout=wall_seconds,
            check=False,
        ).returncode
        if ended != 0:
            raise ChildFailed(ended, _last_words(words))
        answer.seek(0)
        return answer.read()


def judged_by_child(name: str, line: Mapping[str, Any]) -> SpreadsheetRefused:
    """A refusal that the child wrote down."""
    return SpreadsheetRefused(line["refused"], name, row=line["row"], value=line["value"])


@contextmanager
def _opened(source: Source, name: str, limits: Limits) -> Iterator[IO[bytes]]:
    if isinstance(source, Path):
        if not source.is_file():
            raise SpreadsheetRefused("missing", name)
        with source.open("rb") as file:
            _check_size(os.fstat(file.fileno()).st_size, name, limits)
            yield file
    else:
        _check_size(len(source), name, limits)
        with in_memory() as file:
            write(file, source)
            yield file


def _check_size(size: int, name: str, limits: Limits) -> None:
    if size == 0:
        raise SpreadsheetRefused("empty", name)
    if size > limits.file_bytes:
        raise SpreadsheetRefused("too_big", name, value=size)


@contextmanager
def in_memory() -> Iterator[IO[bytes]]:
    """A file without a name: people's numbers are never left behind on a disk."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("gonghui"), "w+b") as file:
            yield file
    else:
        with tempfile.TemporaryFile() as file:
            yield file


def write(file: IO[bytes], data: bytes) -> None:
    file.write(data)
    file.flush()
    file.seek(0)


def _last_words(words: IO[bytes]) -> str:
    words.seek(0)
    return masked_numbers(words.read()[-500:].decode("utf-8", "replace"))


def _end_of(returncode: int) -> str:
    if returncode == NO_MEMORY:
        return "memory"
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"exit {returncode}"
