"""The rules of a scheme as its rows state them, ready to decide: one statement, compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import OuterRef, Subquery

from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.calendar import WorkingDays
from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.timeline import timeline
from gonghui.programmes.mutualaid.deciding.inputs import InForce
from gonghui.programmes.mutualaid.deciding.rules import Rules
from gonghui.programmes.mutualaid.models import EditionSpan
from gonghui.programmes.mutualaid.queries.editions import Stored, kept
from gonghui.verbs.treasury.models import Fund

_BENEFITS = "benefits"


@dataclass(frozen=True, slots=True)
class Standing:
    """What deciding needs of a scheme: its rules, where it is run, and the fund that pays."""

    scheme_id: int
    union_id: int
    fund: str
    rules: Rules


def rules_of(scheme_id: int) -> Standing:
    """The rules that count now. Each edition is checked against its hashes."""
    spans = list(_spans(scheme_id))
    if not spans:
        raise Refusal(
            N_("The scheme has no published edition."), N_("Publish one, or load what was issued.")
        )
    scheme = spans[0].scheme
    fund: str | None = spans[0].fund  # type: ignore[attr-defined]  # annotated by _spans
    if fund is None:
        raise Refusal(
            N_("The union of the scheme has no fund that pays benefits."),
            N_("Open the fund with the chart of accounts of mutual aid."),
        )
    rows = tuple(Stored.of_row(scheme.code, span) for span in spans)
    ids = {f"{scheme.code}/{span.edition.name}": span.edition_id for span in spans}
    return Standing(scheme_id, scheme.union_id, fund, _rules(scheme.code, rows, tuple(ids.items())))


def rules_then(scheme_id: int, code: str, editions: Sequence[InForce]) -> Rules:
    """The rules as they counted when something was decided, by the hashes of their editions."""
    spans = {bytes(span.edition.sha256).hex(): span for span in _spans(scheme_id)}
    missing = [one.name for one in editions if one.sha256 not in spans]
    if missing:
        raise Refusal(
            N_("The edition {edition} that decided is not there."),
            N_("Decide nothing with it; restore the database from a backup."),
            edition=missing[0],
        )
    rows = tuple(
        replace(Stored.of_row(code, spans[one.sha256]), span=(one.since, one.until))
        for one in editions
    )
    ids = {one.name: spans[one.sha256].edition_id for one in editions}
    return _rules(code, rows, tuple(ids.items()))


def _spans(scheme_id: int) -> Iterable[EditionSpan]:
    fund = Fund.objects.filter(union=OuterRef("scheme__union"), accounts__key=_BENEFITS)
    return (
        EditionSpan.objects.filter(scheme_id=scheme_id)
        .select_related("edition", "scheme")
        .annotate(fund=Subquery(fund.order_by("id").values("code")[:1]))
        .order_by("starts_on")
    )


@lru_cache(maxsize=64)
def _rules(code: str, rows: tuple[Stored, ...], ids: tuple[tuple[str, int], ...]) -> Rules:
    program = compile_segments(timeline(kept(rows), code))
    editions = tuple(InForce(row.code, row.sha256.hex(), *row.span) for row in rows)
    return Rules(code, editions, dict(ids), HistoryFold(program, WorkingDays.load()))
