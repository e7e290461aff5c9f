"""Who we are at the gateway that carries text messages."""

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

Dialect = Literal["aliyun", "signed"]


@dataclass(frozen=True, slots=True)
class SmsAccount:
    dialect: Dialect
    endpoint: str
    sign_name: str
    """The name in 【】 that the provider has approved."""
    templates: Mapping[str, GatewayTemplate]
    key_id: str = field(repr=False)
    key_secret: str = field(repr=False)


def read_account(path: Path, key_id: str, key_secret: str) -> SmsAccount:
    entry = read_entry(path)
    dialect = text_of(path, entry, "dialect")
    if dialect not in ("aliyun", "signed"):
        raise broken(path, "dialect")
    return SmsAccount(
        dialect=cast(Dialect, dialect),
        endpoint=check_endpoint(text_of(path, entry, "endpoint")),
        sign_name=text_of(path, entry, "sign_name"),
        templates=read_templates(path, entry),
        key_id=key_id,
        key_secret=key_secret,
    )
