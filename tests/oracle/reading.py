"""Raw editions → plain nested dicts; revisions laid over what they extend, for one date.

A raw edition is its YAML, every scalar a text. A plain edition is the same without citations:
``{is: 80 yuan, clause: fee}`` and ``{is: 80 yuan, assumed: true, because: …}`` are ``80 yuan``.
What stands in force on a day is asked of plain editions.
"""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import yaml

from tests.oracle import days, money

CITATION = {"clause", "assumed", "because"}


def read(text: str) -> dict[str, Any]:
    """An edition's YAML, every scalar read as text."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def plain(part: Any) -> Any:
    """Without citations, and ``is`` put in place of a mapping that says nothing else."""
    if isinstance(part, list):
        return [plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    rest = {key: plain(value) for key, value in part.items() if key not in CITATION}
    return rest["is"] if rest.keys() == {"is"} else rest


def by_start(documents: list[dict]) -> list[dict]:
    return sorted(documents, key=lambda document: _span(document)[0])


def valid_on(documents: list[dict], day: date) -> dict | None:
    """The document whose span holds ``day``; of two (which a checker refuses) the later."""
    valid = [document for document in by_start(documents) if _holds(document, day)]
    return valid[-1] if valid else None


def in_force(documents: list[dict], day: date) -> dict | None:
    """The edition, complete, as it stands for events of ``day``; None when none is in force."""
    document = valid_on(documents, day)
    if document is None:
        return None
    edition = composed(documents, document, day)
    # A later revision may reach back over the whole period in which it starts.
    for revision in by_start(documents):
        if _span(revision)[0] > day and _name(document) in _ancestors(documents, revision):
            edition = _changed(edition, revision, day, only="whole_period")
    return edition


def composed(documents: list[dict], document: dict, day: date) -> dict:
    """``document`` and what it extends, as it stands for events of ``day``."""
    if "extends" not in document:
        return document
    base = composed(documents, _named(documents, document["extends"]), day)
    edition = _changed(base, document, day)
    return edition | {key: document[key] for key in document if key not in ("changes", "extends")}


def _span(document: dict) -> tuple[date, date]:
    """Half-open: ``from`` is in, ``until`` is out."""
    valid = document["valid"]
    until = valid.get("until", "9999-12-31")
    return date.fromisoformat(valid["from"]), date.fromisoformat(until)


def _holds(document: dict, day: date) -> bool:
    start, until = _span(document)
    return start <= day < until


def _name(document: dict) -> str:
    return f"{document['scheme']}/{document['edition']}"


def _named(documents: list[dict], name: str) -> dict:
    return next(document for document in documents if _name(document) == name)


def _ancestors(documents: list[dict], document: dict) -> list[str]:
    if "extends" not in document:
        return []
    return [document["extends"], *_ancestors(documents, _named(documents, document["extends"]))]


def period_of(edition: dict, day: date) -> date:
    """The start of the period that holds ``day``."""
    period = edition["period"]
    return days.period_start(day, date.fromisoformat(period["starts"]), int(period["months"]))


# Revisions


def _changed(edition: dict, revision: dict, day: date, only: str | None = None) -> dict:
    """``edition`` with the changes of ``revision`` that concern events of ``day`` (question 10)."""
    edition = deepcopy(edition)
    for change in revision["changes"]:
        effect = change["effect"]
        if only in (None, effect) and day >= _takes_effect(edition, revision, effect):
            _apply(edition, change["at"].split("."), change)
    return edition


def _takes_effect(edition: dict, revision: dict, effect: str) -> date:
    starts = _span(revision)[0]
    period = period_of(edition, starts)
    if effect == "from_date":
        return starts
    if effect == "whole_period":
        return period
    assert effect == "next_period", effect
    if period == starts:
        return starts
    return days.months_later(period, int(edition["period"]["months"]))


def _apply(place: Any, path: list[str], change: dict) -> None:
    """Walk ``path`` into ``place`` and change what is found at its end."""
    step, rest = path[0], path[1:]
    found = _keys(place, step)
    for key in reversed(found):
        if rest:
            _apply(place[key], rest, change)
        elif "is" in change:
            place[key] = change["is"]
        elif "add" in change:
            place[key] = _raised(place[key], change["add"])
        else:
            del place[key]
    if not found and not rest and "is" in change:
        if isinstance(place, list):
            place.append(change["is"])
        else:
            place[step] = change["is"]


def _keys(place: Any, step: str) -> list:
    """Where ``step`` leads: a key, an item by ``id`` or position (1 is the first), ``*`` all."""
    if isinstance(place, dict):
        return list(place) if step == "*" else [key for key in place if key == step]
    if step == "*":
        return list(range(len(place)))
    if step.isdigit():
        return [int(step) - 1]
    return [nth for nth, item in enumerate(place) if item["id"] == step]


def _raised(value: Any, by: str) -> Any:
    """``by`` added to a number, or to every cell of a table."""
    if isinstance(value, dict):
        if "rows" in value:
            return value | {"rows": _raised(value["rows"], by)}
        return {key: _raised(cell, by) for key, cell in value.items()}
    return money.written_like(value, money.quantity(value) + money.quantity(by))


# Working days


def calendar_of(years: list[dict]) -> dict[str, set[date]]:
    """The calendars of ``books/calendar``: days off against the week, and weekend days worked."""
    free: set[date] = set()
    for year in years:
        for span in year["off"]:
            first, last = date.fromisoformat(span["from"]), date.fromisoformat(span["to"])
            free |= {first + timedelta(days=nth) for nth in range((last - first).days + 1)}
    worked = {date.fromisoformat(day) for year in years for day in year["worked"]}
    return {"holidays": free, "workdays": worked}
