"""Handing a file to the bank's front machine (前置机) over HTTP, and asking it what became of it.

``POST {url}/batches/{number}`` takes the file, ``GET {url}/batches/{number}?after=K`` gives the
answer from row K on. The number is ours: a bank that is handed the same one twice can see it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from gonghui.adapters.gateways.calls import NoAnswer, NotSent, Request, call, check_endpoint

Outcome = Literal["accepted", "not_sent", "refused", "unknown"]

_TOLD = re.compile(r"[A-Za-z0-9_.:-]{1,60}")


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a file. ``unknown``: it may have arrived, and must not be sent again."""

    outcome: Outcome
    told: str = ""


@dataclass(frozen=True, slots=True)
class BankGateway:
    """One front machine."""

    url: str = field(repr=False)
    key: str = field(default="", repr=False)

    def send(self, number: str, content: bytes) -> Handed:
        """One call; never repeated here."""
        try:
            reply = call(Request("POST", self._of(number), self._headers(), content))
        except NotSent as error:
            return Handed("not_sent", str(error))
        except NoAnswer as error:
            return Handed("unknown", str(error))
        if reply.status == 202:
            return Handed("accepted", _told(reply.body))
        # Only these say that the bank has looked at the file and will not take it.
        if reply.status in (400, 409, 422):
            return Handed("refused", f"{reply.status} {_told(reply.body)}".strip())
        return Handed("unknown", f"{reply.status}")

    def ask(self, number: str, after: int) -> bytes | None:
        """Rows of the answer after that many; None when there are none, or nobody answers."""
        try:
            reply = call(Request("GET", f"{self._of(number)}?after={after}", self._headers()))
        except (NotSent, NoAnswer):
            return None
        return reply.body if reply.status == 200 and reply.body else None

    def _of(self, number: str) -> str:
        return f"{self.url}/batches/{number}"

    def _headers(self) -> dict[str, str]:
        said = {"Content-Type": "application/octet-stream"}
        return said | ({"Authorization": f"Bearer {self.key}"} if self.key else {})


def gateway_at(url: str, key: str = "") -> BankGateway:
    """The gateway of an address; https, or this machine."""
    return BankGateway(check_endpoint(url.rstrip("/")), key)


def _told(body: bytes) -> str:
    match = _TOLD.match(body.decode("utf-8", "replace"))
    return match[0] if match else ""
