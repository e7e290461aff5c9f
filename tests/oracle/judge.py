"""The slow reading: what each settlement of a person's history gets, clause by clause.

``judge`` is the whole interface. The numbers of the steps, in all modules of the oracle, are those
of "What one settlement gets" in docs/reference/rule-book-language.md.
"""

from dataclasses import dataclass

from tests.oracle.history import Calendar, outranked_claims, walk
from tests.oracle.reading import plain
from tests.oracle.sentences import sentence
from tests.oracle.story import Claim


@dataclass(frozen=True)
class Row:
    """What one kind gives for one settlement; kind None when no kind was looked at."""

    settlement: int
    kind: str | None
    amount_fen: int
    reason: str
    detail: str | None
    """The condition, cap or count that the reason names, by id."""
    uses: tuple[tuple[str, int], ...]
    """The counts drawn on, by id, and the number of the use in its window."""
    gates: tuple[str, ...]
    """The gates that this settlement meets, by id; the same on each of its rows."""
    zh: str
    en: str


def judge(editions: list[dict], history: list[dict], calendar: Calendar) -> list[Row]:
    """Every settlement of ``history`` under the edition in force on its deciding date.

    ``editions``: raw editions of one scheme (``reading.read``), revisions among them. ``history``:
    one person's settlements in any order, each a dict of fact → whole number, and ``settlement``
    → its number. ``calendar``: days off and days worked against the week, ``{"holidays": {…},
    "workdays": {…}}``. Rows come in the order of the history, then of the kinds.
    """
    editions = [plain(edition) for edition in editions]
    outranked = outranked_claims(editions, history, calendar)
    return [
        _row(claim, judged.gates)
        for _, judged in walk(editions, history, calendar, outranked)
        for claim in judged.claims
    ]


def _row(claim: Claim, gates: tuple[str, ...]) -> Row:
    return Row(
        claim.number,
        claim.kind,
        claim.amount,
        claim.reason,
        claim.detail,
        tuple((use.count, use.number) for use in claim.uses if not claim.freed),
        gates,
        sentence(claim.reason, claim.words, claim.uses, "zh"),
        sentence(claim.reason, claim.words, claim.uses, "en"),
    )
