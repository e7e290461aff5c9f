"""Commands as a person runs them, from the arguments to the exit code."""

import io
from dataclasses import dataclass

import pytest

from gonghui.doors.cli import language, main


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture
def gonghui(capfd, monkeypatch):
    """``gonghui("rulebook", "check")``; ``typed`` is what the person types, line by line."""
    monkeypatch.delenv("GONGHUI_LANG", raising=False)
    monkeypatch.delenv("GONGHUI_DEBUG", raising=False)

    def run(*arguments, typed=()):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        capfd.readouterr()
        code = main.run([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Answer(int(code), captured.out, captured.err)

    yield run
    language.speak("zh")
