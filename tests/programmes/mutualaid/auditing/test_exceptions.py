"""A clean house shows nothing; each thing that should not be is found, and nothing beside it."""

import json

import pytest

from gonghui.core.errors import Refusal
from tests.programmes.mutualaid.auditing.city import CLAIMED, PAPERS, SPAN, audited
from tests.vault_fixtures import add_persons, keys

__all__ = ["keys"]


@pytest.fixture
def city(house, keys, tmp_path, connect):
    """Besides what everybody has: two applications granted and paid, a payment that came back and
    went to the same account, relatives who are no officers, a card changed long ago."""
    made = audited(house, tmp_path, connect)
    made.cases = [made.claim(0, "C0", "0012345678"), made.claim(1, "C1", "0012345679")]
    made.pay(on=CLAIMED)
    made.send_back(made.references()[2], on=CLAIMED)
    made.change(kin(made, made.people[0], made.people[1]))
    made.card(5, "6222000000000777777", since="2022-01-10")
    return made


def kin(city, person, relative):
    return (
        "insert into cases_kinship (person_id, relative_id, kind, stated_by_id, starts_on)"
        " values (%s, %s, '配偶', %s, '2020-01-01')",
        person, relative, city.house.person["head"],
    )  # fmt: skip


def asked(city, *only, **measures):
    from gonghui.programmes.mutualaid.queries.exceptions import Measures, exceptions

    near = Measures(**measures)
    found = exceptions(city.house.auditor, city.scheme, only=only, measures=near, **SPAN)
    return {one.question.code: one for one in found if one.hits}


def alias(city, who):
    """Another row of the same human being, joined to hers."""
    (row,) = add_persons(city.superuser, [f"{who} again"], city.house.union["county_b"])
    city.change(("update directory_person set merged_into_id = %s where id = %s",
                 city.house.person[who], row))  # fmt: skip
    return row


def line_of(city, who):
    """The first payment to somebody."""
    return city.rows(
        "select id, reference from treasury_payoutline where person_id = %s order by id",
        city.people[who],
    )[0]


def plant_one_card(city):
    mine, theirs = line_of(city, 3)[0], line_of(city, 4)[0]
    city.change((
        "update treasury_payoutline set account_blind = (select account_blind from"
        " treasury_payoutline where id = %s) where id = %s", mine, theirs,
    ))  # fmt: skip
    return {line_of(city, 3)[1], line_of(city, 4)[1]}


def plant_same_invoice(city):
    """Written with a zero more and in full-width digits, which the unique key does not see."""
    second = city.row("select id from mutualaid_claim where case_id = %s", city.cases[1])[0]
    city.superuser.execute(
        "insert into mutualaid_claiminvoice (code, number, kind, claim_id, union_id, live,"
        " entered_by_id) values ('0４1060122', '12345678', 'normal', %s, %s, true, %s)",
        [second, city.house.union["unit_a"], city.house.person["clerk"]],
    )
    return {number for (number,) in city.rows("select number from cases_case")}


def plant_relative_paid(city):
    city.change(kin(city, city.people[4], alias(city, "accountant")))
    return {line_of(city, 4)[1]}


def plant_relative_of_an_officer(city):
    """She had no hand in it, but holds a post over the unit."""
    city.change(kin(city, city.house.person["chair_a"], city.people[3]))
    return {line_of(city, 3)[1]}


def plant_split_stays(city):
    """Discharged on 9 March, admitted again on the 10th, both paid."""
    dates = {"BEGNDATE": "2022-03-10", "ENDDATE": "2022-03-14", "SETL_TIME": "2022-03-15 08:00:00"}
    city.settle(("S3b", 3, 150_000, dates))
    return {"S3", "S3b"}


def plant_one_person_drafts_and_approves(city):
    """No check and no trigger lets it in: the owner writes it with triggers off, under the number
    of a row that was joined to hers."""
    (number,) = city.row("select number from treasury_payoutbatch order by id limit 1")
    city.change(("update treasury_payoutbatch set approved_by_id = %s where number = %s",
                 alias(city, "clerk"), number))  # fmt: skip
    return {number}


def plant_one_person_files_and_decides(city):
    city.change(("update cases_decision set by_id = %s where case_id = %s",
                 city.house.person["clerk"], city.cases[0]))  # fmt: skip
    return set(city.row("select number from cases_case where id = %s", city.cases[0]))


def plant_own_unit(city):
    city.change((
        "insert into directory_employment (person_id, union_id, name_as_written, category,"
        " staff_number, starts_on, ends_before) values (%s, %s, '', '', '', '2022-06-30',"
        " '2022-07-02')", city.house.person["head"], city.house.union["unit_a"],
    ))  # fmt: skip
    return {
        number
        for (number,) in city.rows(
            "select c.number from cases_case c join cases_decision d on d.case_id = c.id"
            " where d.by_id = %s", city.house.person["head"],
        )
    }  # fmt: skip


