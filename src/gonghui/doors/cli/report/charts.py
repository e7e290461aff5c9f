"""The report's charts: Vega-Lite specifications, drawn as SVG whose text stays text.

Each chart is drawn twice, for a desk and for a telephone: an SVG that is scaled down would have
letters nobody can read. Colours differ in lightness, so that a print in grey can be read as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import vl_convert
from markupsafe import Markup, escape

from gonghui.doors.cli.language import spoken
from gonghui.doors.cli.report.figures import Line, month_label
from gonghui.doors.cli.report.replaying import GainLine, Replay
from gonghui.doors.cli.report.words import said

FONTS = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
ACCENT, PALE, GREY, INK, MUTED = "#8b2a2a", "#d9b8b0", "#8a929e", "#1f2328", "#57606a"
WIDE, NARROW = 912, 350
BAR = {"type": "bar", "cornerRadiusEnd": 2}
FEN_OF_TEN_THOUSAND = 1_000_000

_ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_SVG = re.compile(r"<svg [^>]*?(width=\"[\d.]+\" height=\"[\d.]+\" viewBox=\"[^\"]+\")>")
_XLINK = ' xmlns:xlink="http://www.w3.org/1999/xlink"'


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart in both widths. ``title`` says what it shows to who cannot see it."""

    title: str
    wide: Markup
    narrow: Markup


def monthly(lines: Sequence[Line]) -> Chart:
    """Benefit by month of payment."""
    values = [
        {
            "month": month_label(line.label),
            "yuan": line.fen / 100,
            "label": _short(line.fen),
            "shorter": _short(line.fen, 1),
            "order": place,
        }
        for place, line in enumerate(lines)
    ]
    most = max((line.fen for line in lines), default=0) / 100
    axis = {"labelAngle": 0, "title": None, "ticks": False, "labelPadding": 6}
    x = {"field": "month", "type": "ordinal", "sort": {"field": "order"}, "axis": axis}
    y = {
        "field": "yuan",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, most * 1.12]},
    }
    paint = {
        "condition": {"test": f"datum.yuan === {most}", "value": ACCENT},
        "value": PALE if most else GREY,
    }

    def layers(small: bool) -> list[dict[str, Any]]:
        text = {"type": "text", "dy": -7, "fontSize": 10 if small else 12, "color": INK}
        bars = {
            "mark": {"type": "bar", "cornerRadiusEnd": 2},
            "encoding": {"x": x, "y": y, "color": paint},
        }
        label = {"field": "shorter" if small else "label"}
        return [bars, {"mark": text, "encoding": {"x": x, "y": y, "text": label}}]

    return _chart(
        said("chart_months"),
        lambda small: {
            "data": {"values": values},
            "layer": layers(small),
            "height": 190 if small else 230,
        },
    )


def money(made: Replay) -> Chart | None:
    """Contributions under either edition: what of them is paid out, what is left."""
    values, sides = [], [side for side, _ in made.sides]
    parts, colours = [said("benefit_paid"), said("left_over")], [ACCENT, PALE]
    for side, comparison in made.sides:
        for when in ("before", "after"):
            received = made.contributions[when]
            if received is None:
                return None
            paid = comparison.sum(f"{when}_fen")
            row = {"side": side, "when": said(when)}
            for place, (part, fen) in enumerate(zip(parts, (paid, received - paid), strict=True)):
                cell = {"part": part, "order": place, "amount": fen / FEN_OF_TEN_THOUSAND}
                values.append({**row, **cell, "label": _short(fen)})
    y = {
        "field": "when",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "ticks": False, "domain": False, "labelFontSize": 12},
    }
    x = {"field": "amount", "type": "quantitative", "axis": None, "stack": "zero"}
    colour = {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": parts, "range": colours},
        "legend": {"orient": "top", "title": None, "symbolType": "square"},
    }
    order = {"field": "order"}

    def spec(small: bool) -> dict[str, Any]:
        enough = 90 if small else 30  # ten thousand yuan: in a shorter bar no figure has room
        text = {"type": "text", "fontSize": 11 if small else 12}
        middle = {**x, "bandPosition": 0.5}
        ink = {"condition": {"test": "datum.order === 0", "value": "#ffffff"}, "value": INK}
        return {
            "data": {"values": values},
            "facet": {
                "row": {
                    "field": "side",
                    "type": "nominal",
                    "sort": sides,
                    "title": None,
                    "header": {
                        "labelAngle": 0,
                        "labelOrient": "top",
                        "labelAnchor": "start",
                        "labelFontSize": 13,
                        "labelFontWeight": "bold",
                    },
                }
            },
            "spec": {
                "width": NARROW - 60 if small else WIDE - 60,
                "height": {"step": 38},
                "layer": [
                    {
                        "mark": {"type": "bar", "cornerRadiusEnd": 2},
                        "encoding": {"y": y, "x": x, "color": colour, "order": order},
                    },
                    {
                        "transform": [{"filter": f"datum.amount >= {enough}"}],
                        "mark": text,
                        "encoding": {
                            "y": y,
                            "x": middle,
                            "order": order,
                            "color": ink,
                            "text": {"field": "label"},
                            "detail": {"field": "part"},
                        },
                    },
                ],
            },
            "spacing": 12,
        }

    return _chart(said("chart_money"), spec, sized=False)


