"""The HTML report: one file without scripts that asks for nothing outside; its policy says so."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from gonghui.core.money import format_yuan
from gonghui.core.periods import date_of
from gonghui.core.rulebook.model import Parameter
from gonghui.doors.cli.language import spoken
from gonghui.doors.cli.replay import gate_lines, who_gains
from gonghui.doors.cli.report import charts, replaying
from gonghui.doors.cli.report.adjudication import Adjudication, engine_words
from gonghui.doors.cli.report.assumptions import Assumptions
from gonghui.doors.cli.report.figures import Figures, Line, month_words, top
from gonghui.doors.cli.report.intake_record import IntakeRecord
from gonghui.doors.cli.report.published import compare
from gonghui.doors.cli.report.replaying import Replay
from gonghui.doors.cli.report.words import in_ten_thousands, percent, said, times

TEMPLATES = Path(__file__).parent / "templates"
_LANGUAGE_TAGS = {"zh": "zh-Hans", "en": "en"}


def render(made: Replay, now: Adjudication, after: Adjudication, published: dict[str, int]) -> str:
    """The whole page. ``now``: the rules in force; ``after``: the other edition, same store."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(said=said, bar=charts.bar, percent=percent)
    environment.filters["yuan"] = format_yuan
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment.get_template("report.html.j2").render(
        language=_LANGUAGE_TAGS[spoken()],
        css=Markup(css),
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        **_content(made, now, after, published),
    )


def _content(
    made: Replay, now: Adjudication, after: Adjudication, published: dict[str, int]
) -> dict[str, Any]:
    figures = now.figures
    comparisons = compare(published, figures)
    exact = sum(one.exact for one in comparisons)
    record = IntakeRecord.of(now.store.path)
    return {
        "title": said("report_title", year=date_of(now.bench.program.starts[0]).year),
        "eyebrow": "　".join(made.before.governance.issued_by),
        "synthetic": now.synthetic,
        "figures": figures,
        "tiles": _tiles(figures),
        "answers": _answers(made, figures),
        "comparisons": [one.words() for one in comparisons],
        "exact": [one.exact for one in comparisons],
        "published_title": said(
            "title_published_all" if exact == len(comparisons) else "title_published",
            exact=exact,
            all=len(comparisons),
        ),
        "months_title": _months_title(figures),
        "months_chart": charts.monthly([_ for _ in figures.months if _.label[:1].isdigit()]),
        "level_title": _share_title("title_level", figures.levels, figures),
        "units_title": _units_title(figures),
        "reasons_title": _reasons_title(figures),
        "replay_title": _replay_title(made),
        "replay_rows": replaying.sums(made),
        "replay_sides": [(label, replaying.sums_of(made, one)) for label, one in made.sides],
        "money_chart": charts.money(made),
        "times_line": _times_line(made, now),
        "gains_title": _gains_title(made),
        "gains_lines": [who_gains(label, one) for label, one in made.sides],
        "gains_sides": [(label, replaying.gain_steps(one)) for label, one in made.sides],
        "gains_chart": charts.gains(replaying.gain_steps(made.filed)),
        "gains_units": replaying.gains_by_unit(made, made.filed),
        "levels": replaying.by_level(made.filed),
        "uses_lines": [
            said("extra_uses", side=label, count=f"{_extra_uses(one):,}")
            for label, one in made.sides
        ],
        "gates": gate_lines(made),
        "assumptions_title": _assumptions_title([*now.assumptions, *after.assumptions]),
        "assumptions": _assumptions_table([*now.assumptions, *after.assumptions]),
        "editions": [*now.editions(), *after.editions()],
        "engine": engine_words(),
        "record": record,
        "clauses": made.after.clauses,
    }


def _tiles(figures: Figures) -> list[tuple[str, str, str]]:
    """The figures on top: label, figure, unit."""
    part = figures.participation
    tiles = [
        (said("workers_joined"), f"{part.people:,}", said("people")),
        (said("people_paid_short"), f"{figures.total.people:,}", said("people")),
        (said("payouts_paid"), f"{figures.total.payouts:,}", said("payouts")),
        (said("benefit_paid"), format_yuan(figures.total.fen), said("yuan")),
    ]
    if part.contributions_fen is not None and figures.surplus_fen is not None:
        ratio = percent(figures.total.fen, part.contributions_fen)
        tiles.insert(
            1, (said("contributions_short"), format_yuan(part.contributions_fen), said("yuan"))
        )
        tiles.append((said("payout_ratio_short"), ratio, ""))
    return tiles


