"""The dialect of official accounts (公众号): template messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gonghui.adapters.gateways.calls import Request
from gonghui.adapters.gateways.messages import Outcome, TemplateMessage, outcome
from gonghui.adapters.wechat.accounts import WechatAccount

TOKEN_DROPPED = frozenset({40001, 40014, 42001})
"""The platform no longer knows the token; nothing was done under it."""
_RETRYABLE = frozenset({-1, 45009, 45011})
"""Busy; too many calls today; too many this minute."""


def token_request(account: WechatAccount) -> Request:
    """The stable token: asking again gives the same one, so two workers do not undo each other."""
    content = {
        "grant_type": "client_credential",
        "appid": account.key_id,
        "secret": account.key_secret,
    }
    return _posted(f"{account.endpoint}/cgi-bin/stable_token", content)


def request(account: WechatAccount, message: TemplateMessage, token: str) -> Request:
    template = account.templates[message.template]
    filled = template.filled(message.parameters)
    content = {
        "touser": message.to,
        "template_id": template.id,
        "client_msg_id": message.reference,
        "data": {name: {"value": value} for name, value in filled.items()},
    }
    path = f"/cgi-bin/message/template/send?access_token={quote(token, safe='')}"
    return _posted(account.endpoint + path, content)


def _posted(url: str, content: Mapping[str, Any]) -> Request:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Request("POST", url, {"Content-Type": "application/json; charset=utf-8"}, body)


def judge(content: Mapping[str, Any]) -> Outcome:
    code = content.get("errcode")
    if code == 0:
        return outcome("sent", code, content.get("msgid", ""))
    if not isinstance(code, int):
        return outcome("unknown", "no-errcode")
    return outcome("retryable" if code in _RETRYABLE else "permanent", code)
