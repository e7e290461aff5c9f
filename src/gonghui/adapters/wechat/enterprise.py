"""The dialect of enterprise applications (企业微信): text messages with the platform's own guard
against repetition."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gonghui.adapters.gateways.calls import Request
from gonghui.adapters.gateways.messages import Outcome, TemplateMessage, outcome
from gonghui.adapters.wechat.accounts import WechatAccount

TOKEN_DROPPED = frozenset({40014, 42001})
"""The platform no longer knows the token; nothing was done under it."""
_RETRYABLE = frozenset({-1, 45009, 45033})
"""Busy; too many calls; too many at once."""
_BLANK = re.compile(r"\{(\w+)\}")
_SAME_WITHIN_SECONDS = 4 * 3600
"""The longest time for which the platform remembers a message."""


def token_request(account: WechatAccount) -> Request:
    query = (
        f"corpid={quote(account.key_id, safe='')}&corpsecret={quote(account.key_secret, safe='')}"
    )
    return Request("GET", f"{account.endpoint}/cgi-bin/gettoken?{query}")


def request(account: WechatAccount, message: TemplateMessage, token: str) -> Request:
    template = account.templates[message.template]
    filled = template.filled(message.parameters)
    content = {
        "touser": message.to,
        "msgtype": "text",
        "agentid": int(account.agent),
        "text": {"content": _BLANK.sub(lambda blank: filled[blank[1]], template.id)},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": _SAME_WITHIN_SECONDS,
    }
    path = f"/cgi-bin/message/send?access_token={quote(token, safe='')}"
    return Request(
        "POST",
        account.endpoint + path,
        {"Content-Type": "application/json; charset=utf-8"},
        json.dumps(content, ensure_ascii=False).encode(),
    )


def judge(content: Mapping[str, Any]) -> Outcome:
    code = content.get("errcode")
    if code == 0:
        # The platform says 0 even if the one we meant is not among its people.
        if content.get("invaliduser"):
            return outcome("permanent", "invaliduser")
        return outcome("sent", code, content.get("msgid", ""))
    if not isinstance(code, int):
        return outcome("unknown", "no-errcode")
    return outcome("retryable" if code in _RETRYABLE else "permanent", code)
