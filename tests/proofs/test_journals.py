"""Proof: no journal gets in that does not balance, by whatever way, under whatever scope.

CI takes a short dose; GONGHUI_SOAK=1 the long one. Controls: the trigger judges with the writer's
own eyes; there is no trigger; a complete journal takes more lines.
"""

import os
import random
from collections import Counter
from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.ground.borders.scope import Actor
from tests.ledger_fixtures import DAY, books, proved

__all__ = ["books", "proved"]  # fixtures

SOAK = bool(os.environ.get("GONGHUI_SOAK"))
EXAMPLES = 4000 if SOAK else 150
BULK = 1_000_000 if SOAK else 10_000
CHECK_VIOLATION = "23514"

MONEY = ("bank", "contributions", "suspense", "subsidy_city", "benefits", "refunds_payable")
UNIONS = ("city", "county_a", "unit_a", "unit_a2", "unit_b", "branch_b1")
GOODS = ("RADISH", "WATER")
LARGEST = 10**12


def balanced(draw_int, choose, sides):
    """Lines (account, union, fen, item, quantity) that come to nothing; goods leave suppliers."""
    lines = []
    for _ in range(sides):
        fen = draw_int(1, LARGEST) * choose((1, -1))
        lines.append((choose(MONEY), choose(UNIONS), fen, None, 0))
    if choose((True, False)):
        item, quantity = choose(GOODS), draw_int(1, 1000)
        to = choose(("store", "relief"))
        lines.append((to, choose(UNIONS), draw_int(0, 1000), item, quantity))
        lines.append(("suppliers", choose(UNIONS), 0, item, -quantity))
    rest = -sum(line[2] for line in lines)
    if rest:
        lines.append((choose(MONEY), choose(UNIONS), rest, None, 0))
    return lines


def goods_of_another_kind(lines, choose):
    """Fen agree, and so do the quantities in all, only not those of each item."""
    union = choose(UNIONS)
    return [*lines, ("relief", union, 0, "RADISH", 3), ("suppliers", union, 0, "WATER", -3)]


def a_fen_more(lines, choose):
    place = choose(range(len(lines)))
    account, union, fen, item, quantity = lines[place]
    changed = fen + 1 or 2
    return [*lines[:place], (account, union, changed, item, quantity), *lines[place + 1 :]]


def one_more_line(lines, choose):
    return [*lines, (choose(MONEY), choose(UNIONS), choose((-1, 1, LARGEST)), None, 0)]


def one_side_only(lines, choose):
    return [(choose(MONEY), choose(UNIONS), 7, None, 0)]


def no_line(lines, choose):
    return []


def a_line_of_nothing(lines, choose):
    return [*lines, (choose(MONEY), choose(UNIONS), 0, None, 0)]


def another_funds_account(lines, choose):
    return [*lines, ("other", "city", 5, None, 0), (choose(MONEY), "city", -5, None, 0)]


def another_day(lines, choose):
    """The first line's day is changed where it is inserted: see ``rows``."""
    return [("another day", *lines[0]), *lines[1:]]


BREAKAGES = (
    *(goods_of_another_kind, a_fen_more, one_more_line, one_side_only, no_line),
    *(a_line_of_nothing, another_funds_account, another_day),
)


@st.composite
def journals(draw):
    """Journals, some of them broken on purpose: (lines, what is broken or None)."""

    def draw_int(low, high):
        return draw(st.integers(low, high))

    def choose(values):
        return draw(st.sampled_from(list(values)))

    drawn = []
    for _ in range(draw(st.integers(1, 8))):
        lines = balanced(draw_int, choose, draw_int(1, 5))
        breakage = choose([None] * len(BREAKAGES) + list(BREAKAGES))
        drawn.append((breakage(lines, choose) if breakage else lines, breakage))
    return drawn


@pytest.fixture
def second_fund(books):
    """An account of another fund of the same union."""
    from gonghui.verbs.treasury.charts import PlannedAccount
    from gonghui.verbs.treasury.models import Account
    from gonghui.verbs.treasury.services.funds import open_fund

    chart = [PlannedAccount("other", "1", "另一资金", "asset")]
    union = books.house.union["city"]
    open_fund(
        books.house.accountant,
        code="other",
        name="另",
        purpose="另",
        union_id=union,
        accounts=chart,
    )
    with books.house.accountant.transaction():
        books.account["other"] = Account.objects.get(key="other").pk
    return books


