"""A chart of accounts: data, read from YAML. How one looks: ``books/charts/mutual-aid.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gonghui.core.errors import N_, Place, Refusal
from gonghui.verbs.treasury.models import AccountKind

SHIPPED = Path(__file__).parents[2] / "books" / "charts"

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KNOWN = {"code", "name", "kind", "cash", "store"}


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """An account to be made; ``cash`` and ``store`` as in ``models.Account``."""

    key: str
    code: str
    name: str
    kind: str
    cash: bool = False
    store: bool = False


def read_chart(file: Path) -> list[PlannedAccount]:
    """The accounts of a chart, in its order. Says why the database would refuse one."""
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise Refusal(
            N_("The chart of accounts cannot be read."),
            N_("It is YAML in UTF-8; start from one that ships."),
            place=Place(str(file)),
        ) from error
    accounts = said.get("accounts") if isinstance(said, dict) else None
    if not isinstance(accounts, dict) or not accounts:
        raise Refusal(
            N_("The chart names no accounts."),
            N_("List them below “accounts:”, each by its key."),
            place=Place(str(file)),
        )
    planned = [_account(file, str(key), entry) for key, entry in accounts.items()]
    codes = [account.code for account in planned]
    for account in planned:
        if codes.count(account.code) > 1:
            raise _wrong(file, account.key, N_("The code stands at another account, too."))
    return planned


def _account(file: Path, key: str, entry: Any) -> PlannedAccount:  # noqa: ANN401  (YAML)
    if not _KEY.fullmatch(key):
        raise _wrong(file, key, N_("A key is lower-case letters, digits and underscores."))
    if not isinstance(entry, dict) or not set(entry) <= _KNOWN:
        raise _wrong(
            file, key, N_("An account has a code, a name, a kind; it may be cash or store.")
        )
    code, name, kind = (entry.get(part) for part in ("code", "name", "kind"))
    if not isinstance(code, str) or not code or not isinstance(name, str) or not name:
        raise _wrong(file, key, N_("Code and name are texts: write the code in quotes."))
    if kind not in AccountKind.values:
        raise _wrong(file, key, N_("The kind is asset, expense, liability, equity or income."))
    cash, store = entry.get("cash", False), entry.get("store", False)
    if not isinstance(cash, bool) or not isinstance(store, bool):
        raise _wrong(file, key, N_("cash and store are true or false."))
    if kind != "asset" and (cash or store):
        raise _wrong(file, key, N_("Only an asset is cash or a store."))
    return PlannedAccount(key, code, name, str(kind), cash, store)


def _wrong(file: Path, key: str, what: str) -> Refusal:
    return Refusal(
        what,
        N_("Correct this entry of the chart."),
        place=Place(str(file)),
        field=f"accounts.{key}",
    )
