"""Who holds the master keys: a file, or a device that takes its place.

The vault asks for these four things only, in bulk, so that an HSM or a city's 密码资源池 can answer
them without the master keys ever leaving it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gonghui.ground.vault.ciphers import Profile

NOT_ASSESSED = "not assessed"
"""What a provider made of software says of itself: no certified module stands behind it."""


class KeyProvider(Protocol):
    """Holder of the master keys and of the key of the blind indexes."""

    @property
    def profile(self) -> Profile: ...

    @property
    def assessment(self) -> str:
        """The certificate of the module that holds the keys, or ``NOT_ASSESSED``."""
        ...

    @property
    def current_key_id(self) -> int:
        """The master key that new wraps are made under."""
        ...

    def wrap(self, secrets: Sequence[bytes], contexts: Sequence[bytes]) -> list[bytes]:
        """Each secret encrypted under the current master key, bound to its context."""
        ...

    def unwrap(self, wrapped: Sequence[bytes], contexts: Sequence[bytes]) -> list[bytes]:
        """The secrets again. Raises ``KeyLost`` or ``SealBroken``."""
        ...

    def keyed_hashes(self, label: str, values: Sequence[bytes]) -> list[bytes]:
        """A keyed hash of 32 bytes of each value, of its own kind for each label."""
        ...
