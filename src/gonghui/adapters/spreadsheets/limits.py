"""What reading one file may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """A city's roster (62,715 rows, 18 columns): 5 MB, 9 parts, 45 MB unpacked, ratio 9."""

    file_bytes: int = 256_000_000
    parts: int = 200
    unpacked_bytes: int = 200_000_000
    ratio: int = 100
    memory_bytes: int = 2 << 30
    cpu_seconds: int = 60
    wall_seconds: int = 120
    result_bytes: int = 1 << 30
    cells: int = 8_000_000
    """Of cells that hold something."""
    cell_characters: int = 500
    """Of a longer cell the beginning is kept, and its kind says so."""


LIMITS = Limits()
