"""Feeds: kept first, applied once; every row ends in exactly one place."""

from datetime import date

import pytest

from tests.programmes.mutualaid.enrolling import identity_number
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.feeding import ON, as_csv, filed, insured, taken_back


@pytest.fixture
def city(house, tmp_path, connect):
    return insured(house, tmp_path, connect)


def counted(applied):
    return applied.accepted, applied.rejected, applied.waiting


def left(city):
    """(code, finding, state) of the work list."""
    return city.rows("select code, finding, state from mutualaid_feedrow order by id")


def test_a_feed_is_the_same_feed_however_often_it_comes(city):
    from gonghui.programmes.mutualaid.services.feeds import take_feed

    one, other = city.numbers
    rows = [filed("S1", one), filed("S2", other)]
    applied = city.take(rows)
    assert counted(applied) == (2, 0, 0)
    assert applied.settlements == 2
    again = take_feed(city.house.head, as_csv(rows), "again.csv", scheme=city.scheme, on=ON)
    assert again == city.row("select max(id) from mutualaid_feedfile")[0]
    assert counted(city.take(rows)) == (2, 0, 0)
    more = city.take([*rows, filed("S3", one)])
    assert (more.settlements, more.repeated) == (1, 2)
    assert city.row("select count(*) from mutualaid_settlement") == (3,)


def test_nothing_of_a_person_is_kept_in_the_open(city):
    city.take([filed("S1", city.numbers[0])])
    (kept,) = city.row("select sealed from mutualaid_feedfile")
    assert city.numbers[0].encode() not in bytes(kept)
    assert city.row("select count(*) from mutualaid_settlement s where s::text like %s",
                    f"%{city.numbers[0]}%") == (0,)  # fmt: skip


def test_a_reversal_that_comes_first_waits_for_what_it_takes_back(city):
    one, _ = city.numbers
    assert counted(city.take([taken_back("R1", "S1", one)])) == (0, 0, 1)
    assert left(city) == [("held", "original_unknown", "open")]
    city.take([filed("S1", one)])
    assert left(city) == [("held", "original_unknown", "done")]
    assert city.row("select reversed_on from mutualaid_settlement") == (date(2022, 3, 12),)
    sums = city.rows("select rows_in, accepted, rejected, waiting from mutualaid_feedfile")
    assert sorted(sums) == [(1, 1, 0, 0), (1, 1, 0, 0)]


def test_a_reversal_that_waited_in_vain_is_rejected_when_it_shows(city):
    one, other = city.numbers
    city.take([taken_back("R1", "S1", other), taken_back("R2", "S1", one, bears=700_000)])
    city.take([filed("S1", one)])
    assert sorted(left(city)) == [
        ("rejected", "reversal_amount", "open"),
        ("rejected", "reversal_other_person", "open"),
    ]
    assert city.row("select reversed_on from mutualaid_settlement") == (None,)


def test_whom_nobody_knows_waits_until_she_is_found_or_named(city):
    from gonghui.programmes.mutualaid.services.feeds import match_row, retry_rows

    stranger = identity_number(777, "19770707")
    assert counted(city.take([filed("S1", stranger)])) == (0, 0, 1)
    assert retry_rows(city.house.clerk, city.scheme, on=ON).waiting == 1
    ((row,),) = city.rows("select id from mutualaid_feedrow")
    who = city.people[city.numbers[0]]
    matched = match_row(city.house.clerk, row, who, because="原证件号码", on=ON)
    assert matched.settlements == 1
    assert city.rows("select accepted, rejected, waiting from mutualaid_feedfile") == [(1, 0, 0)]
    assert counted(city.take([filed("S2", stranger)])) == (1, 0, 0)
    assert city.rows("select distinct person_id from mutualaid_settlement") == [(who,)]
    with refused("no such open row"):
        match_row(city.house.clerk, row, who, because="再来一次", on=ON)


def test_what_was_said_is_never_said_otherwise(city):
    from gonghui.programmes.mutualaid.services.feeds import drop_row

    one, _ = city.numbers
    city.take([filed("S1", one)])
    again = city.take([filed("S1", one, bears=700_000), filed("S2", one)], name="2.csv")
    assert counted(again) == (1, 1, 0)
    ((row,),) = city.rows("select id from mutualaid_feedrow")
    drop_row(city.house.clerk, row, because="医保局已更正")
    assert left(city) == [("rejected", "other_content", "dropped")]