def gains(lines: Sequence[GainLine]) -> Chart:
    """How many people gain how much."""
    values = [
        {"gain": line.label, "people": line.people, "label": f"{line.people:,}", "order": place}
        for place, line in enumerate(lines)
    ]
    most = max((line.people for line in lines), default=0)
    y = {
        "field": "gain",
        "type": "ordinal",
        "sort": {"field": "order"},
        "axis": {
            "title": said("gain"),
            "titleAngle": 0,
            "titleAlign": "right",
            "titleAnchor": "start",
            "titleY": -8,
            "titleX": -6,
            "ticks": False,
            "domain": False,
        },
    }
    x = {
        "field": "people",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, most * 1.15]},
    }
    text = {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": INK}
    return _chart(
        said("chart_gains"),
        lambda small: {
            "data": {"values": values},
            "height": {"step": 28},
            "layer": [
                {"mark": {**BAR, "color": ACCENT}, "encoding": {"y": y, "x": x}},
                {"mark": text, "encoding": {"y": y, "x": x, "text": {"field": "label"}}},
            ],
        },
    )


def bar(value: int, longest: int) -> Markup:
    """A value as a small bar in a table, against the longest; the figure stands beside it."""
    width = 100 * max(0, value) / longest if longest > 0 else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false"><rect width="{min(100, width):.2f}" height="8"/></svg>'
    )


def _short(fen: int, decimals: int = 2) -> str:
    """An amount where there is little room: 9.28万, 92.8k; halves are rounded up, as elsewhere."""
    if spoken() == "zh":
        unit, sign = (FEN_OF_TEN_THOUSAND, "万") if fen >= FEN_OF_TEN_THOUSAND else (100, "")
    elif fen >= 100_000_000:
        unit, sign = 100_000_000, "m"
    else:
        unit, sign, decimals = (100_000, "k", decimals - 1) if fen >= 100_000 else (100, "", 0)
    if not sign:
        return f"{(2 * fen + unit) // (2 * unit):,}"
    scaled = (2 * fen * 10**decimals + unit) // (2 * unit)
    whole, part = divmod(scaled, 10**decimals)
    return f"{whole:,}.{part:0{decimals}d}{sign}" if decimals else f"{whole:,}{sign}"


def _chart(title: str, spec: Any, sized: bool = True) -> Chart:  # noqa: ANN401  (a function of width)
    drawn = []
    for small in (False, True):
        made = spec(small)
        if sized:
            made["width"] = (NARROW if small else WIDE) - 10
        drawn.append(_drawn(title, made, "narrow" if small else "wide"))
    return Chart(title, *drawn)


def _drawn(title: str, spec: dict[str, Any], name: str) -> Markup:
    """One SVG without anything that a strict content security policy refuses."""
    config = {
        "font": FONTS,
        "background": None,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED,
            "titleColor": MUTED,
            "domainColor": "#c9ced6",
            "grid": False,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "header": {"labelColor": INK},
        "legend": {"labelColor": INK, "labelFontSize": 12},
    }
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", **spec, "config": config}
    svg = _ROLES.sub("", vl_convert.vegalite_to_svg(whole)).replace(_XLINK, "")
    head = f'<svg class="chart {name}" role="img" aria-label="{escape(title)}" \\1>'
    svg, found = _SVG.subn(head, svg, count=1)
    assert found and "style=" not in svg, "the drawing library writes another kind of SVG"
    return Markup(svg)
