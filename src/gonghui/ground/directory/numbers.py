"""Identity numbers as the database keeps them: sealed for reading, hashed for finding.

The index covers the kind of document, too: a passport and a permit of the same digits are two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gonghui.ground.vault.blind import IDENTITY, blind_indexes, last_four_indexes
from gonghui.ground.vault.providers import KeyProvider
from gonghui.ground.vault.sealing import Column, DataKey, open_values, seal_values

COLUMN = Column("directory_personnumber", "cipher")


@dataclass(frozen=True, slots=True)
class FoundBy:
    """What numbers are found by: by the whole, by the last four."""

    blind: list[bytes]
    last_four: list[bytes]


def found_by(provider: KeyProvider, kinds: Sequence[str], numbers: Sequence[str]) -> FoundBy:
    """The indexes of normal forms (``identity.check_document`` gives them)."""
    named = [f"{kind}:{number}" for kind, number in zip(kinds, numbers, strict=True)]
    return FoundBy(
        blind_indexes(provider, IDENTITY, named), last_four_indexes(provider, IDENTITY, numbers)
    )


def seal_numbers(
    keys: Sequence[DataKey], numbers: Sequence[str], row_ids: Sequence[int]
) -> list[bytes]:
    """Each number under its person's key, bound to the row it will stand in."""
    return seal_values(keys, numbers, COLUMN, row_ids)


def open_numbers(
    keys: Sequence[DataKey], sealed: Sequence[bytes], row_ids: Sequence[int]
) -> list[str]:
    """The numbers again. Whoever shows one records it: ``services.reveals``."""
    return open_values(keys, sealed, COLUMN, row_ids)
