"""Sections that are declared and checked here and carried out by the scheme's services.

Participation, fees and their split, joining windows, back-payment, the review chain, exclusions by
cause and the fund's guards: their shape is free, but every amount, rate and date in them is typed
and cites its clause like any other parameter.
"""

from __future__ import annotations

import re

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.entries import CITING, READ, Entry
from gonghui.core.rulebook.model import NumberUnit

SECTIONS = (
    "participation",
    "windows",
    "back_payment",
    "refunds",
    "review",
    "exclusions",
    "fund",
)

_DATE = re.compile(r"\d+-\d+-\d+", re.ASCII)
_BARE = re.compile(r"[+-]?[\d.,]+", re.ASCII)
_TYPED: tuple[NumberUnit, ...] = ("fen", "rate", "days", "months", "day", "count")


def read_section(entry: Entry) -> None:
    """Lists every value below the entry as a parameter of the unit it is written in."""
    node = entry.node
    if node.is_list:
        for item in entry.items():
            read_section(item)
    elif node.is_mapping and "is" not in node.mapping:
        for key in node.mapping:
            if key not in CITING:
                read_section(entry.need(key))
    elif entry.value().node.is_list:
        for item in entry.value().items():
            read_section(item)
    else:
        _value(entry)


def _value(entry: Entry) -> None:
    text = entry.text
    if _DATE.fullmatch(text):
        entry.integer("day")  # a day no calendar has is a mistake, not a word
        return
    for unit in _TYPED:
        try:
            entry.listed(unit, READ[unit](text))
            return
        except Refusal as refusal:
            if refusal.place is not None:
                raise  # the value was fine, its citation was not
    if _BARE.fullmatch(text):
        raise entry.refusal(
            N_("“{text}” is a number without its unit."),
            N_("Write 80%, 80 yuan or 30 days."),
            text=text,
        )
    entry.listed("word", text)


def read_split(entry: Entry, fee: int) -> None:
    """``contribution.split``: who pays which part; the parts add up to the fee."""
    total = 0
    for item in entry.items():
        item.only("payer", "label", "amount")
        item.listed("word", item.need("label").text, f"{item.node.path}.label")
        total += item.need("amount").integer("fen")
    if total != fee:
        raise entry.refusal(
            N_("The parts of the contribution add up to {total} fen, the fee is {fee} fen."),
            N_("Correct the fee or the split."),
            total=total,
            fee=fee,
        )
