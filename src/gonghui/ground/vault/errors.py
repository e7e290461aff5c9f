"""What the vault refuses, in words for whoever must put it right. It shows no key and no value."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal


class KeysRefused(Refusal):
    """The key file cannot be used as it lies there."""


class KeyLost(Refusal):
    """A key that something was encrypted under is not to be had: a stated loss."""


class SealBroken(Refusal):
    """An encrypted value that was changed, or that stands where it was not put."""


def key_lost(key_id: int, algorithm: str) -> KeyLost:
    return KeyLost(
        N_("Key {key} ({algorithm}) is not among the keys here; what it protects cannot be read."),
        N_("Bring it back from its backup or from its shares: docs/howto/rotate-keys.md."),
        key=key_id,
        algorithm=algorithm,
    )


def data_key_gone() -> KeyLost:
    return KeyLost(
        N_("The key of this person's data has been destroyed or was never made."),
        N_("If it was destroyed on purpose, nothing can be done; else restore the key's backup."),
    )


def seal_broken() -> SealBroken:
    return SealBroken(
        N_("An encrypted value was changed, or belongs to another row."),
        N_("Show nothing from it; run `gonghui verify` and restore the row from a backup."),
    )
