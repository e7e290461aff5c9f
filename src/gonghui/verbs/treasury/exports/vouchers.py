"""A period's journals as 记账凭证: a workbook that accounting software reads, a row for each line.

No amount is ever a float: an amount becomes the text of its yuan, that text a Decimal, and
XlsxWriter puts the Decimal's own digits into the cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.exports.amounts import exact_yuan
from gonghui.verbs.treasury.exports.capitals import in_capitals
from gonghui.verbs.treasury.exports.mapping import VoucherMapping
from gonghui.verbs.treasury.exports.whole import whole_fund
from gonghui.verbs.treasury.models import Closing, Period
from gonghui.verbs.treasury.queries.journals import PostedJournal, PostedLine, journals_read

_CREATED = datetime(2000, 1, 1)
"""No clock: a closed period is the same bytes every time."""

COLUMNS = (
    *(("日期", 11), ("凭证字", 7), ("凭证号", 7), ("分录号", 7), ("摘要", 30)),
    *(("科目编码", 10), ("科目名称", 24), ("借方金额", 16), ("贷方金额", 16)),
    *(("单位编码", 14), ("单位名称", 24), ("存货编码", 12), ("存货名称", 14)),
    *(("计量单位", 8), ("数量", 10), ("来源", 20), ("业务编号", 10)),
)
"""The heads of the first sheet and their widths."""


def write_vouchers(actor: Actor, period_id: int, mapping: VoucherMapping, path: Path) -> int:
    """Writes a period's vouchers; how many they are.

    They are numbered by calendar month, in the order of recording: while the period is open, the
    numbers may still change, and the second sheet says so.
    """
    with actor.transaction() as scope:
        period = Period.objects.select_related("fund").filter(pk=period_id).first()
        if period is None:
            raise Refusal(
                N_("There is no period {period}."),
                N_("Look at the fund's periods."),
                period=period_id,
            )
        whole_fund(scope, period.fund.code, f"vouchers of {period.starts_on}")
        book = xlsxwriter.Workbook(
            path,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        book.set_properties({"title": f"{period.fund.name} 记账凭证", "created": _CREATED})
        sheets = _Sheets(book, mapping)
        for journal in journals_read("j.period_id = %s", [period_id]):
            sheets.voucher(journal)
        closing = Closing.objects.filter(period_id=period_id, confirmed_at__isnull=False).first()
        sheets.totals(period, closing)
        book.close()
        return sheets.count


class _Sheets:
    """The two sheets, and what has been written so far."""

    def __init__(self, book: Any, mapping: VoucherMapping) -> None:  # noqa: ANN401  (no types)
        self.mapping = mapping
        self.count, self.debit_fen, self.credit_fen, self._row = 0, 0, 0, 1
        self._numbers: Counter[tuple[int, int]] = Counter()
        font = {"font_name": "宋体", "font_size": 10}
        self._text = book.add_format({**font, "num_format": "@"})
        self._day = book.add_format({**font, "num_format": "yyyy-mm-dd"})
        self._count = book.add_format({**font, "num_format": "0"})
        # Red ink for what takes back.
        self._amount = book.add_format({**font, "num_format": "#,##0.00;[Red]-#,##0.00"})
        bold = book.add_format({**font, "bold": True})
        self._vouchers, self._totals = book.add_worksheet("记账凭证"), book.add_worksheet("合计")
        for column, (head, width) in enumerate(COLUMNS):
            self._vouchers.set_column(column, column, width)
            self._vouchers.write_string(0, column, head, bold)
        self._vouchers.freeze_panes(1, 0)
        self._totals.set_column(0, 0, 16)
        self._totals.set_column(1, 1, 70)

    def voucher(self, journal: PostedJournal) -> None:
        """One journal: a row for each of its lines."""
        month = (journal.booked_on.year, journal.booked_on.month)
        self._numbers[month] += 1
        self.count += 1
        for place, line in enumerate(journal.lines, 1):
            self._line(journal, self._numbers[month], place, line)

    def _line(self, journal: PostedJournal, number: int, place: int, line: PostedLine) -> None:
        target = self.mapping.target(line.account)
        # Red ink: what a reversal takes from the debit side is a negative debit, not a credit.
        is_debit = (line.fen > 0) != (journal.reverses_id is not None)
        self.debit_fen += line.fen if is_debit else 0
        self.credit_fen -= 0 if is_debit else line.fen
        amount = [exact_yuan(line.fen), None] if is_debit else [None, exact_yuan(-line.fen)]
        self._cells(
            journal.booked_on,
            self.mapping.word,
            number,
            place,
            self.mapping.summary(journal.kind, journal.memo),
            target.code,
            target.name,
            *(amount if line.fen else (None, None)),
            line.union_code if target.by_union else None,
            line.union_name if target.by_union else None,
            line.item,
            line.item_name,
            line.unit,
            line.quantity or None,
            journal.source,
            journal.id,
        )

    def _cells(self, *values: Any) -> None:  # noqa: ANN401
        for column, value in enumerate(values):
            match value:
                case None:
                    continue
                case str():
                    self._vouchers.write_string(self._row, column, value, self._text)
                case date():
                    self._vouchers.write_datetime(self._row, column, value, self._day)
                case int():
                    self._vouchers.write_number(self._row, column, value, self._count)
                case _:
                    self._vouchers.write_number(self._row, column, value, self._amount)
        self._row += 1

    def totals(self, period: Period, closing: Closing | None) -> None:
        """What to compare after reading the vouchers in."""
        last = period.ends_before - timedelta(days=1)
        state = "未结账：凭证号可能变动"
        if closing is not None:
            state = f"已结账，试算平衡表SHA-256 {bytes(closing.sha256).hex()}"
        rows: Sequence[tuple[str, object]] = (
            ("资金", period.fund.name),
            ("用途", period.fund.purpose),
            ("期间", f"{period.starts_on} 至 {last}"),
            ("状态", state),
            ("凭证数", self.count),
            ("分录数", self._row - 1),
            ("借方合计", exact_yuan(self.debit_fen)),
            ("贷方合计", exact_yuan(self.credit_fen)),
            ("合计大写", in_capitals(self.debit_fen)),
        )
        for place, (head, value) in enumerate(rows):
            self._totals.write_string(place, 0, head, self._text)
            if isinstance(value, str):
                self._totals.write_string(place, 1, value, self._text)
            else:
                form = self._count if isinstance(value, int) else self._amount
                self._totals.write_number(place, 1, value, form)
