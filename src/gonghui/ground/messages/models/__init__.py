"""Messages, and each attempt to deliver one."""

from gonghui.ground.messages.models.messages import Attempt, Message

__all__ = ["Attempt", "Message"]
