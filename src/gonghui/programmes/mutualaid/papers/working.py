"""Working papers of the 经审会 (审计工作底稿): a row for each payment of a sample, voucher to bank.

There is room for what the auditor finds; then come sums, hashes and the tie to the ledger.

Names and accounts are masked; `gonghui audit reveal` shows one in full, on record. No amount is a
float: a workbook gets the digits of a Decimal.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import xlsxwriter

from gonghui.core.periods import date_of
from gonghui.core.rulebook.fields import EVENT_KINDS, FIELDS, HOSPITAL_LEVELS, NONE
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.auditing.drawing import draw, layers_of
from gonghui.programmes.mutualaid.models import Sample, SampleLine
from gonghui.programmes.mutualaid.notice_names import masked_name
from gonghui.programmes.mutualaid.queries.chains import Chain, chains
from gonghui.programmes.mutualaid.queries.populations import (
    REASONS,
    cash_of,
    may_audit,
    tie_to_ledger,
)
from gonghui.programmes.mutualaid.services.samples import (
    method_of,
    population_of_sample,
    sample_known,
)
from gonghui.verbs.treasury.exports.amounts import exact_yuan
from gonghui.verbs.treasury.exports.mapping import SHIPPED, read_mapping
from gonghui.verbs.treasury.models import PayoutBatch
from gonghui.verbs.treasury.services.payouts import Payee, payees_of

Translate = Callable[[str], str]
FINDINGS = ("相符", "不符", "待查")
SHOWN = 4
_CREATED = datetime(2000, 1, 1)
"""No clock: the same sample of the same books is the same bytes."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One payment of the sample, ready to be written."""

    place: int
    layer: str
    hits: int
    chain: Chain
    payee: Payee

    def fact(self, name: str) -> int | None:
        """What is at its default is not written down; without a settlement there is no fact."""
        facts = self.chain.facts
        return None if facts is None else facts.get(name, FIELDS[name].default)

    def day(self, name: str) -> date | None:
        said = self.fact(name)
        return None if said in (None, NONE) else date_of(said)

    @property
    def account(self) -> str:
        return "*" * SHOWN + self.payee.account[-SHOWN:]

    @property
    def hers(self) -> str:
        return "是" if self.payee.name == self.chain.person_name else "否"


