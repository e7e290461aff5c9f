"""Text messages by template, through a gateway."""

from gonghui.adapters.sms.accounts import SmsAccount, read_account
from gonghui.adapters.sms.sending import send

__all__ = ["SmsAccount", "read_account", "send"]
