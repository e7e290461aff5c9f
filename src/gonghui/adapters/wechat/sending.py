"""One attempt to send one WeChat message."""

from __future__ import annotations

from gonghui.adapters.gateways.calls import call
from gonghui.adapters.gateways.messages import (
    Caller,
    Outcome,
    TemplateMessage,
    carried_out,
    outcome,
)
from gonghui.adapters.wechat.accounts import WechatAccount
from gonghui.adapters.wechat.tokens import DIALECTS, Tokens


def send(
    account: WechatAccount, tokens: Tokens, message: TemplateMessage, *, call: Caller = call
) -> Outcome:
    """What came of it. A token the platform has dropped is fetched anew, once: nothing was done
    under it."""
    if not message.to or message.to.isspace():
        return outcome("permanent", "recipient-missing")
    if message.template not in account.templates:
        return outcome("permanent", "template-unknown")
    dialect = DIALECTS[account.dialect]
    came = outcome("retryable", "token-dropped")
    for _ in range(2):
        token = tokens.token(account)
        if isinstance(token, Outcome):
            return token
        try:
            request = dialect.request(account, message, token)
        except KeyError:
            return outcome("permanent", "parameter-missing")
        came = carried_out(request, dialect.judge, call)
        if came.code not in map(str, dialect.TOKEN_DROPPED):
            return came
        tokens.drop(account, token)
    return outcome("retryable", came.code)
