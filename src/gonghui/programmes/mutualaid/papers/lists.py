"""The list of who takes part through a unit, as a paper and as a workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.db import connections
from django.db.models import Exists, OuterRef, Q

from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.errors import not_yours
from gonghui.ground.directory.models import Employment, Union
from gonghui.ground.directory.services.reveals import reveal_several
from gonghui.ground.vault.masking import masked_reason
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.models import Enrolment, Scheme
from gonghui.programmes.mutualaid.papers import page
from gonghui.programmes.mutualaid.papers.numbers import Masked, masked_numbers
from gonghui.programmes.mutualaid.permissions import CHECK
from gonghui.programmes.mutualaid.queries.profiles import city_profile

HEADING = ("序号", "姓名", "证件号码", "登记号", "人员号", "起止", "交费")
_WIDTHS = (6, 14, 24, 10, 10, 28, 28)
_MADE = datetime(2000, 1, 1)
_MASKED = "证件号码只显示部分数字。“登记号”用于办理退出，“人员号”用于开具证明和办理调动。"
_WHOLE = "本表含完整证件号码，用途：{purpose}。请妥善保管，用后销毁。"


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on the list. ``remark``: enrolled by another unit, moved away, withdrawn."""

    enrolment_id: int
    person_id: int
    name: str
    number: Masked | None
    starts_on: date
    ends_before: date
    paid_on: date | None
    remark: str


def list_paper(
    actor: Actor,
    union_id: int,
    scheme: Scheme,
    period: tuple[date, date],
    *,
    on: date,
    workbook: bool = False,
    full_for: str = "",
) -> bytes:
    """The list as a PDF or an xlsx. Full numbers only for a purpose: each is a reveal."""
    purpose = masked_reason(full_for)
    with actor.transaction() as scope:
        scope.require(CHECK)
        _refuse_elsewhere(union_id)
        listed = who_takes_part(union_id, scheme, period[0], on=on)
    full: Mapping[int, str] = {}
    if full_for:
        rows = [one.number.row_id for one in listed if one.number is not None]
        full = reveal_several(actor, "number", rows, full_for)
    with actor.transaction():
        data = _data(city_profile(), Union.objects.get(pk=union_id), scheme, listed, on) | {
            "period": page.span(*period),
            "rows": [_row(place, one, full) for place, one in enumerate(listed, 1)],
            "numbers_said": _WHOLE.format(purpose=purpose) if full_for else _MASKED,
        }
        made = _workbook(data) if workbook else page.paper("list", data)
        record(
            "roster.listed",
            subject="directory_union",
            subject_id=union_id,
            union_id=union_id,
            purpose=purpose,
            after=page.fingerprint(made),
            details={"people": len(listed), "full_numbers": bool(full_for)},
        )
    return made


def who_takes_part(union_id: int, scheme: Scheme, period_from: date, *, on: date) -> list[Listed]:
    """Whom the unit enrolled, and who works there now with the cover she brought; by sound of the
    name. Who was withdrawn before her cover began is not on it."""
    works_here = Exists(
        Employment.objects.filter(
            Q(ends_before__isnull=True) | Q(ends_before__gt=on),
            person_id=OuterRef("person_id"),
            union_id=union_id,
            starts_on__lte=on,
        )
    )
    rows = list(
        Enrolment.objects.filter(scheme=scheme, period_from=period_from, cancelled=False)
        .annotate(works_here=works_here)
        .filter(Q(union_id=union_id) | Q(works_here=True))
        .select_related("person", "union")
        .order_by("person__name_pinyin", "pk")
    )
    numbers = masked_numbers([one.person_id for one in rows])
    return [
        Listed(
            *(one.pk, one.person_id, one.person.name, numbers.get(one.person_id)),
            *(one.starts_on, one.ends_before, one.paid_on, _remark(one, union_id)),
        )
        for one in rows
    ]


def _refuse_elsewhere(union_id: int) -> None:
    """A unit out of reach has no list; an empty one would look as if nobody took part."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select gate.in_scope(%s)", [union_id])
        if not cursor.fetchone()[0]:
            raise not_yours()


def _remark(one: Any, union_id: int) -> str:  # noqa: ANN401  (annotated: works_here)
    said = []
    if one.union_id != union_id:
        said.append(f"由{one.union.name}参加")
    elif not one.works_here:
        said.append("已离开本单位")
    if one.withdrawn_on is not None:
        said.append(f"{one.withdrawn_on}退出")
    return "；".join(said)


def _row(place: int, one: Listed, full: Mapping[int, str]) -> list[str]:
    shown = full.get(one.number.row_id, one.number.shown) if one.number else page.NOT_STATED
    last = date.fromordinal(one.ends_before.toordinal() - 1)
    paid = f"{one.paid_on}已交费" if one.paid_on else "未交费"
    return [
        *(f"{place}", one.name, shown, f"{one.enrolment_id}", f"#{one.person_id}"),
        *(f"{one.starts_on}至{last}", "；".join(filter(None, (paid, one.remark)))),
    ]


def _data(
    profile: Profile, union: Union, scheme: Scheme, listed: list[Listed], on: date
) -> dict[str, Any]:
    return page.frame(profile, "unit_list", "office") | {
        "number": "",
        "payer": union.name,
        "scheme": scheme.name,
        "on": page.day(on),
        "heading": HEADING,
        "heads": f"{len(listed):,}",
        "paid": f"{sum(one.paid_on is not None for one in listed):,}",
    }


def _workbook(data: Mapping[str, Any]) -> bytes:
    """The same as an xlsx: everything text, so that no number is rounded and no name reckoned."""
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(
        kept,
        {
            **{"in_memory": True, "strings_to_numbers": False},
            **{"strings_to_formulas": False, "strings_to_urls": False},
        },
    )
    book.set_properties({"title": data["title"], "created": _MADE})
    sheet = book.add_worksheet(data["title"][:31])
    bold, plain = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    said = (
        f"{data['payer']}　{data['scheme']}　{data['period']}",
        f"共{data['heads']}人，已交费{data['paid']}人；{data['on']}。{data['numbers_said']}",
    )
    sheet.write_string(0, 0, data["title"], bold)
    for row, text in enumerate(said, 1):
        sheet.write_string(row, 0, text)
    for column, (head, width) in enumerate(zip(data["heading"], _WIDTHS, strict=True)):
        sheet.set_column(column, column, width, plain)
        sheet.write_string(3, column, head, bold)
    for row, cells in enumerate(data["rows"], 4):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, plain)
    sheet.freeze_panes(4, 2)
    sheet.repeat_rows(3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return kept.getvalue()
