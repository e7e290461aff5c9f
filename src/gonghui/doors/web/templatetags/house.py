"""How pages write amounts, days and refusals."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of
from gonghui.doors.web.once import FIELD, new_key
from gonghui.doors.web.rooms import rooms_of

register = template.Library()


@register.simple_tag
def once() -> str:
    """The one-time key of a form that moves something: see ``doors.web.once``."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())


@register.simple_tag(takes_context=True)
def rooms(context: template.Context) -> list[tuple[str, str, bool]]:
    """(address, name, whether one is in it) of every room that is open to who looks."""
    visitor, path = context.get("visitor"), context["request"].path
    return [
        (reverse(room.address), gettext(room.name), path.startswith(room.place))
        for room in rooms_of(visitor.scope if visitor else None)
    ]


@register.filter
def said(word: str | None) -> str:
    """A word of ours in the language of the page."""
    return gettext(word) if word else ""


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
def last_day(ends_before: date | None) -> str:
    """The last day of a span that ends before this one, as people write spans."""
    return day(ends_before - timedelta(days=1) if ends_before else None)


@register.filter
def count(number: int | None) -> str:
    """``62,715``."""
    return "–" if number is None else f"{number:,}"


_DUES = {
    "open": N_("to be paid"),
    "lined": N_("in a payment batch"),
    "paid": N_("paid out"),
    "returned": N_("came back"),
    "stopped": N_("no longer due"),
}


@register.filter
def due_state(state: str | None) -> str:
    """Where the money of a decision is."""
    return gettext(_DUES[state]) if state else "–"


@register.filter
def in_unit(value: int, unit: str) -> str:
    """A step's value as people write it: fen as yuan, days since 1970 as a date."""
    if unit == "fen":
        return yuan(value)
    if unit == "day":
        return day(date_of(value))
    return f"{value:,}"


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