def plant_card_changed(city):
    """Five days before the payment the card became another one."""
    city.card(2, "6222000000000888888", since="2022-06-26")
    dates = {"BEGNDATE": "2022-05-10", "ENDDATE": "2022-05-14", "SETL_TIME": "2022-05-15 08:00:00"}
    city.settle(("S2b", 2, 150_000, dates))
    city.pay(on=CLAIMED)
    return {city.references()[-1]}


def plant_below_limit(city):
    """9,600 yuan, where another step begins at 10,000."""
    city.change(("update cases_decision set amount_fen = 960000 where case_id = %s",
                 city.cases[0]))  # fmt: skip
    return set(city.row("select number from cases_case where id = %s", city.cases[0]))


def plant_after_reversal(city):
    city.change(
        ("update mutualaid_settlement set reversed_on = '2022-04-20' where settlement_id = 'S4'",)
    )
    return {line_of(city, 4)[1]}


def plant_reversed_invoice(city):
    city.change((
        "insert into mutualaid_claiminvoice (code, number, kind, reverses_code, reverses_number,"
        " union_id, live, entered_by_id, entered_at) values ('41060122', '0099999999', 'reversal',"
        " '41060122', '0012345678', %s, true, %s, '2022-06-30')",
        city.house.union["unit_a"], city.house.person["clerk"],
    ))  # fmt: skip
    return {
        reference
        for (reference,) in city.rows(
            "select l.reference from treasury_payoutline l join mutualaid_due u using (source)"
            " join mutualaid_decision d on d.id = u.decision_id"
            " join mutualaid_settlement s on s.id = d.settlement_id"
            " where s.settlement_id = 'C0' and l.state = 'paid'"
        )
    }


def plant_round_trip(city):
    from gonghui.verbs.treasury.services.payouts import Payee

    city.send_back(
        line_of(city, 5)[1], Payee("别人", "6222000000000999999", "别的银行"), on=CLAIMED
    )
    return {city.references()[-1]}


PLANTED = {
    "one_card": [plant_one_card],
    "same_invoice": [plant_same_invoice],
    "relative_paid": [plant_relative_paid, plant_relative_of_an_officer],
    "split_stays": [plant_split_stays],
    "one_hand": [plant_one_person_drafts_and_approves, plant_one_person_files_and_decides],
    "own_unit": [plant_own_unit],
    "card_changed": [plant_card_changed],
    "below_limit": [plant_below_limit],
    "after_reversal": [plant_after_reversal, plant_reversed_invoice],
    "round_trip": [plant_round_trip],
}
WAYS = [(code, plant) for code, plants in PLANTED.items() for plant in plants]
WAYS.sort(key=lambda way: way[0] != "card_changed")  # it pays whatever is due then


def test_every_question_has_something_planted(django_ready):
    from gonghui.programmes.mutualaid.queries.exceptions import QUESTIONS

    assert [one.code for one in QUESTIONS] == list(PLANTED)


def test_a_clean_house_shows_nothing_and_asking_is_on_record(city):
    """The control of all that follows; without it a query that finds everything would pass."""
    assert asked(city) == {}
    ((details,),) = city.rows("select details from audit_event where action = 'exceptions.asked'")
    assert json.loads(details)["asked"] == list(PLANTED)
    for who in (city.house.head, city.house.clerk, city.house.officer_a):
        from gonghui.programmes.mutualaid.queries.exceptions import exceptions

        with pytest.raises(Refusal):
            exceptions(who, city.scheme, **SPAN)
    with pytest.raises(Refusal, match="no exception"):
        asked(city, "luck")


def test_what_was_planted_is_found_and_nothing_beside_it(city):
    """One after the other in one house: each adds its own handles and moves no other question."""
    before = {code: set() for code in PLANTED}
    for code, plant in WAYS:
        handles = plant(city)
        found = {known: set() for known in PLANTED}
        found |= {known: {hit.handle for hit in one.hits} for known, one in asked(city).items()}
        news = {
            known: found[known] - before[known]
            for known in PLANTED
            if found[known] != before[known]
        }
        assert news == {code: handles}, plant.__name__
        assert all(hit.fen > 0 for hit in asked(city, code)[code].hits), plant.__name__
        before = found


def test_how_near_is_near_is_said(city):
    plant_below_limit(city)
    plant_split_stays(city)
    assert set(asked(city)) == {"below_limit", "split_stays"}
    assert asked(city, percent=3, gap=0) == {}


