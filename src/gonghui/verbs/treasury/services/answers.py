"""What the bank said: kept as it came, then counted reference by reference, and posted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gonghui.adapters.bank.payouts import load_layout, read_answer
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.ground.jobs.faults import fault
from gonghui.ground.vault.masking import masked_reason
from gonghui.ground.vault.sealing import Column
from gonghui.ground.vault.services.files import open_file, seal_file
from gonghui.verbs.treasury.errors import in_words
from gonghui.verbs.treasury.models import BankAnswer, Fund, PayoutBatch, PayoutLine, Period
from gonghui.verbs.treasury.permissions import PAYOUT_ANSWER
from gonghui.verbs.treasury.queries.funds import fund_named
from gonghui.verbs.treasury.services.journals import Entry, Line, post_many

SEALED = Column("treasury_bankanswer", "sealed")
PORTION = 500
BANK = "bank"
"""The key of the account that payments leave from."""

_FOLDED = tuple[int, str, int, str, int, str, date, str, int, int]


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer with what became of its rows. ``fresh``: it had not been here before."""

    answer_id: int
    rows: int
    fresh: bool


def take_answer(
    actor: Actor,
    fund: str,
    content: bytes,
    *,
    name: str,
    on: date,
    layout: str = "generic-csv",
    message: str = "",
) -> Taken:
    """Keeps the bytes, then reads and counts them; interrupted, it goes on where it was.

    ``message`` is the bank's number of the message; without one, the content's own hash.
    """
    load_layout(layout)
    number = message or hashlib.sha256(content).hexdigest()
    with actor.transaction():
        before = BankAnswer.objects.filter(message_id=number, fund__code=fund).exists()
        answer = answer_kept(actor, fund, content, layout=layout, message=number, on=on)
    rows = rows_read(actor, answer, content, name, within=actor.transaction)
    while not count_portion(actor, answer, on=on):
        fault("payout.portion")
    return Taken(answer, rows, not before)


def answer_kept(
    actor: Actor,
    fund: str,
    content: bytes,
    *,
    layout: str,
    message: str,
    on: date,
    because: str = "",
) -> int:
    """The raw bytes with their hash, under the message's number; the answer's id."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_ANSWER)
        known = fund_named(fund)
        digest = hashlib.sha256(content).digest()
        sealed = seal_file(known.union_id, content, SEALED, digest)
        with in_words(), array_cursor() as cursor:
            cursor.execute(
                "select * from gate.take_bank_answer(%s, %s, %s, %s, %s, %s, %s)",
                [known.id, message, layout, sealed, digest, on, because],
            )
            answer, fresh = cursor.fetchone()
        if fresh:
            record(
                "payout.answer_taken",
                subject="treasury_bankanswer",
                subject_id=answer,
                union_id=known.union_id,
                details={"sha256": digest.hex(), "bytes": len(content)},
            )
        return int(answer)


def rows_read(
    actor: Actor,
    answer_id: int,
    content: bytes,
    name: str,
    *,
    within: Callable[[], AbstractContextManager[Any]],
) -> int:
    """Reads an answer's bytes into rows, once; how many there are."""
    with within():
        answer = BankAnswer.objects.get(pk=answer_id)
    if answer.rows is not None:
        return answer.rows
    rows = read_answer(load_layout(answer.layout), content, name)
    with within():
        _keep_rows(
            answer_id,
            [
                (one.reference, one.word, one.verdict, one.fen, one.dated_on, one.code)
                for one in rows
            ],
            answer.taken_on,
        )
    return len(rows)


