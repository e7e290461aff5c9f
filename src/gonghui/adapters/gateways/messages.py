"""A message by template, and what came of sending it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gonghui.adapters.gateways.calls import NoAnswer, NotSent, Reply, Request

OutcomeKind = Literal["sent", "retryable", "permanent", "unknown"]

_HARMLESS = re.compile(r"[^0-9A-Za-z._:^-]")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """One message to one person; ``reference`` is ours and the same at every attempt."""

    to: str = field(repr=False)
    template: str
    parameters: Mapping[str, str] = field(repr=False)
    reference: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """``sent``: taken by the gateway. ``retryable``: certainly not taken, later it may be.

    ``permanent``: not taken, and never will be as it is. ``unknown``: it may have been taken;
    no machine sends it again.
    """

    kind: OutcomeKind
    code: str = ""
    """The gateway's word for it, or ours for what never reached it."""
    reference: str = ""
    """The gateway's number for what it took."""


def outcome(kind: OutcomeKind, code: object = "", reference: object = "") -> Outcome:
    """An outcome whose texts, which strangers write, are short and hold no phone number."""
    return Outcome(kind, _harmless(code), _harmless(reference))


def _harmless(text: object) -> str:
    return _HARMLESS.sub("", _PHONE.sub("", str(text)))[:64]


Judge = Callable[[Mapping[str, Any]], Outcome]
Caller = Callable[[Request], Reply]


def carried_out(request: Request, judge: Judge, call: Caller) -> Outcome:
    """Send, and judge the reply; what HTTP alone tells is judged here."""
    try:
        reply = call(request)
    except NotSent as error:
        return outcome("retryable", f"not-sent-{error}")
    except NoAnswer as error:
        return outcome("unknown", f"no-answer-{error}")
    return judged(reply, judge)


def judged(reply: Reply, judge: Judge) -> Outcome:
    code = f"http-{reply.status}"
    content = _json_object(reply.body)
    if reply.status == 429:
        return outcome("retryable", code)
    if reply.status >= 500:  # it may have taken the message and failed afterwards
        return outcome("unknown", code)
    if content is not None and (200 <= reply.status < 300 or reply.status == 400):
        return judge(content)
    return outcome("unknown" if 200 <= reply.status < 300 else "permanent", code)


def _json_object(body: bytes) -> Mapping[str, Any] | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
