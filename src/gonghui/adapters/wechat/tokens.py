"""The access token of an account: fetched once, kept until shortly before it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from gonghui.adapters.gateways.calls import call
from gonghui.adapters.gateways.messages import Caller, Outcome, OutcomeKind, carried_out, outcome
from gonghui.adapters.wechat import enterprise, official
from gonghui.adapters.wechat.accounts import WechatAccount

DIALECTS = {"official": official, "enterprise": enterprise}
_BUSY = (-1, 45009)
_EARLY_SECONDS = 300
"""A token that ends while a message is under way would be refused."""


class Tokens:
    """Tokens by account, in memory only. By a monotonic clock: one set back keeps none for ever."""

    def __init__(self, call: Caller = call, clock: Callable[[], float] = time.monotonic) -> None:
        self._call, self._clock = call, clock
        self._kept: dict[tuple[str, str], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def token(self, account: WechatAccount) -> str | Outcome:
        """The token, or why there is none; nothing was sent then, so no outcome is unknown."""
        with self._lock:
            kept, ends = self._kept.get(_whose(account), ("", 0.0))
            if kept and self._clock() < ends:
                return kept
            return self._fetched(account)

    def drop(self, account: WechatAccount, token: str) -> None:
        """Forget a token that the platform no longer knows, unless it is already another."""
        with self._lock:
            if self._kept.get(_whose(account), ("", 0.0))[0] == token:
                del self._kept[_whose(account)]

    def _fetched(self, account: WechatAccount) -> str | Outcome:
        answer: dict[str, Any] = {}

        def judge(content: Mapping[str, Any]) -> Outcome:
            answer.update(content)
            code = content.get("errcode", 0)
            kind: OutcomeKind = "retryable" if code in _BUSY else "permanent"
            return outcome("sent" if code == 0 else kind, f"token-{code}")

        came = carried_out(DIALECTS[account.dialect].token_request(account), judge, self._call)
        token = answer.get("access_token")
        if came.kind == "sent" and isinstance(token, str) and token:
            lasts = answer.get("expires_in")
            seconds = lasts - _EARLY_SECONDS if isinstance(lasts, int) else 0
            self._kept[_whose(account)] = (token, self._clock() + seconds)
            return token
        return Outcome("permanent" if came.kind == "permanent" else "retryable", came.code)


def _whose(account: WechatAccount) -> tuple[str, str]:
    return account.endpoint, account.key_id