_Column = tuple[str, int, str, Callable[[_Row], Any]]
COLUMNS: tuple[_Column, ...] = (
    ("序号", 5, "n", lambda r: r.place),
    ("层", 12, "t", lambda r: r.layer),
    ("抽中次数", 8, "n", lambda r: r.hits),
    # voucher
    ("凭证编号", 9, "n", lambda r: r.chain.journal_id),
    ("凭证日期", 11, "d", lambda r: r.chain.booked_on),
    ("凭证金额", 13, "m", lambda r: r.chain.cash_fen),
    ("冲减科目", 20, "t", lambda r: r.chain.account),
    ("冲减金额", 13, "m", lambda r: r.chain.owed_fen),
    # decision
    ("应付款编号", 10, "n", lambda r: r.chain.due_id),
    ("应付金额", 13, "m", lambda r: r.chain.due_fen),
    ("决定编号", 9, "n", lambda r: r.chain.decision_id),
    ("决定日期", 11, "d", lambda r: r.chain.decided_on),
    ("决定金额", 13, "m", lambda r: r.chain.amount_fen),
    ("此前金额", 13, "m", lambda r: r.chain.before_fen),
    ("决定凭证", 9, "n", lambda r: r.chain.decision_journal),
    ("决定人", 8, "t", lambda r: _number(r.chain.decided_by)),
    ("依据（原文）", 60, "w", lambda r: r.chain.sentence or r.chain.grant_reason),
    ("所用办法", 24, "t", lambda r: r.chain.edition),
    ("办法SHA-256", 20, "t", lambda r: r.chain.edition_sha256),
    ("计算输入SHA-256", 20, "t", lambda r: r.chain.inputs_sha256),
    ("程序版本", 10, "t", lambda r: r.chain.engine),
    # facts
    ("结算编号", 18, "t", lambda r: r.chain.settlement),
    ("事件", 10, "t", lambda r: _label(EVENT_KINDS, r.fact("event_kind"))),
    ("医院等级", 8, "t", lambda r: _label(HOSPITAL_LEVELS, r.fact("hospital_level"))),
    ("入院日期", 11, "d", lambda r: r.day("admitted_on")),
    ("出院日期", 11, "d", lambda r: r.day("discharged_on")),
    ("医疗总费用", 13, "m", lambda r: r.fact("total_cost")),
    ("医保支付", 13, "m", lambda r: r.fact("fund_total")),
    ("个人负担", 13, "m", lambda r: r.fact("personal_total")),
    ("自费", 13, "m", lambda r: r.fact("own_expense")),
    ("冲销日期", 11, "d", lambda r: r.chain.reversed_on),
    # documents
    ("结算内容SHA-256", 20, "t", lambda r: r.chain.content_sha256),
    ("来源文件", 18, "t", lambda r: r.chain.feed),
    ("来源文件SHA-256", 20, "t", lambda r: r.chain.feed_sha256),
    ("个案", 16, "t", lambda r: r.chain.case),
    ("个案决定人", 10, "t", lambda r: "、".join(map(_number, r.chain.deciders or ()))),
    ("材料及SHA-256", 40, "w", lambda r: "\n".join(r.chain.papers or ())),
    ("票据", 22, "w", lambda r: "\n".join(r.chain.invoices or ())),
    ("会议纪要", 16, "t", lambda r: r.chain.minute),
    ("纪要SHA-256", 20, "t", lambda r: r.chain.minute_sha256),
    # payee and the bank's line
    ("职工", 16, "t", lambda r: _person(r.chain)),
    ("单位", 24, "t", lambda r: r.chain.unit),
    ("收款户名", 12, "t", lambda r: masked_name(r.payee.name)),
    ("户名为本人", 10, "t", lambda r: r.hers),
    ("账号", 12, "t", lambda r: r.account),
    ("业务编号", 22, "t", lambda r: r.chain.reference),
    ("批次", 14, "t", lambda r: r.chain.batch),
    ("批次文件SHA-256", 20, "t", lambda r: r.chain.file_sha256),
    ("经手人", 18, "t", lambda r: "、".join(map(_number, r.chain.hands))),
    ("付款金额", 13, "m", lambda r: r.chain.fen),
    ("银行日期", 11, "d", lambda r: r.chain.bank_on),
    ("银行金额", 13, "m", lambda r: r.chain.bank_fen),
    ("银行回执", 24, "t", lambda r: r.chain.bank_message),
    ("回执行号", 8, "n", lambda r: r.chain.bank_row),
    ("回执用语", 10, "t", lambda r: r.chain.bank_word),
    ("回执SHA-256", 20, "t", lambda r: r.chain.bank_sha256),
)
CHECKS = "自动核对"
BLANKS = (("审计结论", 10), ("审计说明", 40), ("审计人", 10), ("审计日期", 11))
SHEETS = ("抽样底稿", "汇总与核对", "说明")


@dataclass(frozen=True, slots=True)
class WorkingPaper:
    """The workbook, and what stands in it: ``fen`` of ``lines`` payments, ``faults`` of which do
    not agree with what they rest on."""

    content: bytes
    lines: int
    fen: int
    faults: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def working_paper(actor: Actor, sample_id: int, translate: Translate) -> WorkingPaper:
    """The paper of a sample. Writing it is on record with its hash."""
    with actor.transaction() as scope:
        may_audit(scope)
        sample = sample_known(sample_id)
        rows = _rows(sample)
        content = _written(sample, rows, translate)
        record(
            "sample.paper_written",
            subject="mutualaid_sample",
            subject_id=sample.pk,
            union_id=scope.union_id,
            after=hashlib.sha256(content).digest(),
            details={"lines": len(rows)},
        )
    return WorkingPaper(
        content,
        len(rows),
        sum(row.chain.fen for row in rows),
        sum(1 for row in rows if row.chain.faults),
    )


def _rows(sample: Sample) -> list[_Row]:
    drawn = list(SampleLine.objects.filter(sample=sample).order_by("place"))
    found = {one.line_id: one for one in chains([line.line_id for line in drawn])}
    payees = {
        batch.pk: payees_of(batch)
        for batch in PayoutBatch.objects.filter(pk__in={one.batch_id for one in found.values()})
    }
    return [
        _Row(line.place, line.layer, line.hits, chain, payees[chain.batch_id][chain.place - 1])
        for line in drawn
        for chain in [found[line.line_id]]
    ]


