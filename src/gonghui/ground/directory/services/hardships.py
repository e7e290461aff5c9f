"""Registered hardship (建档): from a day to a day, with the evidence it rests on."""

from __future__ import annotations

from datetime import date

from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory import permissions
from gonghui.ground.directory.errors import in_words, not_yours
from gonghui.ground.directory.models import Hardship

SHA256_BYTES = 32


def register_hardship(
    actor: Actor,
    person_id: int,
    union_id: int,
    *,
    kind: str,
    evidence: str,
    on: date,
    evidence_sha256: bytes | None = None,
    until: date | None = None,
) -> int:
    """A status with its evidence: what paper says it, and the paper's hash where there is a file.

    ``union_id`` is the unit that keeps the file; the person works there.
    """
    if not kind.strip() or not evidence.strip():
        raise Refusal(
            N_("The kind of hardship or its evidence is missing."),
            N_("Enter the kind, and the paper that says it with its number."),
            field="evidence",
        )
    if evidence_sha256 is not None and len(evidence_sha256) != SHA256_BYTES:
        raise Refusal(
            N_("This is no SHA-256 of a file."), N_("Give its 32 bytes."), field="evidence_sha256"
        )
    with actor.transaction() as scope:
        scope.require(permissions.HARDSHIP)
        hardship = Hardship(
            person_id=person_id,
            union_id=union_id,
            kind=kind.strip(),
            evidence=evidence.strip(),
            evidence_sha256=evidence_sha256,
            starts_on=on,
            ends_before=until,
        )
        with in_words(_refusals()):
            hardship.save(force_insert=True)
        _record("hardship.registered", hardship, on)
        return hardship.pk


def end_hardship(actor: Actor, hardship_id: int, *, on: date) -> None:
    """Ends a status before a day. That it was, stays."""
    with actor.transaction() as scope:
        scope.require(permissions.HARDSHIP)
        hardship = Hardship.objects.select_for_update().filter(pk=hardship_id).first()
        if hardship is None:
            raise not_yours()
        if hardship.starts_on >= on or (
            hardship.ends_before is not None and hardship.ends_before <= on
        ):
            raise Refusal(
                N_("It does not last beyond {day}."),
                N_("Choose a day after it began and before it ends."),
                day=on,
            )
        with in_words(_refusals()):
            Hardship.objects.filter(pk=hardship.pk).update(ends_before=on)
        _record("hardship.ended", hardship, on)


def _record(verb: str, hardship: Hardship, on: date) -> None:
    # Neither kind nor evidence: who may read events need not know why somebody is in hardship.
    record(
        verb,
        subject="directory_hardship",
        subject_id=hardship.pk,
        union_id=hardship.union_id,
        details={"person_id": hardship.person_id, "on": on.isoformat()},
    )


def _refusals() -> dict[str, Refusal]:
    return {
        "hardship_one_at_a_time": Refusal(
            N_("The person has this status on one of these days already."),
            N_("End that one first, or choose other days."),
        ),
        "hardship_in_order": Refusal(
            N_("The last day lies before the first."), N_("Enter the days again.")
        ),
    }
