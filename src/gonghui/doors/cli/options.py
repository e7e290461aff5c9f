"""Values of options that several commands have."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from gonghui.core.errors import Refusal
from gonghui.core.periods import date_of, parse_day


def day_of_option(option: str, text: str) -> int | None:
    """The day an option names, None where it is not given; a refusal names the option."""
    try:
        return parse_day(text) if text else None
    except Refusal as refusal:
        refusal.field = option
        raise


def business_day(option: str, text: str = "") -> date:
    """The day an option names; else today, as it is in China."""
    day = day_of_option(option, text)
    return datetime.now(ZoneInfo("Asia/Shanghai")).date() if day is None else date_of(day)
