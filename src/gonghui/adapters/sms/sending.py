"""One attempt to send one text message."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from gonghui.adapters.gateways.calls import call
from gonghui.adapters.gateways.messages import (
    Caller,
    Outcome,
    TemplateMessage,
    carried_out,
    outcome,
)
from gonghui.adapters.sms import aliyun, signed
from gonghui.adapters.sms.accounts import SmsAccount

_DIALECTS = {"aliyun": aliyun, "signed": signed}
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")


def send(
    account: SmsAccount,
    message: TemplateMessage,
    *,
    call: Caller = call,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    nonce: Callable[[], str] = lambda: secrets.token_hex(16),
) -> Outcome:
    """What came of it. Never raises for anything that happens outside."""
    mobile = _MOBILE.fullmatch(re.sub(r"[\s-]", "", message.to))
    if mobile is None:
        return outcome("permanent", "phone-malformed")
    if message.template not in account.templates:
        return outcome("permanent", "template-unknown")
    dialect = _DIALECTS[account.dialect]
    try:
        request = dialect.request(account, replace(message, to=mobile[1]), now(), nonce())
    except KeyError:
        return outcome("permanent", "parameter-missing")
    return carried_out(request, dialect.judge, call)
