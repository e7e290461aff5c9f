"""The ways in which a message leaves the house."""

from __future__ import annotations

from gonghui.ground.messages.channels import console, email, file, sms, wechat
from gonghui.ground.messages.channels.letters import Channel, Letter

CHANNELS: dict[str, Channel] = {
    "console": console.CHANNEL,
    "file": file.CHANNEL,
    "email": email.CHANNEL,
    "sms": sms.CHANNEL,
    "wechat": wechat.CHANNEL,
}

__all__ = ["CHANNELS", "Channel", "Letter"]
