"""What turning one document into pictures may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """A telephone's photograph has 12 to 50 megapixels and 3 to 15 MB."""

    file_bytes: int = 30_000_000
    pixels: int = 60_000_000
    """Of one page, judged by its header before anything is decoded."""
    pages: int = 40
    side: int = 3000
    """The longer side of a rendition; small print of a bill is still read."""
    memory_bytes: int = 1 << 30
    cpu_seconds: int = 30
    wall_seconds: int = 60
    result_bytes: int = 100_000_000


LIMITS = Limits()
