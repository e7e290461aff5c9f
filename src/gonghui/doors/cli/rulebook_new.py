"""`gonghui rulebook new`: an edition from answers. The language itself says what is still open."""

from __future__ import annotations

from pathlib import Path

import typer
import yaml

from gonghui.core.errors import N_, Place, Refusal
from gonghui.core.rulebook import quantities
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import STEPS, read_clauses, read_edition
from gonghui.core.rulebook.model import Edition
from gonghui.core.rulebook.questions import OpenQuestion
from gonghui.core.rulebook.timeline import always
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import complain
from gonghui.doors.cli.rulebook_frame import Frame
from gonghui.doors.cli.rulebook_interview import Entry, Interview


def write_new(path: Path, answers: Path | None) -> None:
    """Asks, then writes the edition and its text; neither unless both are complete and new."""
    text_path = path.parent / "text" / f"{path.stem}.md"
    for file in (path, text_path):
        if file.exists():
            raise Refusal(
                N_("There is a file of this name already; it is not overwritten."),
                N_("Choose another name."),
                place=Place(str(file)),
            )
    interview = Interview.of(answers)
    try:
        edition, book, text = composed(interview, str(path))
    except (Refusal, typer.Abort):
        if interview.answered and answers is None:
            complain(_("The answers so far; corrected, they can be given by --answers:"))
            complain(interview.so_far())
        raise
    _write_both({path: book, text_path: text})
    print(_("Written: {file}").format(file=f"{path}, {text_path}"))
    counted = {"number": len(edition.parameters), "assumed": len(edition.assumptions)}
    print(_("{number} parameters, {assumed} of them assumed.").format(**counted))
    print(_("Check it: {command}").format(command=f"gonghui rulebook check {path}"))


def composed(interview: Interview, name: str) -> tuple[Edition, str, str]:
    """The edition with its file and its text; every open question of the language is asked."""
    tree = Frame(interview).tree()
    while True:
        book, text = _book(tree), _text(tree, interview)
        try:
            edition = read_edition(parse(book.encode(), name), read_clauses(text))
        except OpenQuestion as open_question:
            _answer(tree, open_question, interview)
            continue
        interview.refuse_unasked()
        compile_segments(always(edition))
        return edition, book, text


def _answer(tree: Entry, asked: OpenQuestion, interview: Interview) -> None:
    """Asks a question of the whole edition and puts the answer where it stands."""
    key = asked.question.key
    if key in tree["answers"] or asked.field != "answers":
        raise asked  # it was asked, and the answer cannot be read
    interview_key = f"answers.{key}"
    match key:
        case "rounding":
            unit = interview.number(
                "answers.rounding.unit",
                _("Rounded to: 0.01, 0.1, 1, 10 or 100 yuan"),
                quantities.amount,
            )
            mode = interview.word("answers.rounding.mode", asked.question)
            answer: Entry = {"unit": unit, "mode": mode}
        case "steps":
            answer = interview.order(interview_key, _(asked.question.asks), STEPS)
        case "kind_order":
            kinds = [benefit["id"] for benefit in tree["benefits"]]
            answer = interview.order(interview_key, _(asked.question.asks), kinds)
        case _:
            answer = interview.word(interview_key, asked.question)
    tree["answers"][key] = answer


class _WrittenOut(yaml.SafeDumper):
    """Writes what stands in two places twice: the language has no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _book(tree: Entry) -> str:
    head = _("# Written by `gonghui rulebook new`; the clauses' words stand in text/.")
    return f"{head}\n" + yaml.dump(
        tree,
        Dumper=_WrittenOut,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=100,
    )


def _text(tree: Entry, interview: Interview) -> str:
    parts = [f"# {tree['title']}"]
    parts += [f"## {id_} {title}\n\n{words}" for id_, (title, words) in interview.clauses.items()]
    return "\n\n".join(parts) + "\n"


def _write_both(contents: dict[Path, str]) -> None:
    """Writes new files, all or none; one that has come into being meanwhile is left alone."""
    made: list[Path] = []
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(content)
    except BaseException:
        for path in made:
            path.unlink()
        raise