def count_portion(actor: Actor, answer_id: int, *, on: date, most: int = PORTION) -> bool:
    """Counts the next rows of an answer and posts what they change, in one transaction; whether
    that was the last of them."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_ANSWER)
        answer = BankAnswer.objects.select_related("fund").get(pk=answer_id)
        assert answer.rows is not None  # they were read before
        through = answer.counted + most
        _book(actor, answer.fund, _counted(answer_id, through, None), on)
        fault("payout.counted")
        return through >= answer.rows


def count_waiting(actor: Actor, batch_id: int, *, on: date) -> None:
    """What the bank said about a batch before it had left counts now."""
    with actor.transaction():
        batch = PayoutBatch.objects.select_related("fund").get(pk=batch_id)
        _book(actor, batch.fund, _counted(None, 0, batch_id), on)


def mark_payment(
    actor: Actor,
    reference: str,
    verdict: str,
    *,
    fen: int,
    dated_on: date,
    because: str,
    on: date,
    code: str = "",
) -> int:
    """A person says what the bank told her otherwise than by a file: kept, counted and posted like
    any answer."""
    if verdict not in ("paid", "returned") or not because.strip():
        raise Refusal(
            N_("A payment is marked as paid or returned, and with the bank's word for it."),
            N_("Say who at the bank confirmed it, when, and where the paper is kept."),
        )
    why = masked_reason(because)
    said = [reference, verdict, fen, dated_on.isoformat(), code, why]
    content = json.dumps(said, ensure_ascii=False).encode()
    with actor.transaction() as scope:
        scope.require(PAYOUT_ANSWER)
        line = PayoutLine.objects.select_related("batch__fund").filter(reference=reference).first()
        if line is None:
            raise Refusal(
                N_("There is no payment {reference} here."),
                N_("Compare the reference with the sealed batch."),
                reference=reference,
            )
        fund = line.batch.fund.code
        message = f"by-hand:{hashlib.sha256(content).hexdigest()}"
        answer = answer_kept(
            actor, fund, content, layout="by-hand", message=message, on=on, because=why
        )
        _keep_rows(answer, [(reference, verdict, verdict, fen, dated_on, code)], on)
        while not count_portion(actor, answer, on=on):
            pass
        return answer


def settle_row(actor: Actor, row_id: int, *, because: str, on: date) -> None:
    """A person has cleared up a held row with the bank; it counts for nothing."""
    why = masked_reason(because)
    with actor.transaction() as scope:
        scope.require(PAYOUT_ANSWER)
        with in_words(), array_cursor() as cursor:
            cursor.execute("select gate.settle_bank_row(%s, %s)", [row_id, why])
            (lines,) = cursor.fetchone()
            if lines:
                cursor.execute(
                    "select gate.book_payouts(%s, %s)",
                    [array("bigint[]", lines), array("bigint[]", [None] * len(lines))],
                )
        record(
            "payout.row_settled",
            subject="treasury_bankanswerrow",
            subject_id=row_id,
            union_id=scope.union_id,
            details={"because": why},
        )


def answer_bytes(answer: BankAnswer) -> bytes:
    """The answer as it came. Inside a transaction."""
    return open_file(bytes(answer.sealed), SEALED, bytes(answer.sha256))


def _keep_rows(
    answer_id: int,
    rows: Sequence[tuple[str, str, str, int | None, date | None, str]],
    else_on: date,
) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 6
    days = [day or else_on for day in columns[4]]
    kinds = ("text[]", "text[]", "text[]", "bigint[]", "date[]", "text[]")
    values = [*columns[:4], days, columns[5]]
    with in_words(), array_cursor() as cursor:
        cursor.execute(
            "select gate.read_bank_answer(%s, %s, %s, %s, %s, %s, %s)",
            [
                answer_id,
                *(array(kind, value) for kind, value in zip(kinds, values, strict=True)),
            ],
        )


def _counted(answer_id: int | None, through: int, batch_id: int | None) -> list[_FOLDED]:
    with in_words(), array_cursor() as cursor:
        cursor.execute(
            "select * from gate.count_bank_rows(%s, %s, %s)", [answer_id, through, batch_id]
        )
        rows: list[_FOLDED] = cursor.fetchall()
        return rows


def _book(actor: Actor, fund: Fund, rows: Sequence[_FOLDED], on: date) -> None:
    """Journals for what was paid or came back, and the lines' new states, together or not."""
    if not rows:
        return
    posted = [row for row in rows if row[8] != 0]
    days = _booking_days(fund, {row[6] for row in posted}, on)
    entries = [_entry(fund, row, days[row[6]]) for row in posted]
    journals = dict(
        zip([row[0] for row in posted], post_many(actor, fund.code, entries), strict=True)
        if entries
        else []
    )
    with in_words(), array_cursor() as cursor:
        cursor.execute(
            "select gate.book_payouts(%s, %s)",
            [
                array("bigint[]", [row[0] for row in rows]),
                array("bigint[]", [journals.get(row[0]) for row in rows]),
            ],
        )


def _entry(fund: Fund, row: _FOLDED, on: date) -> Entry:
    _line, reference, union_id, account_key, _fen, becomes, dated_on, _code, posts, times = row
    name = "payout" if becomes == "paid" else "payout-return"
    nth = times + 1 if becomes == "paid" else times
    source = f"{name}:{reference}" + (f":{nth}" if nth > 1 else "")
    memo = "" if on == dated_on else f"{dated_on.isoformat()}"
    kind = name.replace("-", "_")
    lines = [Line(account_key, union_id, posts), Line(BANK, fund.union_id, -posts)]
    return Entry(on, kind, lines, source, memo)


def _booking_days(fund: Fund, days: set[date], on: date) -> dict[date, date]:
    """The bank's own day where its period is open; else the day it was told, which points back.

    The last day of the last open period serves where that day has no period, either.
    """
    spans = list(
        Period.objects.filter(fund_id=fund.pk, closed_at__isnull=True)
        .order_by("starts_on")
        .values_list("starts_on", "ends_before")
    )

    def is_open(day: date) -> bool:
        return any(start <= day < end for start, end in spans)

    late = on if is_open(on) or not spans else spans[-1][1] - timedelta(days=1)
    return {day: day if is_open(day) else late for day in days}
