"""Values of options that several commands have."""

from __future__ import annotations

from gonghui.core.errors import Refusal
from gonghui.core.periods import parse_day


def day_of_option(option: str, text: str) -> int | None:
    """The day an option names, None where it is not given; a refusal names the option."""
    try:
        return parse_day(text) if text else None
    except Refusal as refusal:
        refusal.field = option
        raise
