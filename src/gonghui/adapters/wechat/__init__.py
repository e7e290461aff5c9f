"""Messages by template, through an official account or an enterprise application."""

from gonghui.adapters.wechat.accounts import WechatAccount, read_account
from gonghui.adapters.wechat.sending import send
from gonghui.adapters.wechat.tokens import Tokens

__all__ = ["Tokens", "WechatAccount", "read_account", "send"]