def _written(sample: Sample, rows: Sequence[_Row], translate: Translate) -> bytes:
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": f"审计工作底稿 {sample.pk}", "created": _CREATED})
        pages = [book.add_worksheet(name) for name in SHEETS]
        _lines(book, pages[0], rows, translate)
        _sums(book, pages[1], sample, rows, translate)
        _explained(pages[2], sample)
    return stream.getvalue()


def _lines(book: Any, page: Any, rows: Sequence[_Row], translate: Translate) -> None:  # noqa: ANN401
    formats = {
        "n": book.add_format({"num_format": "0"}),
        "t": book.add_format({"num_format": "@"}),
        "w": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "d": book.add_format({"num_format": "yyyy-mm-dd"}),
        "m": book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"}),
    }
    bold = book.add_format({"bold": True, "text_wrap": True})
    for at, (head, width, kind, value) in enumerate(COLUMNS):
        page.set_column(at, at, width)
        page.write_string(0, at, head, bold)
        for below, row in enumerate(rows, 1):
            _cell(page, below, at, kind, value(row), formats[kind])
        if kind == "m":
            total = sum(value(row) or 0 for row in rows)
            page.write_number(len(rows) + 1, at, exact_yuan(total), formats["m"])
    page.write_string(len(rows) + 1, 1, "合计", bold)
    end = len(COLUMNS)
    page.set_column(end, end, 30)
    page.write_string(0, end, CHECKS, bold)
    for below, row in enumerate(rows, 1):
        said = "；".join(translate(one) for one in row.chain.faults)
        page.write_string(below, end, said or "相符", formats["w"])
    for at, (head, width) in enumerate(BLANKS, end + 1):
        page.set_column(at, at, width)
        page.write_string(0, at, head, bold)
    validation = {"validate": "list", "source": list(FINDINGS)}
    page.data_validation(1, end + 1, max(1, len(rows)), end + 1, validation)
    page.freeze_panes(1, 1)


def _cell(page: Any, row: int, column: int, kind: str, value: Any, form: Any) -> None:  # noqa: ANN401
    if value is None or value == "":
        page.write_blank(row, column, None, form)
    elif kind == "m":
        page.write_number(row, column, exact_yuan(value), form)
    elif kind == "n":
        page.write_number(row, column, value, form)
    elif kind == "d":
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), form)
    else:
        page.write_string(row, column, str(value), form)


def _sums(
    book: Any,  # noqa: ANN401  (xlsxwriter has no types)
    page: Any,  # noqa: ANN401
    sample: Sample,
    rows: Sequence[_Row],
    translate: Translate,
) -> None:
    money = book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00"})
    bold = book.add_format({"bold": True})
    page.set_column(0, 0, 34)
    page.set_column(1, 4, 22)
    population, method = population_of_sample(sample), method_of(sample)
    tie = tie_to_ledger(sample.scheme, sample.starts_on, sample.ends_before)
    drawn_fen = sum(row.chain.fen for row in rows)
    hundredths = 0 if not population.fen else drawn_fen * 10_000 // population.fen
    last = sample.ends_before - timedelta(days=1)
    said: list[tuple[str, Any]] = [
        ("样本编号", sample.pk),
        ("期间（按银行付款日）", f"{sample.starts_on} – {last}"),
        ("抽样方法", _method_words(sample)),
        ("样本量", sample.size),
        ("种子", sample.seed),
        ("抽样人", _number(sample.drawn_by_id)),
        ("总体SHA-256", bytes(sample.population_sha256).hex()),
        ("总体笔数", sample.population_lines),
        ("总体金额", exact_yuan(population.fen)),
        ("底稿笔数", len(rows)),
        ("底稿金额", exact_yuan(drawn_fen)),
        ("金额覆盖（%）", f"{hundredths // 100}.{hundredths % 100:02d}"),
        ("", ""),
        ("账面付出（现金科目）", exact_yuan(tie.ledger_fen)),
        ("其中本期付款", exact_yuan(tie.payments_fen)),
        *((translate(REASONS[why]), exact_yuan(fen)) for why, fen in tie.differences.items()),
        ("账面付出而无对应付款", exact_yuan(tie.unknown_fen)),
        ("总体与本期付款的差额（抽样后变动）", exact_yuan(tie.payments_fen - population.fen)),
        ("", ""),
    ]
    for at, (name, value) in enumerate(said):
        page.write_string(at, 0, name)
        if isinstance(value, str):
            page.write_string(at, 1, value)
        else:
            page.write_number(at, 1, value, money if not isinstance(value, int) else None)
    top = len(said)
    for column, head in enumerate(("层", "笔数", "金额", "抽取笔数", "抽取金额")):
        page.write_string(top, column, head, bold)
    drawn = draw(population, method, sample.size, sample.seed)
    for at, layer in enumerate(layers_of(population, method, drawn), top + 1):
        page.write_string(at, 0, layer.name or "全部")
        page.write_number(at, 1, layer.lines)
        page.write_number(at, 2, exact_yuan(layer.fen), money)
        page.write_number(at, 3, layer.drawn)
        fen = sum(one.payment.fen for one in drawn if one.layer == layer.name)
        page.write_number(at, 4, exact_yuan(fen), money)
    _cash(page, at + 2, sample, money, bold)


