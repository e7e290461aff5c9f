"""What people type as a reason or a purpose, without the numbers that slipped into it.

A reason is stored as text that many may read, and travels into the audit trail for ever.
"""

from __future__ import annotations

import re

SHOWN = 4
_LONG = re.compile(r"\d(?:[ \-‐-―.·]?[\dXx]){8,}|[A-Za-z]{1,2}\d{7,}")
"""Nine digits and more, however they are set apart, more than a date has: a phone, a card, an
identity number; or letters and seven, as on passports and permits."""


def masked_reason(text: str) -> str:
    """One line; of each long number only the last four characters are left."""

    def masked(match: re.Match[str]) -> str:
        digits = [one for one in match[0] if one.isalnum()]
        return "*" * (len(digits) - SHOWN) + "".join(digits[-SHOWN:])

    return _LONG.sub(masked, " ".join(text.split()))
