"""Draws are kept, drawn again, and every line leads from its voucher to the bank's line."""

import io
import json
from decimal import Decimal

import openpyxl
import psycopg
import pytest

from gonghui.core.errors import Refusal
from tests.programmes.mutualaid.auditing.city import SPAN, audited
from tests.vault_fixtures import keys

__all__ = ["keys"]


@pytest.fixture
def city(house, keys, tmp_path, connect):
    return audited(house, tmp_path, connect)


def drawn(city, kind="random", size=3, seed="s1", actor=None, **said):
    from gonghui.programmes.mutualaid.auditing.drawing import Method
    from gonghui.programmes.mutualaid.services.samples import draw_sample

    actor = actor or city.house.auditor
    return draw_sample(actor, city.scheme, Method(kind, **said), size=size, seed=seed, **SPAN)


def test_a_sample_is_drawn_kept_drawn_again_and_written_down(city):
    """One city for all of it: making it is what takes time."""
    from gonghui.programmes.mutualaid.papers.working import CHECKS, COLUMNS, SHEETS, working_paper
    from gonghui.programmes.mutualaid.services import samples

    auditor = city.house.auditor
    first = drawn(city)
    assert (first.earlier, first.changed_since) == (0, None)
    assert len(first.population.payments) == 6
    lines, fen = city.row("select count(*), sum(fen) from treasury_payoutline")
    assert (len(first.population.payments), first.population.fen) == (lines, fen)
    again = drawn(city)
    assert (again.earlier, again.drawn) == (1, first.drawn)
    free = drawn(city, "money", 4, "")
    assert len(free.seed) == 16 and sum(one.hits for one in free.drawn) == 4
    layered = drawn(city, "strata", 5, "s1", by="amount", weight="money", bounds=(700_00,))
    assert [layer.name for layer in layered.layers] == ["0-700", "700+"]
    kept = samples.samples(auditor)
    assert [one.seed for one in kept] == ["s1", free.seed, "s1", "s1"]
    for one in kept:
        said = samples.verify_sample(auditor, one.pk)
        assert said.same_lines and said.same_population, one.pk
    content = samples.population_file(auditor, first.sample_id)
    assert content == first.population.content()
    assert b"\n" + first.drawn[0].payment.reference.encode() + b"," in content
    events = city.rows(
        "select actor_id, after_hash, details from audit_event where action = 'sample.drawn'"
        " order by id"
    )
    assert len(events) == 4
    assert {actor for actor, _, _ in events} == {city.house.person["auditor"]}
    assert bytes(events[0][1]) == first.population.sha256()
    # With the seed, whoever is audited and reads the trail would know the lines.
    assert json.loads(events[0][2]) == {"lines": 3, "kind": "random", "by": ""}

    paper = working_paper(auditor, layered.sample_id, str)
    assert paper.content == working_paper(auditor, layered.sample_id, str).content
    assert (paper.lines, paper.faults) == (5, 0)
    book = openpyxl.load_workbook(io.BytesIO(paper.content))
    assert tuple(book.sheetnames) == SHEETS
    heads, *rows, sums = list(book[SHEETS[0]].iter_rows(values_only=True))
    table = [dict(zip(heads, row, strict=True)) for row in rows]
    assert heads[: len(COLUMNS)] == tuple(column[0] for column in COLUMNS)
    for row in table:
        amounts = {
            row[name] for name in ("凭证金额", "冲减金额", "应付金额", "付款金额", "银行金额")
        }
        assert len(amounts) == 1 and row[CHECKS] == "相符"
        assert row["决定金额"] >= row["付款金额"] and row["依据（原文）"]
        assert (row["事件"], row["医院等级"]) == ("住院", "三级")
        assert row["来源文件"] == "feed-S0.csv" and len(row["来源文件SHA-256"]) == 64
        assert len(row["办法SHA-256"]) == len(row["回执SHA-256"]) == 64
        assert row["银行回执"] == "m1" and row["户名为本人"] == "是"
        assert row["账号"].startswith("****000") and "*" in row["收款户名"]
        assert (row["审计结论"], row["审计说明"]) == (None, None)
    said = dict(row[:2] for row in book[SHEETS[1]].iter_rows(max_row=18, values_only=True))
    assert said["总体SHA-256"] == layered.population.sha256().hex()
    assert Decimal(str(said["总体金额"])) * 100 == layered.population.fen
    assert said["账面付出（现金科目）"] == said["其中本期付款"] == said["总体金额"]
    assert said["账面付出而无对应付款"] == said["总体与本期付款的差额（抽样后变动）"] == 0
    assert the_cash_adds_up(city, book[SHEETS[1]]) == layered.population.fen
    paid = dict(zip(heads, sums, strict=True))["付款金额"]
    assert Decimal(str(paid)) * 100 == paper.fen == sum(o.payment.fen for o in layered.drawn)
    whole = [str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row]
    assert not any("6222000000" in cell for cell in whole)
    names = [name for (name,) in city.rows("select name from directory_person where id = any(%s)",
                                           city.people)]  # fmt: skip
    assert not any(name in cell for cell in whole for name in names)

    account = samples.reveal_payee(auditor, layered.sample_id, 1, "与银行对账单核对").account
    assert len(account) == 19 and account.startswith("6222")
    ((seen, purpose),) = city.rows(
        "select person_seen, purpose from audit_event where action = 'sample.payee_revealed'"
    )
    assert seen in city.people and purpose == "与银行对账单核对"
    for place, purpose in ((1, " "), (9, "核对")):
        with pytest.raises(Refusal):
            samples.reveal_payee(auditor, layered.sample_id, place, purpose)

    trace_leads_everywhere(city)
    changes_are_said(city, first)
    others_draw_nothing(city, first)