def test_a_file_that_is_none_is_refused_and_stays(city):
    with refused("文件") as caught:
        city.take(b"\x00\x01\x02 not a feed", name="feed.csv")
    assert caught.value.code
    assert city.row("select state, refused_because <> '' from mutualaid_feedfile") == (
        "refused",
        True,
    )


def test_only_who_may_take_feeds_takes_them(city):
    with refused("feed.take"):
        city.take([filed("S1", city.numbers[0])], actor=city.house.officer_a)


BAD = {
    "no_number": {"SETL_ID": ""},
    "no_person": {"CERTNO": ""},
    "digits_lost": {"CERTNO": "4.10801E+17"},
    "kind_unknown": {"MED_TYPE": "zz"},
    "level_unknown": {"HOSP_LV": "??"},
    "level_missing": {"HOSP_LV": ""},
    "day_impossible": {"SETL_TIME": "2022-02-30"},
    "day_malformed": {"SETL_TIME": "someday"},
    "day_missing": {"SETL_TIME": ""},
    "days_reversed": {"ENDDATE": "2022-02-01"},
    "amount_words": {"MEDFEE_SUMAMT": "many"},
    "amount_blank": {"MEDFEE_SUMAMT": ""},
    "amount_fraction": {"MEDFEE_SUMAMT": "13000.005"},
    "amount_negative": {"FULAMT_OWNPAY_AMT": "-1.00"},
    "amount_absurd": {"MEDFEE_SUMAMT": "99999999999.00"},
    "amount_commas": {"MEDFEE_SUMAMT": "1,30,00.00"},
    "sum_broken": {"MEDFEE_SUMAMT": "13000.50"},
    "cash_broken": {"CASH_PAYAMT": "1.00"},
    "marked_invalid": {"VALI_FLAG": "0"},
    "flag_unknown": {"REFD_SETL_FLAG": "maybe"},
    "reversal_of_nothing": {"REFD_SETL_FLAG": "1"},
    "received_malformed": {"received_on": "yesterday"},
}
"""Each spoils one row; the other row of its feed is taken all the same."""


def test_a_corpus_of_spoilt_rows_ends_among_the_rejected(city):
    one, other = city.numbers
    for place, (name, spoilt) in enumerate(BAD.items()):
        rows = [filed(f"S{place}", one) | spoilt, filed(f"T{place}", other)]
        assert counted(city.take(rows, name=f"{name}.csv")) == (1, 1, 0), name
    assert len(BAD) >= 20
    assert city.row("select count(*) from mutualaid_settlement") == (len(BAD),)
    sums = city.row("select sum(rows_in), sum(accepted + rejected + waiting) from"
                    " mutualaid_feedfile")  # fmt: skip
    assert sums[0] == sums[1] == 2 * len(BAD)


def test_a_settlement_from_a_paper_is_the_feeds_when_it_says_the_same(city):
    from gonghui.programmes.mutualaid.models import Settlement
    from gonghui.programmes.mutualaid.services.settlements import (
        enter_settlement,
        file_settlements,
    )

    one, _ = city.numbers
    city.take([filed("S1", one) | {"申请日期": ""}])
    with city.house.clerk.transaction():
        known = Settlement.objects.get()
    options = {"scheme": city.scheme, "settlement_id": "S1", "filed_on": ON, "case_id": 7}
    who = city.people[one]
    entered = enter_settlement(city.house.clerk, person_id=who, facts=known.facts, **options)
    assert entered == known.pk
    assert city.row("select filed_on, source_case from mutualaid_settlement") == (ON, 7)
    with refused("says otherwise"):
        changed = known.facts | {"own_expense": 1}
        enter_settlement(city.house.clerk, person_id=who, facts=changed, **options)
    assert file_settlements(city.house.clerk, [(known.pk, date(2022, 5, 1), None)]) == 0
    assert city.row("select filed_on from mutualaid_settlement") == (ON,)
