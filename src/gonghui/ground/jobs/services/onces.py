"""A request that comes twice acts once: double click, reload, retry, two tabs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeAlias

from django.db import OperationalError

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.models import Once
from gonghui.ground.jobs.rows import called

_WAITED_TOO_LONG = "55P03"
Answer: TypeAlias = dict[str, Any] | list[Any] | str | int | None


def once(actor: Actor, key: str, said: object, act: Callable[[Scope], Answer]) -> Answer:
    """What ``act`` answers, the first time; the same answer for every repetition of the request.

    ``key`` came with the form; ``said`` is what the form holds, as JSON can say it. Key,
    fingerprint and answer stand in the transaction of what was done, so all of it happened or
    none. The answer is kept: ids and codes, nothing about a person.
    """
    fingerprint = hashlib.sha256(
        json.dumps(said, sort_keys=True, ensure_ascii=True, default=str).encode()
    ).digest()
    with actor.transaction() as scope:
        # Whoever comes second waits here until the first has committed, or has failed.
        if not _is_first(scope, key, fingerprint):
            return _answered_before(scope, key, fingerprint)
        fault("once.begun")
        answer = act(scope)
        Once.objects.filter(person_id=scope.person_id, key=key).update(answer=answer)
        fault("once.answered")
        return answer


def _is_first(scope: Scope, key: str, fingerprint: bytes) -> bool:
    try:
        made = called(
            "insert into jobs_once (person_id, key, fingerprint, at) values (%s, %s, %s, now())"
            " on conflict (person_id, key) do nothing returning id",
            *(scope.person_id, key, fingerprint),
        )
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _WAITED_TOO_LONG:
            raise
        raise Refusal(
            N_("The same request is still being carried out."),
            N_("Wait a moment, then look whether it is done."),
        ) from None
    return made is not None


def _answered_before(scope: Scope, key: str, fingerprint: bytes) -> Answer:
    made = Once.objects.get(person_id=scope.person_id, key=key)
    if bytes(made.fingerprint) != fingerprint:
        raise Refusal(
            N_("This form was sent before with other content."),
            N_("Open the form anew and fill it in again."),
        )
    answer: Answer = made.answer
    return answer