def _answers(made: Replay, figures: Figures) -> list[tuple[str, str]]:
    """The report's questions, each with its answer."""
    received = figures.participation.contributions_fen
    first = said(
        "answer_paid",
        span=figures.span,
        people=f"{figures.total.people:,}",
        payouts=f"{figures.total.payouts:,}",
        paid=in_ten_thousands(figures.total.fen),
        ratio=percent(figures.total.fen, received or 0),
        surplus=in_ten_thousands(figures.surplus_fen or 0),
    )
    second = said(
        "answer_revised",
        before=in_ten_thousands(made.filed.before_fen),
        after=in_ten_thousands(made.filed.after_fen),
        more=in_ten_thousands(made.gain_fen(made.filed)),
        surplus=_surplus(made, made.filed),
    )
    third = said(
        "answer_everything",
        people=f"{figures.unfiled.people:,}",
        unfiled=in_ten_thousands(figures.unfiled.fen),
        ratio=made.ratio(made.everything, "after"),
        surplus=_surplus(made, made.everything),
    )
    return [
        (said("question_paid"), first),
        (said("question_revised"), second),
        (said("question_everything"), third),
        (said("question_gains"), said("answer_gains", finding=_gains_title(made))),
    ]


def _surplus(made: Replay, comparison: Any) -> str:  # noqa: ANN401
    surplus = made.surplus_fen(comparison, "after")
    return "–" if surplus is None else in_ten_thousands(surplus)


def _months_title(figures: Figures) -> str:
    most = top(figures.months)
    if most is None:
        return said("title_nothing_paid")
    return said("title_months", month=month_words(most.label), amount=in_ten_thousands(most.fen))


def _share_title(key: str, lines: Sequence[Line], figures: Figures) -> str:
    most = top(lines)
    if most is None:
        return said("title_nothing_paid")
    return said(key, label=most.label, share=percent(most.fen, figures.total.fen))


def _units_title(figures: Figures) -> str:
    if not figures.units_left_out:
        return said("by_unit", count=len(figures.units))
    shown = figures.units[:-1]
    return said(
        "title_units",
        count=len(shown),
        share=percent(sum(line.fen for line in shown), figures.total.fen),
        rest=figures.units_left_out,
        rest_share=percent(figures.units[-1].fen, figures.total.fen),
    )


def _reasons_title(figures: Figures) -> str:
    return said(
        "title_reasons",
        settlements=f"{figures.settlements:,}",
        people=f"{figures.unfiled.people:,}",
        amount=in_ten_thousands(figures.unfiled.fen),
    )


def _replay_title(made: Replay) -> str:
    return said(
        "title_replay",
        more=in_ten_thousands(made.gain_fen(made.filed)),
        surplus=_surplus(made, made.filed),
        everything=_surplus(made, made.everything),
    )


def _times_line(made: Replay, now: Adjudication) -> str:
    received, paid = made.contributions["after"], now.figures.total.fen
    if received is None or not paid:
        return ""
    return said(
        "replay_times",
        received=format_yuan(received),
        span=now.figures.span,
        paid=format_yuan(paid),
        times=times(received, paid),
    )


def _gains_title(made: Replay) -> str:
    losers = made.filed.losses.height + made.everything.losses.height
    return said(
        "title_gains",
        people=f"{made.filed.gains.height:,}",
        median=format_yuan(replaying.median_gain_fen(made.filed)),
        losers=said("losers_none") if not losers else said("losers_some", people=f"{losers:,}"),
    )


def _extra_uses(comparison: Any) -> int:  # noqa: ANN401
    return int(comparison.sum("after_uses") - comparison.sum("before_uses"))


def _assumptions_title(found: Sequence[Assumptions]) -> str:
    relied = {one.path for assumptions in found for one in assumptions.relied}
    cited = {
        one.path
        for assumptions in found
        for one in assumptions.edition.parameters
        if not one.citation.assumed
    }
    return said("title_assumptions", relied=len(relied), cited=len(cited))


def _assumptions_table(found: Sequence[Assumptions]) -> dict[str, Any]:
    """What is assumed, by reason, with the number of parameters in each edition."""
    return {
        "heads": [one.head() for one in found],
        "columns": [one.edition.id.rpartition("/")[2] for one in found],
        "relied": _by_reason([one.grouped() for one in found]),
        "others": _by_reason([one.grouped_others() for one in found]),
    }


def _by_reason(groups: Sequence[Sequence[tuple[str, Sequence[Parameter]]]]) -> list[dict[str, Any]]:
    reasons = dict.fromkeys(because for group in groups for because, _ in group)
    rows = []
    for because in reasons:
        each = [dict(group).get(because, ()) for group in groups]
        paths = [parameter.path.split(".") for parameters in each for parameter in parameters]
        shared = [parts[0] for parts in zip(*paths, strict=False) if len(set(parts)) == 1]
        counts = [len(parameters) for parameters in each]
        rows.append({"because": because, "entry": ".".join(shared), "counts": counts})
    return rows
