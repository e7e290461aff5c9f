"""How one bank wants payments written and writes its answers: data in ``layouts/*.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from gonghui.adapters.bank.mapping import fold
from gonghui.core.errors import N_, Refusal

LAYOUTS = Path(__file__).parent / "layouts"

FIELDS = ("place", "reference", "name", "account", "bank", "amount", "fen", "remark", "empty")
"""What a column can hold; ``amount`` is in yuan with two decimals, ``fen`` in whole fen."""

ANSWER_FIELDS = ("reference", "status", "amount", "dated_on", "code")

Form = Literal["xlsx", "delimited", "fixed"]


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as a bank is told it. Its text shows nothing of the payee."""

    reference: str
    name: str = field(repr=False)
    account: str = field(repr=False)
    bank: str = field(repr=False)
    fen: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` counts bytes as they are written; only fixed layouts have one."""

    holds: str
    heading: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class PayoutLayout:
    """``first``: what stands above, with {number}, {day}, {lines}, {yuan}, {fen} filled in."""

    name: str
    title: Mapping[str, str]
    form: Form
    encoding: str
    separator: str
    newline: str
    headings: bool
    first: tuple[str, ...]
    columns: tuple[Column, ...]
    most_lines: int
    answers: Mapping[str, tuple[str, ...]]
    """For each field of an answer, the headings it may stand under, folded."""
    verdicts: Mapping[str, str]
    """A word of the bank, folded → accepted, paid or returned. Any other word is unknown."""

    @property
    def suffix(self) -> str:
        return {"xlsx": ".xlsx", "delimited": ".csv", "fixed": ".txt"}[self.form]


def known_layouts() -> list[str]:
    """Those that ship."""
    return sorted(path.stem for path in LAYOUTS.glob("*.yaml"))


@cache
def load_layout(name: str) -> PayoutLayout:
    """A layout that ships, or a file of one's own (``…/our-bank.yaml``)."""
    path = Path(name) if name.endswith(".yaml") else LAYOUTS / f"{name}.yaml"
    if not name.endswith(".yaml") and name not in known_layouts():
        raise Refusal(
            N_("There is no bank layout {name}."),
            N_("Name one of {known}, or give a file of your own."),
            name=name,
            known=", ".join(known_layouts()),
        )
    try:
        # BaseLoader: every scalar stays text.
        return _read(path.stem, yaml.load(path.read_text("utf-8"), yaml.BaseLoader))
    except (OSError, KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        raise Refusal(
            N_("The bank layout {name} cannot be used: {error}."),
            N_("Compare it with the layouts in the adapter's folder."),
            name=path.name,
            error=str(error),
        ) from error


def _read(name: str, entry: Mapping[str, Any]) -> PayoutLayout:
    form = entry["form"]
    if form not in ("xlsx", "delimited", "fixed"):
        raise ValueError("form is xlsx, delimited or fixed")
    columns = tuple(
        Column(one["holds"], one.get("heading", ""), int(one.get("width", "0")))
        for one in entry["columns"]
    )
    if unknown := {one.holds for one in columns} - set(FIELDS):
        raise ValueError(f"unknown columns: {', '.join(sorted(unknown))}")
    if "reference" not in {one.holds for one in columns}:
        raise ValueError("a payment without its reference would be matched by name or amount")
    if form == "fixed" and any(one.width < 1 for one in columns):
        raise ValueError("every column of a fixed layout has a width")
    answers = {key: tuple(map(fold, words)) for key, words in entry["answer"]["columns"].items()}
    if set(answers) - set(ANSWER_FIELDS) or {"reference", "status"} - set(answers):
        raise ValueError("an answer has reference and status, amount, dated_on, code")
    verdicts = {
        fold(word): verdict for verdict, words in entry["answer"]["words"].items() for word in words
    }
    if set(verdicts.values()) - {"accepted", "paid", "returned"}:
        raise ValueError("words mean accepted, paid or returned")
    return PayoutLayout(
        name=name,
        title=entry["title"],
        form=form,
        encoding=entry.get("encoding", "gb18030"),
        separator=entry.get("separator", ","),
        newline={"crlf": "\r\n", "lf": "\n"}[entry.get("newline", "crlf")],
        headings=entry.get("headings", "yes") == "yes",
        first=tuple(entry.get("first", ())),
        columns=columns,
        most_lines=int(entry.get("most_lines", "10000")),
        answers=answers,
        verdicts=verdicts,
    )