def _cash(page: Any, top: int, sample: Sample, money: Any, bold: Any) -> None:  # noqa: ANN401
    """The control totals: opening + in − out = closing, and what the bank said."""
    cash = cash_of(sample.scheme, sample.starts_on, sample.ends_before)
    rows: list[tuple[str, int | None, int | None]] = [("期初余额", cash.opening_fen, None)]
    words = read_mapping(SHIPPED)
    rows += [(words.summary(one.kind, ""), one.in_fen, one.out_fen) for one in cash.moved]
    rows.append(("期末余额", cash.closing_fen, None))
    if cash.stated_on is not None:
        rows.append((f"{cash.stated_on} 账面", cash.ledger_fen, None))
        rows.append((f"{cash.stated_on} 银行对账单", cash.stated_fen, None))
    for column, head in enumerate((CASH, "收入", "付出")):
        page.write_string(top, column, head, bold)
    for at, (name, came, left) in enumerate(rows, top + 1):
        page.write_string(at, 0, name)
        for column, fen in ((1, came), (2, left)):
            if fen is not None:
                page.write_number(at, column, exact_yuan(fen), money)


CASH = "银行存款（账面）"


_EXPLAINED = (
    "每行一笔付款：凭证 → 决定（依据原文、办法的SHA-256）→ 结算事实 → 材料 → 银行回执的一行。",
    "“自动核对”逐笔比较：应付金额、付款金额、凭证金额、银行金额应当相等；不等的写明。",
    "户名、账号只显示一部分。需要看全的，用 gonghui audit reveal 说明用途；系统留痕，本人看得到。",
    "总体文件用 gonghui audit population 取得，sha256sum 应与“总体SHA-256”一致。",
    "每笔的键 = SHA-256(“种子:业务编号”)。简单随机：取键最小的若干笔；分层：在各层内这样取。",
    "各层笔数：先各一笔；其余逐笔给“权数 ÷（2×已得笔数＋1）”最大的层，相等的给排在前面的层。",
    "货币单位：按键排序首尾相接，第 i 个抽中的分 = (i × 总金额 + 起点) ÷ 样本量，舍去余数；",
    "其中 i 从 0 起，起点 = SHA-256(“种子:start”) 对总金额取余。",
    "全部用整数（分）计算。",
)


def _explained(page: Any, sample: Sample) -> None:  # noqa: ANN401
    page.set_column(0, 0, 110)
    for at, line in enumerate((*_EXPLAINED, f"种子：{sample.seed}")):
        page.write_string(at, 0, line)


_METHODS = {"random": "简单随机", "strata": "分层", "money": "货币单位（系统选样）"}
_BY = {"amount": "按金额", "unit": "按单位类别", "month": "按月份", "level": "按医院等级"}
_WEIGHT = {"lines": "按笔数分配", "money": "按金额分配"}


def _method_words(sample: Sample) -> str:
    words = [_METHODS[sample.kind], _BY.get(sample.by, ""), _WEIGHT.get(sample.weight, "")]
    return "，".join(word for word in words if word)


def _label(vocabulary: Any, code: int | None) -> str:  # noqa: ANN401
    return "" if code is None else vocabulary.label(code) or str(code)


def _number(person_id: int | None) -> str:
    return "" if person_id is None else f"#{person_id}"


def _person(chain: Chain) -> str:
    if chain.person_id is None:
        return ""
    return f"#{chain.person_id} {masked_name(chain.person_name or '')}".rstrip()
