"""A fund's whole ledger as Beancount text, which `bean-check` proves without a line of ours.

Money is CNY with two decimals, an item of goods is a commodity; names, unions and sources stand in
metadata. The end of every period asserts every balance, without tolerance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TextIO

from django.db import connections

from gonghui.core.errors import N_, Refusal
from gonghui.ground.borders.scope import Actor
from gonghui.verbs.treasury.exports.amounts import plain_yuan
from gonghui.verbs.treasury.exports.whole import whole_fund
from gonghui.verbs.treasury.models import Account, Item, Period
from gonghui.verbs.treasury.queries.funds import KnownFund
from gonghui.verbs.treasury.queries.journals import PostedJournal, PostedLine, journals_read

_ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}

_ENDS = """
select p.ends_before, a.key, a.kind, coalesce(i.code, ''),
       sum(b.debit_fen - b.credit_fen), sum(b.quantity_in - b.quantity_out)
  from public.treasury_period p
  join public.treasury_period earlier
    on earlier.fund_id = p.fund_id and earlier.starts_on <= p.starts_on
  join public.treasury_balance b on b.period_id = earlier.id
  join public.treasury_account a on a.id = b.account_id
  left join public.treasury_item i on i.id = b.item_id
 where p.fund_id = %s group by p.ends_before, a.code, a.key, a.kind, 4
 order by p.ends_before, a.code, 4"""

_CLOSED = """
select p.starts_on, p.ends_before, encode(c.sha256, 'hex')
  from public.treasury_closing c join public.treasury_period p on p.id = c.period_id
 where p.fund_id = %s and c.confirmed_at is not null order by p.starts_on"""


def write_beancount(actor: Actor, fund: str, out: TextIO) -> int:
    """Writes the ledger; how many journals it has. Memory does not grow with it."""
    with actor.transaction() as scope:
        known = whole_fund(scope, fund, "beancount")
        for line in _head(known):
            out.write(f"{line}\n")
        count = 0
        for journal in journals_read("j.fund_id = %s", [known.id], order="j.booked_on, j.id, l.id"):
            count += 1
            for line in _journal(journal):
                out.write(f"{line}\n")
        for line in _ends(known):
            out.write(f"{line}\n")
        return count


def _head(fund: KnownFund) -> Iterator[str]:
    first = Period.objects.filter(fund_id=fund.id).order_by("starts_on").first()
    if first is None:
        raise Refusal(
            N_("The fund {fund} has no period."), N_("Open its first period."), fund=fund.code
        )
    start = first.starts_on
    yield f'option "title" {_text(fund.name)}'
    yield 'option "operating_currency" "CNY"'
    yield ""
    yield f"{start} commodity CNY"
    yield f"  name: {_text('人民币')}"
    for item in Item.objects.order_by("code"):
        yield f"{start} commodity {item.code}"
        yield f"  name: {_text(item.name)}"
        yield f"  unit: {_text(item.unit)}"
    for account in Account.objects.filter(fund_id=fund.id).order_by("code"):
        yield f"{start} open {account_name(account.kind, account.key)}"
        yield f"  code: {_text(account.code)}"
        yield f"  name: {_text(account.name)}"
    yield ""


def account_name(kind: str, key: str) -> str:
    """``liability``, ``benefits_payable`` → ``Liabilities:Benefits-Payable``."""
    return f"{_ROOTS[kind]}:{'-'.join(part.capitalize() for part in key.split('_') if part)}"


def _journal(journal: PostedJournal) -> Iterator[str]:
    links = f"^J{journal.id}" + (f" ^J{journal.reverses_id}" if journal.reverses_id else "")
    yield f"{journal.booked_on} * {_text(journal.memo)} {links}"
    yield f"  journal: {_text(str(journal.id))}"
    yield f"  kind: {_text(journal.kind)}"
    if journal.source:
        yield f"  source: {_text(journal.source)}"
    yield f"  recorded: {_text(journal.recorded_at.isoformat(timespec='seconds'))}"
    for line in journal.lines:
        yield from _postings(line)
    yield ""


def _postings(line: PostedLine) -> Iterator[str]:
    """Goods and what they are worth are two postings: each commodity comes to nothing by itself."""
    name = account_name(line.account_kind, line.account)
    amounts = [f"{line.quantity} {line.item}"] if line.item else []
    amounts += [f"{plain_yuan(line.fen)} CNY"] if line.fen else []
    for amount in amounts:
        yield f"  {name}  {amount}"
        yield f"    union: {_text(line.union_code)}"
        yield f"    union-name: {_text(line.union_name)}"


def _ends(fund: KnownFund) -> Iterator[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute(_ENDS, [fund.id])
        yield from _assertions(cursor.fetchall())
        cursor.execute(_CLOSED, [fund.id])
        for starts_on, ends_before, sha256 in cursor.fetchall():
            yield f'{ends_before} custom "period-closed" {starts_on} {_text(sha256)}'


def _assertions(rows: Iterable[tuple[date, str, str, str, int, int]]) -> Iterator[str]:
    """A ``balance`` for every account and commodity that has moved until the day."""
    stands: dict[tuple[date, str], Counter[str]] = {}
    for day, key, kind, item, fen, quantity in rows:
        account = stands.setdefault((day, account_name(kind, key)), Counter())
        account["CNY"] += int(fen)
        if item:
            account[item] += int(quantity)
    for (day, account_said), amounts in stands.items():
        for commodity, amount in sorted(amounts.items()):
            said = plain_yuan(amount) if commodity == "CNY" else str(amount)
            yield f"{day} balance {account_said}  {said} ~ 0 {commodity}"


def _text(said: str) -> str:
    """A string as Beancount reads it, on one line."""
    plain = " ".join(said.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
