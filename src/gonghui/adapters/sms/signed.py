"""A plain signed dialect, for a gateway in the office's own network: see the README."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from gonghui.adapters.gateways.calls import Request
from gonghui.adapters.gateways.messages import Outcome, OutcomeKind, TemplateMessage, outcome
from gonghui.adapters.sms.accounts import SmsAccount

_MEANS: Mapping[object, OutcomeKind] = {
    "taken": "sent",
    "repeated": "sent",
    "busy": "retryable",
    "refused": "permanent",
}


def request(account: SmsAccount, message: TemplateMessage, at: datetime, nonce: str) -> Request:
    template = account.templates[message.template]
    content = {
        "to": message.to,
        "template": template.id,
        "parameters": template.filled(message.parameters),
        "sign_name": account.sign_name,
        "reference": message.reference,
    }
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    timestamp = str(int(at.timestamp()))
    path = urlsplit(account.endpoint).path or "/"
    return Request(
        "POST",
        account.endpoint,
        {
            "Content-Type": "application/json; charset=utf-8",
            "X-Key-Id": account.key_id,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": signature(account.key_secret, "POST", path, timestamp, nonce, body),
        },
        body,
    )


def signature(secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    lines = (method, path, timestamp, nonce, hashlib.sha256(body).hexdigest())
    return hmac.new(secret.encode(), "\n".join(lines).encode(), "sha256").hexdigest()


def judge(content: Mapping[str, Any]) -> Outcome:
    kind = _MEANS.get(content.get("result"))
    if kind is None:
        return outcome("unknown", "no-result")
    return outcome(kind, content.get("reason", content["result"]), content.get("id", ""))