def rows(books, journal, lines):
    """What is to be inserted, in the order of the columns of ``LINE``."""
    found = []
    for line in lines:
        on = date(2022, 3, 16) if line[0] == "another day" else DAY
        account, union, fen, item, quantity = line[-5:]
        place = (books.account[account], books.house.union[union], books.item.get(item))
        found.append((journal, *place, on, quantity, fen))
    return found


JOURNAL = (
    "insert into treasury_journal (fund_id, booked_on, kind, memo)"
    " values (%s, '2022-03-15', 'trial', '') returning id"
)
LINE = (
    "insert into treasury_line"
    " (journal_id, account_id, union_id, item_id, booked_on, quantity, fen)"
    " values (%s, %s, %s, %s, %s, %s, %s)"
)


def by_orm(books, lines):
    from gonghui.verbs.treasury.models import Journal, Line

    with books.house.accountant.transaction():
        journal = Journal.objects.create(fund_id=books.fund_id, booked_on=DAY, kind="trial")
        names = ("journal_id", "account_id", "union_id", "item_id", "booked_on", "quantity", "fen")
        Line.objects.bulk_create(
            Line(**dict(zip(names, row, strict=True))) for row in rows(books, journal.pk, lines)
        )


def by_orm_line_by_line(books, lines):
    from gonghui.verbs.treasury.models import Journal, Line

    with books.house.accountant.transaction():
        journal = Journal.objects.create(fund_id=books.fund_id, booked_on=DAY, kind="trial")
        names = ("journal_id", "account_id", "union_id", "item_id", "booked_on", "quantity", "fen")
        for row in rows(books, journal.pk, lines):
            Line.objects.create(**dict(zip(names, row, strict=True)))


