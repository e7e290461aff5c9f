"""Text messages, by the account that ``GONGHUI_SMS_ACCOUNT`` describes."""

from __future__ import annotations

import os
from pathlib import Path

from gonghui.adapters import sms
from gonghui.adapters.gateways.messages import Outcome, TemplateMessage, outcome
from gonghui.ground.messages.channels.letters import Channel, Letter


def send(letter: Letter) -> Outcome:
    described = os.environ.get("GONGHUI_SMS_ACCOUNT", "")
    key_id = os.environ.get("GONGHUI_SMS_KEY_ID", "")
    if not described or not key_id:
        return outcome("permanent", "not-configured")
    account = sms.read_account(
        Path(described), key_id, os.environ.get("GONGHUI_SMS_KEY_SECRET", "")
    )
    message = TemplateMessage(letter.address, letter.template, letter.words, letter.reference)
    return sms.send(account, message)


CHANNEL = Channel(send)
