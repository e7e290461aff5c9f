"""The dialect of Alibaba Cloud's SMS service: ``SendSms`` of 2017-05-25, signature version 3.

The parameters travel in the query, as the service's description says; the signature covers it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from gonghui.adapters.gateways.calls import Request
from gonghui.adapters.gateways.messages import Outcome, TemplateMessage, outcome
from gonghui.adapters.sms.accounts import SmsAccount

_ALGORITHM = "ACS3-HMAC-SHA256"
_NO_BODY = hashlib.sha256(b"").hexdigest()
_RETRYABLE = frozenset(
    {
        "isv.BUSINESS_LIMIT_CONTROL",  # so many a minute, an hour, a day to one number
        "isv.DAY_LIMIT_CONTROL",
        "isv.MONTH_LIMIT_CONTROL",
        "isv.AMOUNT_NOT_ENOUGH",  # the account is empty; somebody will fill it
        "isv.OUT_OF_SERVICE",
        "Throttling",
        "Throttling.User",
        "Throttling.Api",
        "ServiceUnavailable",
    }
)
_UNKNOWN = ("isp.", "InternalError", "UnknownError")
"""Failures inside the service: it does not say whether before or after the message left."""


def request(account: SmsAccount, message: TemplateMessage, at: datetime, nonce: str) -> Request:
    template = account.templates[message.template]
    parameters = {
        "PhoneNumbers": message.to,
        "SignName": account.sign_name,
        "TemplateCode": template.id,
        "TemplateParam": json.dumps(
            template.filled(message.parameters), ensure_ascii=False, separators=(",", ":")
        ),
        "OutId": message.reference,
    }
    return signed(account, "SendSms", "2017-05-25", parameters, at, nonce)


def signed(
    account: SmsAccount,
    action: str,
    version: str,
    parameters: Mapping[str, str],
    at: datetime,
    nonce: str,
) -> Request:
    """A call of any action with its ``Authorization``."""
    parts = urlsplit(account.endpoint)
    query = "&".join(
        f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(parameters.items())
    )
    headers = {
        "host": parts.netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": _NO_BODY,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(("POST", parts.path or "/", query, lines, names, _NO_BODY))
    to_sign = f"{_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(account.key_secret.encode(), to_sign.encode(), "sha256").hexdigest()
    authorization = (
        f"{_ALGORITHM} Credential={account.key_id},SignedHeaders={names},Signature={signature}"
    )
    url = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}?{query}"
    return Request("POST", url, headers | {"Authorization": authorization})


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def judge(content: Mapping[str, Any]) -> Outcome:
    code = str(content.get("Code", ""))
    if code == "OK":
        return outcome("sent", code, content.get("BizId", ""))
    if code in _RETRYABLE:
        return outcome("retryable", code)
    if not code or code.startswith(_UNKNOWN):
        return outcome("unknown", code or "no-code")
    return outcome("permanent", code)
