"""Who we are at the platform that carries WeChat messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from gonghui.adapters.gateways.accounts import (
    GatewayTemplate,
    broken,
    read_entry,
    read_templates,
    text_of,
)
from gonghui.adapters.gateways.calls import check_endpoint

Dialect = Literal["official", "enterprise"]


@dataclass(frozen=True, slots=True)
class WechatAccount:
    dialect: Dialect
    endpoint: str
    """Scheme and host only: the paths are the platform's."""
    templates: Mapping[str, GatewayTemplate]
    key_id: str = field(repr=False)
    key_secret: str = field(repr=False)
    agent: str = ""
    """The number of the enterprise application; official accounts have none."""


def read_account(path: Path, key_id: str, key_secret: str) -> WechatAccount:
    entry = read_entry(path)
    dialect = text_of(path, entry, "dialect")
    if dialect not in ("official", "enterprise"):
        raise broken(path, "dialect")
    agent = text_of(path, entry, "agent") if dialect == "enterprise" else ""
    if agent and not agent.isdecimal():
        raise broken(path, "agent")
    return WechatAccount(
        dialect=cast(Dialect, dialect),
        endpoint=check_endpoint(text_of(path, entry, "endpoint")).rstrip("/"),
        templates=read_templates(path, entry),
        key_id=key_id,
        key_secret=key_secret,
        agent=agent,
    )
