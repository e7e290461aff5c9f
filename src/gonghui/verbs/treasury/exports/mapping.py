"""Which account of the accounting software an account of ours is: data that accountants edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from gonghui.core.errors import N_, Place, Refusal
from gonghui.verbs.treasury.charts import SHIPPED as _CHARTS

SHIPPED = _CHARTS / "vouchers.yaml"


@dataclass(frozen=True, slots=True)
class Target:
    """An account of the accounting software; ``by_union``: kept for each union there, too."""

    code: str
    name: str
    by_union: bool = False


@dataclass(frozen=True, slots=True)
class VoucherMapping:
    """``word`` is the voucher's word (凭证字); ``kinds`` says of a journal without a memo."""

    file: Path
    word: str
    accounts: Mapping[str, Target]
    kinds: Mapping[str, str]

    def target(self, key: str) -> Target:
        """Where an account goes; refuses one that the file does not know."""
        if key not in self.accounts:
            raise Refusal(
                N_("The mapping has no entry for the account {account}."),
                N_("Add it below “accounts:” with the code of the accounting software."),
                place=Place(str(self.file)),
                account=key,
            )
        return self.accounts[key]

    def summary(self, kind: str, memo: str) -> str:
        """The voucher's summary (摘要)."""
        return memo or self.kinds.get(kind, kind)


def read_mapping(file: Path = SHIPPED) -> VoucherMapping:
    """A mapping from its file."""
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise _unreadable(file) from error
    if not isinstance(said, dict):
        raise _unreadable(file)
    word, accounts, kinds = (said.get(part) for part in ("word", "accounts", "kinds"))
    if not isinstance(word, str) or not isinstance(accounts, dict) or not isinstance(kinds, dict):
        raise _unreadable(file)
    return VoucherMapping(
        file,
        word,
        {str(key): _target(file, str(key), entry) for key, entry in accounts.items()},
        {str(kind): str(words) for kind, words in kinds.items()},
    )


def _target(file: Path, key: str, entry: object) -> Target:
    if isinstance(entry, dict) and set(entry) <= {"code", "name", "by_union"}:
        code, name, by_union = (entry.get(part) for part in ("code", "name", "by_union"))
        if isinstance(code, str) and isinstance(name, str) and by_union in (True, False, None):
            return Target(code, name, bool(by_union))
    raise Refusal(
        N_("An entry has a code and a name, both texts: write the code in quotes."),
        N_("Correct this entry of the mapping."),
        place=Place(str(file)),
        field=f"accounts.{key}",
    )


def _unreadable(file: Path) -> Refusal:
    return Refusal(
        N_("The mapping of accounts cannot be read."),
        N_("It is YAML with “word:”, “accounts:” and “kinds:”; start from the one that ships."),
        place=Place(str(file)),
    )
