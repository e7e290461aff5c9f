"""The day on which pages act."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def business_day() -> date:
    """Today, as it is in China; or the one day of a past year that the machine was started for."""
    said: str = settings.BUSINESS_DAY
    return date.fromisoformat(said) if said else datetime.now(ZoneInfo("Asia/Shanghai")).date()