COPIED = """
with s as (
  insert into mutualaid_settlement (scheme_id, settlement_id, number, person_id, union_id, facts,
         content_sha256, received_on, filed_on, origin, entered_by_id)
  select s.scheme_id, s.settlement_id || '-' || n, -n, s.person_id, s.union_id,
         s.facts || jsonb_build_object('admitted_on', -3 * n, 'discharged_on', -3 * n + 1),
         s.content_sha256, s.received_on, s.filed_on, s.origin, s.entered_by_id
    from mutualaid_settlement s cross join generate_series(1, 6000) n
   where s.settlement_id = 'S5' returning id)
insert into mutualaid_decision (turn_id, settlement_id, person_id, union_id, kind, edition_id,
       amount_fen, before_fen, standing_fen, reason, detail, uses, trace, sentence, decided_on,
       decided_by_id)
select d.turn_id, s.id, d.person_id, d.union_id, d.kind, d.edition_id, d.amount_fen, 0,
       d.amount_fen, d.reason, d.detail, d.uses, d.trace, d.sentence, d.decided_on, d.decided_by_id
  from s cross join mutualaid_decision d
  join mutualaid_settlement o on o.id = d.settlement_id and o.settlement_id = 'S5'"""


def test_stays_are_held_together_without_holding_each_against_each(city):
    """Of 16,000 stays, pairs took more than the two minutes a statement has."""
    from django.db import connections

    city.change((COPIED,))
    with city.house.auditor.transaction(), connections["default"].cursor() as cursor:
        cursor.execute("set local statement_timeout = '2s'")
        assert asked(city, "split_stays") == {}
        assert len(asked(city, "split_stays", gap=2)["split_stays"].hits) == 6000


def test_an_application_shows_its_papers_and_hands_in_the_chain(city):
    from gonghui.programmes.mutualaid.queries.chains import trace

    ((decision,),) = city.rows(
        "select d.id from mutualaid_decision d join mutualaid_settlement s on s.id ="
        " d.settlement_id where s.settlement_id = 'C0'"
    )
    (one,) = trace(city.house.auditor, f"decision:{decision}")
    hands = ("clerk", "accountant", "head", "cashier", "cashier")
    assert one.hands == [city.house.person[who] for who in hands]
    assert one.deciders == [city.house.person["head"]]
    assert (one.filed_how, one.filed_by) == ("window", city.house.person["clerk"])
    assert [paper.split()[0] for paper in one.papers] == list(PAPERS)
    assert {len(paper.split()[1]) for paper in one.papers} == {64}
    assert (one.invoices, one.faults, one.feed) == (["41060122/0012345678"], (), None)


def tie(city, **said):
    from gonghui.programmes.mutualaid.queries.populations import payments_of, tie_to_ledger

    with city.house.auditor.transaction():
        population, _ids = payments_of(city.scheme, *(SPAN | said).values())
        return population, tie_to_ledger(city.scheme, *(SPAN | said).values())


def test_the_payments_of_a_period_tie_in_with_the_ledger(city):
    """Nine left, one of them came back and went again: eight payments, and the ledger agrees."""
    population, whole = tie(city)
    assert len(population.payments) == len(city.references()) - 1
    assert whole.ledger_fen == whole.payments_fen == population.fen > 0
    assert (whole.differences, whole.unknown_fen) == ({}, 0)
    # Until June the one that came back had left and was not back yet.
    population, early = tie(city, until=CLAIMED.replace(day=1, month=6))
    (fen,) = city.row("select fen from treasury_payoutline where state = 'returned'")
    assert early.payments_fen == population.fen == early.ledger_fen - fen
    assert early.differences == {"returned": fen}


def test_a_payout_that_pays_nothing_known_stands_out(city):
    """Whoever may post could call anything a payout; moved to another day, one is told apart."""
    from gonghui.verbs.treasury.services.journals import Line, post
    from tests.programmes.mutualaid.enrolling import FUND

    lines = [Line("benefits", city.house.union["unit_a"], 77),
             Line("bank", city.house.union["city"], -77)]  # fmt: skip
    post(city.house.accountant, FUND, on=CLAIMED, kind="payout", lines=lines, source="payout:X1")
    assert tie(city)[1].unknown_fen == 77
    line, reference = line_of(city, 4)
    (fen,) = city.row("select fen from treasury_payoutline where id = %s", line)
    city.change(("update treasury_payoutline set paid_on = '2022-12-01' where id = %s", line))
    found = tie(city)[1]
    assert (found.unknown_fen, found.differences) == (77, {"other_day": fen})
    assert reference not in {one.reference for one in tie(city)[0].payments}
