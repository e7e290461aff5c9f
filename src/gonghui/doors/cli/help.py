"""Help pages and usage errors in the language spoken, wrapped by the width of Chinese.

typer has no catalogue and counts a Chinese character as one column. A context of our own gives its
help pages this formatter; the few sentences of its usage errors are known here by their pattern.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from gonghui.core.errors import N_
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import pad, width, wrapped

WIDEST = 100
FIRST_COLUMN = 30

_HEADINGS = {
    "Arguments": N_("Arguments:"),
    "Options": N_("Options:"),
    "Commands": N_("Commands:"),
}
_HELP_OPTION = N_("Show this message and exit.")
_TYPE = re.compile(r" <[^>]+>")
"""What typer takes a value for, such as ``<list[str]>``; our metavars say it better."""
_MARKS = ((re.compile(r"\[required\]"), N_("[required]")),
          (re.compile(r"\[default: (.*)\]"), N_("[default: {0}]")))  # fmt: skip
_MISUSES = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"No such option: (.+?)(?: \(Possible options: (.+)\))?", N_("There is no option {0}.")),
        (r"No such command '(.+)'\. Did you mean (.+)\?",
         N_("There is no command “{0}”. Is {1} meant?")),
        (r"No such command '(.+)'\.", N_("There is no command “{0}”.")),
        (r"Missing command\.", N_("Name a command.")),
        (r"Missing argument '(.+)'\.", N_("{0} is missing.")),
        (r"Missing option '(.+)'\.", N_("The option {0} is missing.")),
        (r"Option '(.+)' requires an argument\.?", N_("The option {0} needs a value.")),
        (r"Option '(.+)' does not take a value\.", N_("The option {0} takes no value.")),
        (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", N_("“{0}” is too much.")),
        (r"Invalid value for '?(.+?)'?: (.+)", N_("{0} cannot have this value: {1}")),
    )
)  # fmt: skip


def _said(text: str, patterns: Sequence[tuple[re.Pattern[str], str]]) -> str:
    """A sentence of typer's in our words; as it is when unknown."""
    for pattern, said in patterns:
        match = pattern.fullmatch(text)
        if match:
            return _(said).format(*match.groups())
    return text


def misuse(error: typer.TyperException) -> str:
    """A usage error as lines: how the command is used, what was wrong, where to read more."""
    context: typer.Context | None = getattr(error, "ctx", None)
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    if context is None:
        return _said(message, _MISUSES)
    if message == context.get_help():  # a group without a command
        return message.rstrip()
    more = _("See: {command} --help").format(command=context.command_path)
    return "\n".join((context.get_usage().rstrip(), _said(message, _MISUSES), more))


class Formatter:
    """Collects a help page. The methods are those typer calls."""

    def __init__(self, width: int | None = None, max_width: int | None = None) -> None:
        self.width = width or max(50, min(shutil.get_terminal_size().columns, WIDEST))
        self._lines: list[str] = []
        self._indent = 0

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        pieces = args.replace("[OPTIONS]", _("[OPTIONS]"))
        pieces = pieces.replace("COMMAND [ARGS]...", _("COMMAND [ARGUMENTS]…"))
        self._lines.append(_("Usage: {command}").format(command=f"{prog} {pieces}"))

    def write_paragraph(self) -> None:
        if self._lines:
            self._lines.append("")

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write_paragraph()
            self._write(wrapped(" ".join(paragraph.split()), self.width - self._indent))

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None:
        named = [(_TYPE.sub("", name), said) for name, said in rows]
        first = min(max((width(name) for name, said in named), default=0), FIRST_COLUMN)
        for name, said in named:
            lines = wrapped(self._explained(said), self.width - self._indent - first - 2) or [""]
            if width(name) > first:
                self._write([name])
                lines.insert(0, "")
            else:
                self._write([f"{pad(name, first)}  {lines[0]}".rstrip()])
            self._write([f"{' ' * first}  {line}" for line in lines[1:]])

    @staticmethod
    def _explained(said: str) -> str:
        """A help text, which is ours already, with what typer adds to it."""
        if said == _HELP_OPTION:
            return _(_HELP_OPTION)
        text, mark, added = said.rpartition("  [")
        if not mark:
            return _said(said, _MARKS)
        return f"{text} {_said(f'[{added}', _MARKS)}"

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        self.write_paragraph()
        self._write([_(_HEADINGS.get(name, name))])
        with self.indentation():
            yield

    @contextmanager
    def indentation(self) -> Iterator[None]:
        self._indent += 2
        yield
        self._indent -= 2

    def _write(self, lines: Sequence[str]) -> None:
        self._lines += [f"{' ' * self._indent}{line}" for line in lines]

    def getvalue(self) -> str:
        return "\n".join(self._lines) + "\n"


class Context(typer.Context):
    """A context whose help pages are laid out here."""

    formatter_class: Any = Formatter


def speaking(command: Any) -> Any:  # noqa: ANN401  (typer keeps the type of its commands to itself)
    """The command and all below it, with our help pages."""
    command.context_class = Context
    for below in getattr(command, "commands", {}).values():
        speaking(below)
    return command
