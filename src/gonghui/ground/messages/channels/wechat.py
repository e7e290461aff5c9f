"""WeChat, by the account that ``GONGHUI_WECHAT_ACCOUNT`` describes. The address is an openid, or a
member's name in the enterprise."""

from __future__ import annotations

import os
from pathlib import Path

from gonghui.adapters import wechat
from gonghui.adapters.gateways.messages import Outcome, TemplateMessage, outcome
from gonghui.ground.messages.channels.letters import Channel, Letter

_tokens = wechat.Tokens()


def send(letter: Letter) -> Outcome:
    described = os.environ.get("GONGHUI_WECHAT_ACCOUNT", "")
    key_id = os.environ.get("GONGHUI_WECHAT_ID", "")
    if not described or not key_id:
        return outcome("permanent", "not-configured")
    account = wechat.read_account(
        Path(described), key_id, os.environ.get("GONGHUI_WECHAT_SECRET", "")
    )
    message = TemplateMessage(letter.address, letter.template, letter.words, letter.reference)
    return wechat.send(account, _tokens, message)


CHANNEL = Channel(send)
