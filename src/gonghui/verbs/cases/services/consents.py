"""Consents by purpose and wording, which may be taken back; and who is whose relative."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.verbs.cases.services.asking import ask

UNIT_READS = "unit_reads"
"""Her unit's reviewer may read the confidential inputs."""

PROXY = "proxy"
"""Somebody else, named in it, may act for her."""


def give_consent(
    actor: Actor,
    person_id: int,
    purpose: str,
    *,
    wording_version: str,
    text: str,
    case_id: int | None = None,
    to_person: int | None = None,
    on_paper: bool = False,
    document_id: int | None = None,
) -> int | None:
    """Her consent to a wording; None when the same one stands already."""
    made = give_consents(
        actor, [(person_id, case_id)], purpose, wording_version=wording_version, text=text,
        to_person=to_person, on_paper=on_paper, document_id=document_id,
    )  # fmt: skip
    return made[0] if made else None


def give_consents(
    actor: Actor,
    persons: Sequence[tuple[int, int | None]],
    purpose: str,
    *,
    wording_version: str,
    text: str,
    to_person: int | None = None,
    on_paper: bool = False,
    document_id: int | None = None,
) -> list[int]:
    """(person, case or None) each, all or none: signed on a unit's list, for example."""
    sha256 = hashlib.sha256(text.encode()).digest()
    with actor.transaction():
        ((made,),) = ask(
            "select gate.give_consents(%s::bigint[], %s::bigint[], %s, %s, %s, %s, %s, %s)",
            [
                [one[0] for one in persons],
                [one[1] for one in persons],
                purpose,
                wording_version,
                sha256,
                to_person,
                on_paper,
                document_id,
            ],
        )
        record(
            "case.consented",
            subject="cases_consent",
            subject_id=made[0] if len(made) == 1 else None,
            details={"purpose": purpose, "wording": wording_version, "persons": len(made)},
        )
    return list(made)


def withdraw_consent(actor: Actor, consent_id: int) -> bool:
    """Whether there was one to take back. What was read until now was read."""
    with actor.transaction():
        ((taken,),) = ask("select gate.withdraw_consent(%s)", [consent_id])
        record("case.consent_withdrawn", subject="cases_consent", subject_id=consent_id)
    return bool(taken)


def state_kinship(actor: Actor, person_id: int, relative_id: int, kind: str, *, on: date) -> int:
    """The two are relatives: neither handles the other's cases from now on."""
    with actor.transaction():
        ((made,),) = ask(
            "select gate.state_kinship(%s, %s, %s, %s)", [person_id, relative_id, kind, on]
        )
        record("case.kinship_stated", subject="cases_kinship", subject_id=made)
    return int(made or 0)


def end_kinship(actor: Actor, kinship_id: int, *, on: date) -> bool:
    """It was wrong, or is over: said by somebody else than the two and who stated it."""
    with actor.transaction():
        ((ended,),) = ask("select gate.end_kinship(%s, %s)", [kinship_id, on])
        record("case.kinship_ended", subject="cases_kinship", subject_id=kinship_id)
    return bool(ended)