def the_cash_adds_up(city, page):
    """Opening, in, out, closing: as the ledger's own account says; what the payouts took out."""
    rows = list(page.iter_rows(max_col=3, values_only=True))
    at = next(at for at, row in enumerate(rows) if row[0] == "银行存款（账面）")
    (_, opening, _), *moved, (_, closing, _) = rows[at + 1 :]
    fen = {name: [int(Decimal(str(one)) * 100) for one in sides] for name, *sides in moved}
    assert opening == 0
    assert sum(came - left for came, left in fen.values()) == int(Decimal(str(closing)) * 100)
    assert int(Decimal(str(closing)) * 100) == city.city.balance("bank")
    return sum(left for _, left in fen.values())


def trace_leads_everywhere(city):
    """From a line of the ledger, a journal, a decision or a reference to one payment."""
    from gonghui.programmes.mutualaid.queries.chains import trace
    from gonghui.programmes.mutualaid.queries.figures import figure_lines

    reference = city.references()[0]
    (one,) = trace(city.house.auditor, reference)
    assert (one.fen, one.cash_fen, one.owed_fen, one.bank_fen, one.faults) == (
        one.due_fen, one.fen, one.fen, one.fen, (),
    )  # fmt: skip
    for said in (f"journal:{one.journal_id}", f"journal:{one.decision_journal}",
                 f"decision:{one.decision_id}"):  # fmt: skip
        assert reference in {found.reference for found in trace(city.house.auditor, said)}, said
    for name in ("decided", "paid"):
        lines = figure_lines(city.house.auditor, city.scheme, name, **SPAN)
        for line in lines:
            (found, *_more) = trace(city.house.auditor, f"line:{line.id}")
            assert found.bank_fen == line.fen, name
    with pytest.raises(Refusal, match="No payment"):
        trace(city.house.auditor, "line:999999")


def changes_are_said(city, first):
    """What came in, went, or changed since; the old sample stays what it was."""
    from gonghui.programmes.mutualaid.services.samples import verify_sample

    gone, changed = city.references()[:2]
    city.change(
        ("update treasury_payoutline set state = 'returned' where reference = %s", gone),
        ("update treasury_payoutline set paid_on = '2022-05-02' where reference = %s", changed),
    )
    said = verify_sample(city.house.auditor, first.sample_id)
    assert (said.same_lines, said.same_population) == (True, False)
    assert (said.added, said.gone, said.changed) == ((), (gone,), (changed,))
    assert said.today_fen < said.fen
    assert drawn(city).changed_since is not None
    # The controls: a bank's line of another amount shows in the paper, …
    from gonghui.programmes.mutualaid.papers.working import working_paper

    # References are random: which lines the seed drew is another in every city.
    drawn_one = next(
        one.payment.reference for one in first.drawn if one.payment.reference not in (gone, changed)
    )
    city.change(("update treasury_bankanswerrow set fen = fen - 1 where reference = %s", drawn_one))
    assert working_paper(city.house.auditor, first.sample_id, str).faults >= 1
    # … and whoever moves a line of a kept sample is found out.
    city.change(
        ("update mutualaid_sampleline set layer = 'x' where sample_id = %s and place = 1",
         first.sample_id)
    )  # fmt: skip
    assert not verify_sample(city.house.auditor, first.sample_id).same_lines


def others_draw_nothing(city, first):
    from gonghui.programmes.mutualaid.papers.working import working_paper
    from gonghui.programmes.mutualaid.queries.chains import trace
    from gonghui.programmes.mutualaid.services.samples import samples

    for who in (city.house.clerk, city.house.head, city.house.officer_a):
        for deed in (
            lambda who=who: drawn(city, actor=who),
            lambda who=who: samples(who),
            lambda who=who: working_paper(who, first.sample_id, str),
            lambda who=who: trace(who, city.references()[0]),
        ):
            with pytest.raises(Refusal):
                deed()


def test_who_audits_a_part_draws_nothing(city):
    """Batches are the federation's: a county's auditor would see half of each."""
    city.change((
        "insert into directory_post (person_id, union_id, kind_id, starts_on)"
        " values (%s, %s, 'auditor', '2021-01-01')",
        city.house.person["county_clerk_a"], city.house.union["county_a"],
    ))  # fmt: skip
    with pytest.raises(Refusal, match="whole federation"):
        drawn(city, actor=city.house.county_clerk_a)


def test_the_database_keeps_samples_from_whoever_is_audited(city, sql_as_web):
    drawn(city)
    assert sql_as_web(city.house.auditor).execute(
        "select count(*) from mutualaid_sample"
    ).fetchone() == (1,)  # fmt: skip
    head = sql_as_web(city.house.head)
    assert head.execute("select count(*) from mutualaid_sampleline").fetchone() == (0,)
    keep = (
        "select gate.keep_sample(%s, '2022-01-01', '2022-11-01', 'random', '', '', '{}', 1, 's',"
        " 'x', 6, 1, %s::bigint[], '{x}', '{1}')"
    )
    (line,) = city.row("select min(id) from treasury_payoutline")
    for actor, lines in ((city.house.head, [line]), (city.house.auditor, [999_999])):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(actor).execute(keep, [city.scheme.pk, lines])
    for statement in (
        "update mutualaid_sample set seed = 'y'",
        "delete from mutualaid_sampleline",
        "insert into mutualaid_sampleline (sample_id, union_id, place, line_id, layer, hits)"
        " values (1, 1, 9, 1, '', 1)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(city.house.auditor).execute(statement)
    for name in ("cards_of_several(1, '2022-01-01', '2023-01-01')",
                 "cards_changed(1, '2022-01-01', '2023-01-01', 30)"):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql_as_web(city.house.head).execute(f"select * from gate.{name}")
