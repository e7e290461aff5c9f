"""How pages write amounts, days and refusals."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import SCALE
from gonghui.core.periods import date_of
from gonghui.doors.web.once import FIELD, new_key
from gonghui.doors.web.rooms import rooms_of
from gonghui.programmes.mutualaid.deciding.step_words import step_said

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


_STATES = {
    "draft": N_("draft"),
    "filed": N_("filed"),
    "confirmed": N_("confirmed by the unit"),
    "reviewing": N_("being checked"),
    "returned": N_("sent back"),
    "accepted": N_("granted"),
    "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
    "review_asked": N_("复核 asked for"),
    "reviewed": N_("复核 done"),
}
_DEEDS = {
    "file": N_("handed in"),
    "complete": N_("handed in again"),
    "confirm": N_("confirmed by the unit"),
    "pass": N_("checked"),
    "return": N_("sent back"),
    "accept": N_("granted"),
    "refuse": N_("refused"),
    "withdraw": N_("withdrawn"),
    "ask_review": N_("复核 asked for"),
    "uphold": N_("decision upheld"),
    "change": N_("granted after 复核"),
}
_PAPERS = {
    "given": N_("kept here"),
    "seen": N_("seen"),
    "lacking": N_("missing"),
    "replaced": N_("replaced"),
}


_BATCHES = {
    "drafted": N_("put together"),
    "checked": N_("checked by a second person"),
    "approved": N_("approved"),
    "sealed": N_("sealed"),
    "released": N_("released"),
    "answered": N_("answered by the bank"),
    "closed": N_("finished"),
    "cancelled": N_("taken back"),
}
_PAYMENTS = {
    "ready": N_("not sent yet"),
    "sent": N_("at the bank"),
    "unknown": N_("unknown: ask the bank"),
    "paid": N_("paid out"),
    "returned": N_("came back"),
    "held": N_("held"),
    "cancelled": N_("taken back"),
}


@register.filter
def batch_state(state: str) -> str:
    """Where a payout batch stands."""
    return gettext(_BATCHES[state])


@register.filter
def line_state(state: str) -> str:
    """Where one payment is."""
    return gettext(_PAYMENTS[state])


@register.filter
def case_state(state: str) -> str:
    """Where an application stands."""
    return gettext(_STATES[state])


@register.filter
def case_deed(deed: str) -> str:
    """What was done in an application."""
    return gettext(_DEEDS[deed])


@register.filter
def paper_state(state: str) -> str:
    """Whether a paper is there."""
    return gettext(_PAPERS[state])


@register.filter
def fact(value: int | str | None, unit: str) -> str:
    """One fact of a settlement; a code comes with its word already."""
    return "–" if value is None else value if isinstance(value, str) else in_unit(value, unit)


@register.filter
def in_unit(value: int, unit: str) -> str:
    """A step's value as people write it: fen as yuan, days since 1970 as a date."""
    if unit == "fen":
        return yuan(value)
    if unit == "day":
        return day(date_of(value))
    if unit == "scaled":  # before rounding: fen, with places below
        return f"{yuan(value // SCALE)}{f'{value % SCALE:04d}'.rstrip('0')}"
    return f"{value:,}"


@register.filter
def step_name(name: str) -> str:
    """What a step of a decision is called."""
    return step_said(name, gettext)


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
