"""A batch as a file: sealed once, the same bytes on every export."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from gonghui.adapters.bank.payouts import Payment, load_layout, write_payments
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array_cursor
from gonghui.ground.borders.scope import Actor
from gonghui.ground.jobs.faults import fault
from gonghui.ground.vault.sealing import Column
from gonghui.ground.vault.services.files import open_file, seal_file
from gonghui.verbs.treasury.errors import in_words, not_sealed
from gonghui.verbs.treasury.models import PayoutBatch, PayoutLine
from gonghui.verbs.treasury.permissions import PAYOUT_RELEASE
from gonghui.verbs.treasury.services.holds import refuse_while_held
from gonghui.verbs.treasury.services.payouts import batch_of, payees_of

FILE = Column("treasury_payoutbatch", "file")


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was frozen."""

    file_name: str
    sha256: str
    lines: int
    total_fen: int


def seal_batch(actor: Actor, batch_id: int) -> Sealed:
    """Freezes an approved batch: its lines, their total, the bytes the bank will get.

    Refused when the fund would fall below its floor, counting what is under way already.
    """
    with actor.transaction() as scope:
        scope.require(PAYOUT_RELEASE)
        batch = batch_of(batch_id)
        content = _written(batch)
        digest = hashlib.sha256(content).digest()
        called = f"{batch.number}{load_layout(batch.layout).suffix}"
        sealed = seal_file(batch.union_id, content, FILE, digest)
        with in_words(), array_cursor() as cursor:
            cursor.execute(
                "select gate.seal_payout(%s, %s, %s, %s, %s, %s)",
                [batch_id, sealed, called, digest, batch.lines, batch.total_fen],
            )
        result = Sealed(called, digest.hex(), batch.lines, batch.total_fen)
        record(
            "payout.sealed",
            subject="treasury_payoutbatch",
            subject_id=batch_id,
            union_id=batch.union_id,
            details={
                "number": batch.number,
                "sha256": result.sha256,
                "lines": result.lines,
                "total_fen": result.total_fen,
            },
        )
        fault("payout.sealed")
        return result


def export_batch(actor: Actor, batch_id: int) -> tuple[str, bytes]:
    """The sealed file's name and bytes, the same every time; each export is on record."""
    with actor.transaction() as scope:
        scope.require(PAYOUT_RELEASE)
        refuse_while_held()
        batch = batch_of(batch_id)
        content = sealed_bytes(batch)
        record(
            "payout.exported",
            subject="treasury_payoutbatch",
            subject_id=batch_id,
            union_id=batch.union_id,
            details={"number": batch.number, "sha256": bytes(batch.file_sha256 or b"").hex()},
        )
        return batch.file_name, content


def export_to(actor: Actor, batch_id: int, folder: Path) -> Path:
    """The same into a folder: whole under its name, or not there. Done again, it is the same."""
    name, content = export_batch(actor, batch_id)
    target = folder / name
    if target.exists() and target.read_bytes() == content:
        return target
    half = folder / f".{name}.part"
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content[: len(content) // 2])
        file.flush()
        fault("payout.file_half")
        file.write(content[len(content) // 2 :])
        file.flush()
        os.fsync(file.fileno())
    fault("payout.file_written")
    half.replace(target)
    fault("payout.file_renamed")
    return target


def sealed_bytes(batch: PayoutBatch) -> bytes:
    """What the bank gets. Inside a transaction."""
    if batch.file is None or batch.file_sha256 is None:
        raise not_sealed()
    return open_file(bytes(batch.file), FILE, bytes(batch.file_sha256))


def _written(batch: PayoutBatch) -> bytes:
    lines = PayoutLine.objects.filter(batch_id=batch.pk).order_by("place")
    payments = [
        Payment(reference, payee.name, payee.account, payee.bank, fen, batch.purpose)
        for (reference, fen), payee in zip(
            lines.values_list("reference", "fen"), payees_of(batch), strict=True
        )
    ]
    layout = load_layout(batch.layout)
    return write_payments(layout, payments, number=batch.number, on=batch.drafted_on)
