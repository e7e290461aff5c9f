"""How pages write amounts, days and refusals."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from gonghui.core.errors import Refusal
from gonghui.doors.web.once import FIELD, new_key

register = template.Library()


@register.simple_tag
def once() -> str:
    """The one-time key of a form that moves something: see ``doors.web.once``."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())


@register.filter
def yuan(fen: int | None) -> str:
    """``1,234.50``: fen as yuan, for columns whose heading says 元."""
    if fen is None:
        return "–"
    sign, whole, rest = "-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100
    return f"{sign}{whole:,}.{rest:02d}"


@register.filter
def day(value: date | None) -> str:
    """``2022年10月31日``; in English ``31 October 2022``."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if (get_language() or "").startswith("en"):
        return f"{value.day} {value:%B %Y}"
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def moment(value: datetime | None) -> str:
    """A day and the time of it in China."""
    return f"{day(value)} {timezone.localtime(value):%H:%M}" if value else "–"


_BROWSERS = ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


@register.filter
def browser(agent: str) -> str:
    """``Firefox · Windows``, of what a browser says of itself; else that, cut short."""
    named = next((name for name in _BROWSERS if name in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    named = {"MicroMessenger": gettext("WeChat"), "Edg": "Edge"}.get(named, named)
    return " · ".join(part for part in (named, system) if part) or agent[:40]


@register.filter
def what(refusal: Refusal) -> str:
    """What is wrong, without what to do."""
    where = ": ".join(part for part in (str(refusal.place or ""), refusal.field) if part)
    said = gettext(refusal.what).format(**refusal.values)
    return f"{where}: {said}" if where else said


@register.filter
def todo(refusal: Refusal) -> str:
    """What to do about it."""
    return gettext(refusal.todo).format(**refusal.values) if refusal.todo else ""
