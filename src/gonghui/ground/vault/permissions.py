"""What posts may allow in the vault."""

from __future__ import annotations

ROTATE = "key.rotate"
"""Bring every wrapped data key under the current master key. Shows nothing to anybody."""
ERASE = "person.erase"
"""Destroy the key of a person's data: nobody reads them again, except from an older backup."""