def by_sql(books, lines):
    with (
        books.house.accountant.transaction(),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(JOURNAL, [books.fund_id])
        (journal,) = cursor.fetchone()
        for row in rows(books, journal, lines):
            cursor.execute(LINE, row)


def by_loading(books, lines):
    """The bulk way of the services, without the checks in Python that stand before it."""
    from gonghui.verbs.treasury.services.journals import Entry, Line, _insert

    entry = Entry(DAY, "trial", [Line(a, books.house.union[u], f, i, q) for a, u, f, i, q in lines])
    with books.house.accountant.transaction(), transaction.atomic():
        _insert(books.fund_id, [entry], books.account, books.item)


WAYS = (by_orm, by_orm_line_by_line, by_sql, by_loading)


def sums(books):
    """What the database keeps, by account, union and item."""
    with books.house.accountant.transaction(), connections["default"].cursor() as cursor:
        cursor.execute(
            "select account_id, union_id, item_id, sum(debit_fen - credit_fen)::bigint,"
            " sum(quantity_in - quantity_out)::bigint from treasury_balance group by 1, 2, 3"
        )
        return {row[:3]: row[3:] for row in cursor.fetchall() if row[3:] != (0, 0)}


def expected(books, lines, model):
    for _, account, union, item, _, quantity, fen in rows(books, 0, lines):
        before = model.get((account, union, item), (0, 0))
        model[account, union, item] = (before[0] + fen, before[1] + quantity)


def test_broken_journals_are_refused_and_the_others_add_up(second_fund, proved):
    books, model, tried = second_fund, {}, Counter()

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(journals(), st.sampled_from(WAYS))
    def attempt(drawn, way):
        for lines, breakage in drawn:
            if breakage is another_day and way is by_loading:
                continue  # that way has one day for both
            tried[breakage and breakage.__name__] += 1
            if breakage is None:
                way(books, lines)
                expected(books, lines, model)
                continue
            with pytest.raises(IntegrityError) as refused:
                way(books, lines)
            assert refused.value.__cause__.sqlstate == CHECK_VIOLATION, breakage

    attempt()
    assert sums(books) == {key: value for key, value in model.items() if value != (0, 0)}
    assert proved()
    assert tried.total() > 2 * EXAMPLES
    # No share of them is held to bounds: Hypothesis repeats and changes what it drew, so that forty
    # seeds gave shares from 0.5 to 11 % where one in twenty was meant. One in twenty: test_in_bulk.
    assert all(tried[kind] for kind in [None, *(one.__name__ for one in BREAKAGES)]), tried


@pytest.mark.parametrize("way", WAYS)
def test_every_kind_of_broken_journal_is_refused_every_way(second_fund, proved, way):
    books, choose = second_fund, random.Random(2022).choice
    fitting = [("bank", "city", 5, None, 0), ("contributions", "unit_a", -5, None, 0)]
    way(books, fitting)
    for breakage in BREAKAGES:
        if (breakage, way) == (another_day, by_loading):
            continue  # there is one day for both
        with pytest.raises(IntegrityError) as refused:
            way(books, breakage(fitting, choose))
        assert refused.value.__cause__.sqlstate == CHECK_VIOLATION, breakage
    assert {fen for fen, _ in sums(books).values()} == {5, -5}
    assert proved()


def test_in_bulk(second_fund, proved):
    """One in twenty broken: the whole batch it stands in is refused, and goes in without it."""
    from gonghui.verbs.treasury.services.journals import Entry, Line, _insert

    books, dice, model = second_fund, random.Random(2022), {}

    def entry(lines):
        posted = [Line(a, books.house.union[u], f, i, q) for a, u, f, i, q in lines]
        return Entry(DAY, "trial", posted)

    def load(batch):
        with books.house.accountant.transaction(), transaction.atomic():
            _insert(books.fund_id, [entry(lines) for lines in batch], books.account, books.item)

    breakages = [one for one in BREAKAGES if one is not another_day]
    size, refused = 500, 0
    for _ in range(BULK // size):
        good = [balanced(dice.randint, dice.choice, dice.randint(1, 5)) for _ in range(size)]
        for _ in range(size // 20):
            few = good[: dice.randint(0, 3)]
            few.insert(dice.randint(0, len(few)), dice.choice(breakages)(good[-1], dice.choice))
            with pytest.raises(IntegrityError) as error:
                load(few)
            assert error.value.__cause__.sqlstate == CHECK_VIOLATION
            refused += 1
        load(good)
        for lines in good:
            expected(books, lines, model)
    assert refused == BULK // 20
    assert sums(books) == {key: value for key, value in model.items() if value != (0, 0)}
    assert proved()


# COPY


@pytest.mark.parametrize("table", ["treasury_journal", "treasury_line"])
def test_copy_into_the_ledger_is_refused(books, sql_as_web, table):
    connection = sql_as_web(books.house.accountant)
    refused = pytest.raises(psycopg.errors.FeatureNotSupported, match="row-level security")
    with refused, connection.cursor().copy(f"copy {table} (id) from stdin") as copy:
        copy.write_row((1,))


def copied(connection, books, lines):
    """As somebody whom row security does not hold; only the trigger is left."""
    connection.execute("select gate.enter(%s)", [books.house.accountant.token])
    (journal,) = connection.execute(JOURNAL, [books.fund_id]).fetchone()
    columns = "journal_id, account_id, union_id, item_id, booked_on, quantity, fen"
    with connection.cursor().copy(f"copy treasury_line ({columns}) from stdin") as copy:
        for row in rows(books, journal, lines):
            copy.write_row(row)
    connection.commit()


def test_copy_past_row_security_is_judged_all_the_same(books, connect, proved):
    fitting = [("bank", "city", 5, None, 0), ("contributions", "unit_a", -5, None, 0)]
    copied(connect("superuser"), books, fitting)
    for breakage in (a_fen_more, one_side_only, no_line, goods_of_another_kind, another_day):
        with pytest.raises(psycopg.errors.CheckViolation):
            copied(connect("superuser"), books, breakage(fitting, random.Random(1).choice))
    assert sum(fen for fen, _ in sums(books).values()) == 0
    assert proved()


# One side where the writer cannot see the other

VISIBLE = [("contributions", "unit_a", 5, None, 0), ("suspense", "unit_a", -5, None, 0)]
HIDDEN = [("bank", "city", 70, None, 0)]


def one_sided(connection, books):
    """A journal whose lines agree as far as unit_a sees, judged while only unit_a is seen."""
    accountant = books.house.accountant
    connection.execute("select gate.enter(%s)", [accountant.token])
    (journal,) = connection.execute(JOURNAL, [books.fund_id]).fetchone()
    for row in rows(books, journal, VISIBLE + HIDDEN):
        connection.execute(LINE, row)
    connection.execute("select gate.enter(%s, %s)", [accountant.token, books.house.union["unit_a"]])
    seen = connection.execute("select sum(fen) from treasury_line").fetchone()
    assert seen == (0,)
    connection.commit()


def test_one_side_that_cannot_be_seen_is_seen_by_the_trigger(books, connect, proved):
    with pytest.raises(psycopg.errors.CheckViolation, match="debits and credits"):
        one_sided(connect("web"), books)
    assert proved()


def judged_by(connect, definition):
    """Puts another trigger function in the place of gate's; "" puts none there."""
    from gonghui.verbs.treasury.ledger_sql import _JOURNAL_BALANCES

    body = _JOURNAL_BALANCES.replace(
        "insert into public.treasury_proved (journal_id) values (new.id);", ""
    )
    assert body != _JOURNAL_BALANCES
    with connect("superuser") as superuser:
        superuser.execute("drop trigger journal_balances on treasury_journal")
        if definition:
            superuser.execute(
                "create function public.judge() returns trigger language plpgsql"
                f" as $judge${body}$judge$"
            )
            superuser.execute(definition)
            superuser.execute("grant execute on function public.judge() to web")
            superuser.execute(
                "create constraint trigger journal_balances after insert on treasury_journal"
                " deferrable initially deferred for each row execute function public.judge()"
            )


INVOKER = "alter function public.judge() security invoker"
OF_WEB = (
    "grant create on schema public to web; alter function public.judge() security definer;"
    " alter function public.judge() owner to web"
)


@pytest.mark.parametrize("definition", [INVOKER, OF_WEB])
def test_control_a_trigger_with_the_writers_eyes_accepts_it(books, connect, proved, definition):
    judged_by(connect, definition)
    with pytest.raises(psycopg.errors.CheckViolation):  # where all can be seen, it does judge
        by_hand(connect("web"), books, [("bank", "city", 5, None, 0), *VISIBLE])
    one_sided(connect("web"), books)
    assert not proved()


def by_hand(connection, books, lines):
    connection.execute("select gate.enter(%s)", [books.house.accountant.token])
    (journal,) = connection.execute(JOURNAL, [books.fund_id]).fetchone()
    for row in rows(books, journal, lines):
        connection.execute(LINE, row)
    connection.commit()
    return journal


def test_control_without_the_trigger_everything_gets_in(books, connect, proved):
    judged_by(connect, "")
    by_hand(connect("web"), books, [("bank", "city", 5, None, 0)])
    assert not proved()


# A journal is complete once it has been judged


def test_the_other_side_cannot_follow_in_a_second_transaction(books, connect, proved):
    with pytest.raises(psycopg.errors.CheckViolation):
        by_hand(connect("web"), books, VISIBLE[:1])
    complete = by_hand(connect("web"), books, VISIBLE)
    connection = connect("web")
    connection.execute("select gate.enter(%s)", [books.house.accountant.token])
    with pytest.raises(psycopg.errors.CheckViolation, match="complete"):
        for row in rows(books, complete, VISIBLE):
            connection.execute(LINE, row)
    assert proved()


def judged_early(connection, books):
    connection.execute("select gate.enter(%s)", [books.house.accountant.token])
    (journal,) = connection.execute(JOURNAL, [books.fund_id]).fetchone()
    for row in rows(books, journal, VISIBLE):
        connection.execute(LINE, row)
    connection.execute("set constraints all immediate")
    for row in rows(books, journal, HIDDEN):
        connection.execute(LINE, row)
    connection.commit()


def test_judged_early_it_takes_no_more_lines(books, connect, proved):
    with pytest.raises(psycopg.errors.CheckViolation, match="complete"):
        judged_early(connect("web"), books)
    assert proved()


def test_nor_when_the_judgement_is_rolled_back(books, connect, proved):
    connection = connect("web")
    connection.execute("select gate.enter(%s)", [books.house.accountant.token])
    (journal,) = connection.execute(JOURNAL, [books.fund_id]).fetchone()
    for row in rows(books, journal, VISIBLE):
        connection.execute(LINE, row)
    connection.execute("savepoint before")
    connection.execute("set constraints all immediate")
    connection.execute("rollback to savepoint before")
    for row in rows(books, journal, HIDDEN):
        connection.execute(LINE, row)
    with pytest.raises(psycopg.errors.CheckViolation, match="debits and credits"):
        connection.commit()
    assert proved()


def test_control_without_the_mark_of_completeness_it_does(books, connect, proved):
    with connect("superuser") as superuser:
        superuser.execute(
            "create function public.forget() returns trigger language plpgsql as"
            " 'begin return null; end'"
        )
        superuser.execute(
            "create trigger forget before insert on treasury_proved for each row"
            " execute function public.forget()"
        )
    judged_early(connect("web"), books)
    assert not proved()


def test_a_narrower_scope_is_no_way_in(books, connect):
    """An accountant who acts in a part has no right to write for the rest."""
    accountant = Actor(books.house.accountant.token, books.house.union["unit_a"])
    connection = connect("web")
    connection.execute("select gate.enter(%s, %s)", [accountant.token, accountant.union_id])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(JOURNAL, [books.fund_id])
