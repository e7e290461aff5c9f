"""Whatever a bank writes is read back equal, by every mapping that ships."""

from datetime import date, datetime, time, timedelta
from functools import partial
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.adapters.bank import known_mappings, load_mapping, read_sheets, read_statement
from tests.adapters.bank.statement_files import as_csv, as_sheets, as_xlsx

ON = date(2030, 1, 1)
FIRST_DAY = date(2022, 1, 1)


def yuan(fen):
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


words = st.text(
    st.characters(codec="gb18030", categories=("Lo", "Lu", "Ll", "Nd")), min_size=1, max_size=20
).map(partial(normalize, "NFC"))


@st.composite
def payments(draw):
    """Payments in order, with the balance after each."""
    balance = draw(st.integers(0, 10**12))
    opening = balance
    moment = datetime.combine(FIRST_DAY, time())
    rows = []
    for number in range(draw(st.integers(1, 30))):
        moment += timedelta(seconds=draw(st.integers(0, 80_000)))
        fen = draw(st.integers(-(10**9), 10**9).filter(bool))
        balance += fen
        rows.append(
            {
                "moment": moment,
                "fen": fen,
                "balance": balance,
                "counter_name": draw(words),
                "counter_account": draw(st.text("0123456789", min_size=8, max_size=22)),
                "purpose": draw(st.just("") | words),
                "remark": draw(st.just("") | words),
                "serial": f"{number:04d}{draw(st.integers(0, 10**12))}",
            }
        )
    return opening, rows


def written(mapping, opening, rows, newest_first):
    """The payments as this bank prints them."""
    headings = {name: words[0] for name, words in mapping.headings.items()}
    if "amount_in" in headings:
        headings = {n: h for n, h in headings.items() if n not in ("amount", "direction")}
    lines = [[f"{mapping.head['opening'][0]}：{yuan(opening)}"], list(headings.values())]
    for row in rows[::-1] if newest_first else rows:
        said = {
            **row,
            "booked_on": row["moment"].date().isoformat(),
            "booked_at": row["moment"].time().isoformat(),
            "amount_in": yuan(row["fen"]) if row["fen"] > 0 else "",
            "amount_out": yuan(-row["fen"]) if row["fen"] < 0 else "0.00",
            "currency": "人民币",
            "balance": yuan(row["balance"]),
            "counter_bank": "",
        }
        if "booked_at" not in headings:
            said["booked_on"] = row["moment"].isoformat(sep=" ")
        lines.append([said[name] for name in headings])
    came = sum(row["fen"] for row in rows if row["fen"] > 0)
    went = sum(-row["fen"] for row in rows if row["fen"] < 0)
    total = {"amount_in": yuan(came), "amount_out": yuan(went)}
    ends = [total.get(name, "") for name in headings]
    ends[0] = "合计"
    return [*lines, ends]


def same(statement, opening, rows, newest_first):
    assert statement.findings == ()
    assert statement.opening_fen == opening
    in_order = rows[::-1] if newest_first else rows
    for line, row in zip(statement.lines, in_order, strict=True):
        assert datetime.combine(line.booked_on, line.booked_at) == row["moment"]
        assert (line.amount_fen, line.balance_fen) == (row["fen"], row["balance"])
        for name in ("counter_name", "counter_account", "purpose", "remark", "serial"):
            assert getattr(line, name) == row[name], name


@pytest.mark.parametrize("bank", known_mappings())
@settings(max_examples=60)
@given(statement=payments(), newest_first=st.booleans())
def test_written_then_read_is_equal(bank, statement, newest_first):
    opening, rows = statement
    sheets = as_sheets(written(load_mapping(bank), opening, rows, newest_first))
    read = read_sheets("对账单", sheets, on=ON)
    assert read.bank == bank
    same(read, opening, rows, newest_first)


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
@settings(max_examples=4)
@given(statement=payments())
def test_also_through_files(write, statement):
    opening, rows = statement
    content = write(written(load_mapping("ccb"), opening, rows, False))
    name = "对账单.csv" if write is as_csv else "对账单.xlsx"
    same(read_statement(content, name, on=ON), opening, rows, False)


@settings(max_examples=200)
@given(statement=payments(), data=st.data())
def test_no_single_change_of_money_passes(statement, data):
    opening, rows = statement
    lines = written(load_mapping("ccb"), opening, rows, False)
    columns = [
        at
        for at, heading in enumerate(lines[1])
        if heading in {load_mapping("ccb").headings[n][0] for n in ("amount_in", "balance")}
    ]
    row = data.draw(st.integers(2, len(lines) - 2))
    column = data.draw(st.sampled_from(columns))
    before = lines[row][column]
    lines[row][column] = yuan(data.draw(st.integers(1, 10**12)))
    if lines[row][column] != before:
        assert read_sheets("对账单", as_sheets(lines), on=ON).errors
