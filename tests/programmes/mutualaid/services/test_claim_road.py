"""Everything that is promised of applications for a benefit, a sentence each."""

from datetime import date

import psycopg
import pytest

from gonghui.core.errors import Refusal
from tests.programmes.mutualaid.claiming import NUMBER_ONLY, ON, PAPERS, opened, window
from tests.programmes.mutualaid.federation import refused

__all__ = ["window"]  # a fixture

LARGE = {"total_cost": 5_900_000, "personal_total": 5_000_000, "in_scope": 5_750_000}
"""Of which the rules give 25,000 yuan: above both lines of the review."""


def given(*papers):
    from gonghui.verbs.cases.services.papers import Given

    return tuple(Given(one, 7) for one in papers)


def test_the_worker_applies_herself_and_reads_the_decision(window):
    from gonghui.programmes.mutualaid.claims.invoices import invoice_of
    from gonghui.programmes.mutualaid.models import Claim, Decision
    from gonghui.programmes.mutualaid.services.claims import apply
    from gonghui.verbs.cases.models import Case

    herself, bill = window.herself(), invoice_of("41060122", "0012345678")
    asked = window.asked(papers=given(*PAPERS), invoices=(bill,))
    with refused("consent of the person concerned"):
        apply(herself, asked, how="self", on=ON)
    window.agreed("claim_health_data")
    mine = apply(herself, asked, how="self", on=ON)
    with refused("no such case"):
        apply(window.herself(window.workers[1]), asked, how="self", on=ON)
    (moved,) = window.granted(mine)
    assert moved.outcome == "done"
    with herself.transaction():
        assert Case.objects.get().state == "accepted"
        assert Claim.objects.get().entered_by_id == window.worker
        decision = Decision.objects.get()
        assert (decision.amount_fen, decision.sentence[:4]) == (300_000, "住院补助")


def test_another_applies_for_her_with_her_consent_only(window):
    from gonghui.programmes.mutualaid.services.claims import apply
    from gonghui.verbs.cases.services.consents import give_consent, withdraw_consent
    from gonghui.verbs.cases.services.moving import withdraw

    herself, friend = window.herself(), window.herself(window.workers[1])
    window.agreed("claim_health_data")
    asked = window.asked(papers=given(*PAPERS))
    with refused("no such case"):
        apply(friend, asked, how="proxy", on=ON)
    consent = give_consent(
        herself, window.worker, "proxy", wording_version="2022-1", text="委托",
        to_person=window.workers[1],
    )  # fmt: skip
    hers = apply(friend, asked, how="proxy", on=ON)
    assert window.rows("select person_id, entered_by_id from mutualaid_claim") == [
        (window.worker, window.workers[1])
    ]
    withdraw(friend, hers.case_id, on=ON)
    assert window.state(hers) == "withdrawn"
    assert withdraw_consent(herself, consent)
    with refused("no such case"):
        apply(friend, asked, how="proxy", on=ON)


def test_for_what_the_feed_brought_the_settlements_number_is_enough(window):
    from gonghui.programmes.mutualaid.services.decisions import decide_waiting
    from gonghui.programmes.mutualaid.services.feeds import apply_feed, take_feed
    from tests.adapters.medical_insurance.statements import amounts, statement
    from tests.programmes.mutualaid.feeding import as_csv

    clerk, head = window.house.clerk, window.house.head
    ((scheme,),) = window.rows("select id from mutualaid_scheme")
    (early,) = window.bring(window.asked("S9", changes=NUMBER_ONLY))
    (barred,) = window.granted(early)
    assert "has not sent settlement S9 yet" in barred.in_the_way.words()
    money = amounts(
        total=1_300_000, own=50_000, preliminary=20_000, deductible=30_000, pool_pay=500_000
    )
    row = statement("S9", window.certificates[0], money=money, 申请日期="")
    apply_feed(clerk, take_feed(clerk, as_csv([row]), "f.csv", scheme=scheme, on=ON), on=ON)
    decide_waiting(clerk, scheme, on=ON)
    assert window.rows("select amount_fen, reason from mutualaid_decision") == [(0, "not_filed")]
    from gonghui.verbs.cases.services.moving import accept

    moved = accept(head, early.case_id, on=ON)
    assert (moved.outcome, window.state(early)) == ("done", "accepted")
    assert window.rows("select origin, filed_on, source_case from mutualaid_settlement") == [
        ("feed", ON, early.case_id)
    ]
    assert window.rows("select amount_fen from mutualaid_decision order by id desc limit 1") == [
        (400_000,)
    ]
    other = window.asked("S9", window.workers[1], NUMBER_ONLY)
    with refused("belongs to somebody else"):
        window.bring(other)


def test_a_paper_that_contradicts_the_insurer_is_not_decided(window):
    from gonghui.programmes.mutualaid.queries.schemes import only_scheme
    from gonghui.programmes.mutualaid.services.settlements import enter_settlement

    (mine,) = window.bring(window.asked())
    facts = {**window.asked().facts, "personal_total": 500_000, "total_cost": 1_400_000}
    with window.house.clerk.transaction():
        scheme = only_scheme()
    enter_settlement(
        window.house.clerk, scheme=scheme, person_id=window.worker, settlement_id="S1",
        facts=facts, filed_on=None, on=ON,
    )  # fmt: skip
    (barred,) = window.granted(mine)
    assert "says otherwise" in barred.in_the_way.words()


def test_a_person_refuses_another_reviews_and_what_is_granted_then_is_owed(window):
    from gonghui.verbs.cases.services import moving

    house, (mine,) = window.house, window.bring(window.asked())
    window.confirmed(mine)
    for reason, clause, missing in ((" ", "第五条", "reason"), ("不在期内", " ", "clause")):
        with refused(missing):
            moving.refuse(house.head, mine.case_id, reason, clause, on=ON)
    moving.refuse(house.head, mine.case_id, "不在期内", "第五条", on=ON)
    ((way,),) = window.rows("select review_way from cases_decision")
    assert "由原经办人以外的人员办理" in way
    assert window.rows("select count(*) from mutualaid_settlement") == [(0,)]
    herself = window.herself()
    with refused("no longer"):
        moving.ask_review(herself, mine.case_id, "请再看", on=date(2022, 8, 31))
    moving.ask_review(herself, mine.case_id, "出院日期写错", on=date(2022, 8, 30))
    with refused("another part"):
        moving.decide_review(house.head, mine.case_id, "改正", upheld=False, on=ON)
    moving.decide_review(house.second_clerk, mine.case_id, "改正", upheld=False, on=ON)
    assert window.rows("select outcome, amount_fen from cases_decision order by id") == [
        ("refused", None),
        ("accepted", 300_000),
    ]
    assert window.rows("select fen, state from mutualaid_due") == [(300_000, "open")]


def test_withdrawn_before_the_decision_she_keeps_the_slot(window):
    from gonghui.verbs.cases.services.moving import withdraw

    herself = window.herself()
    first, second, third = window.bring(
        *(
            window.asked(f"S{n}", changes={name: day + 30 * n for name, day in DAYS})
            for n in range(3)
        ),
        on=LATER,
    )
    window.confirmed(first, on=LATER)
    withdraw(herself, first.case_id, on=LATER)
    assert window.confirmed(first, on=LATER)[0].outcome == "state"
    moved = window.granted(second, third, on=LATER)
    assert {one.outcome for one in moved} == {"done"}
    assert window.rows("select uses from mutualaid_running where \"window\" = 'period'") == [(2,)]
    with refused("not where this can be done"):
        withdraw(herself, second.case_id, on=LATER)  # decided: it is a fact now
    late = {name: day + 75 for name, day in DAYS}
    (again,) = window.bring(window.asked("S3", changes=late), on=LATER)  # a third this year
    (barred,) = window.granted(again, on=LATER)
    assert "The rules give nothing" in barred.in_the_way.words()


DAYS = [("admitted_on", 19_144), ("discharged_on", 19_152), ("settled_on", 19_152)]
LATER = date(2022, 10, 20)


def test_deadlines_are_working_days_and_the_holiday_counts_for_none(window):
    (mine,) = window.bring(window.asked(), on=date(2022, 9, 30))
    due = "select due_on from cases_case where id = %s"
    # Three working days over the national holiday; 8 and 9 October were worked.
    assert window.rows(due, mine.case_id) == [(date(2022, 10, 10),)]
    window.confirmed(mine, on=date(2022, 10, 10))
    assert window.rows(due, mine.case_id) == [(date(2022, 10, 24),)]


def test_the_units_reviewer_reads_the_diagnosis_with_her_consent_only(window):
    from gonghui.programmes.mutualaid.services.claim_decisions import papers_lacking
    from gonghui.verbs.cases.models import Case
    from gonghui.verbs.cases.services.consents import withdraw_consent
    from gonghui.verbs.cases.services.sealing import read_confidential

    officer, (mine,) = window.house.officer_a, window.bring(window.asked(papers=()))
    with officer.transaction():
        case = Case.objects.get(pk=mine.case_id)  # employment: her person, her union
        assert (case.subject_id, case.union_id) == (window.worker, window.unit)
        assert case.plain == {"settlement": "S1"}
    assert papers_lacking(officer, [mine.case_id]) == {
        mine.case_id: ["申请表", "身份证件", "医保结算单", "医疗收费票据", "出院小结"]
    }
    assert papers_lacking(window.house.officer_b, [mine.case_id]) == {}
    with refused("no such case"):
        read_confidential(officer, mine.case_id, "核对材料")
    consent = window.agreed("unit_reads")
    assert read_confidential(officer, mine.case_id, "核对材料")["inputs"]["total_cost"] == 1_500_000
    assert withdraw_consent(window.house.clerk, consent)
    with refused("no such case"):
        read_confidential(officer, mine.case_id, "核对材料")


def test_what_is_sent_back_comes_again_complete_and_is_decided(window):
    from gonghui.verbs.cases.services import moving, papers

    (mine,) = window.bring(window.asked(papers=given(*PAPERS[:3])))
    (moved,) = window.confirmed(mine)
    assert "Papers are missing: 医疗收费票据、出院小结." in moved.in_the_way.words()
    missing = PAPERS[3:]
    moving.return_case(window.house.officer_a, mine.case_id, "缺页", lacking=missing, on=ON)
    with refused("Papers are missing"):
        moving.complete(window.house.clerk, mine.case_id, on=ON)
    papers.add_papers(window.house.clerk, [(mine.case_id, one) for one in given(*missing)])
    moving.complete(window.house.clerk, mine.case_id, on=ON)
    (moved,) = window.granted(mine)
    assert (moved.outcome, window.state(mine)) == ("done", "accepted")


def test_the_list_of_papers_follows_what_happened(window):
    from gonghui.programmes.mutualaid.claims.rules import rules
    from gonghui.programmes.mutualaid.services.claim_decisions import papers_lacking

    rows = window.rows("select event_kind, paper from mutualaid_claimpaper order by id")
    assert rows == rules().due()
    death, unknown = window.bring(
        window.asked("S1", changes={"event_kind": 5}, papers=()),
        window.asked("S2", window.workers[1], NUMBER_ONLY, papers=()),
    )
    assert papers_lacking(window.house.head, [death.case_id, unknown.case_id]) == {
        death.case_id: ["申请表", "身份证件", "死亡证明"],
        unknown.case_id: ["申请表", "身份证件"],
    }


@pytest.mark.parametrize("held", [True, False], ids=["held", "control"])
def test_without_its_papers_the_database_grants_nothing_whoever_asks(window, sql_as_web, held):
    (mine,) = window.bring(window.asked())
    window.confirmed(mine)
    superuser = window.connect("superuser", autocommit=True)
    superuser.execute("update cases_paper set state = 'replaced' where kind = 'invoice'")
    if not held:
        superuser.execute("drop trigger claim_papers_hold on cases_decision")
    web = sql_as_web(window.house.head)
    ask = (
        "select outcome from gate.move_cases('accept', %s, null, %s, %s, '{}', null, '', '', '{}')"
    )
    values = [[mine.case_id], [300_000], ON]
    if held:
        with pytest.raises(psycopg.errors.CheckViolation, match="papers are missing"):
            web.execute(ask, values)
    else:
        assert web.execute(ask, values).fetchall() == [("done",)]


def test_what_is_asked_for_is_reckoned_and_leads_the_chain(window):
    from gonghui.programmes.mutualaid.services.claim_decisions import reckon_waiting
    from gonghui.programmes.mutualaid.services.claims import apply
    from gonghui.verbs.cases.services import moving

    house = window.house
    (small,) = window.bring(window.asked("S1", window.workers[1]))
    window.agreed("claim_health_data")
    large = apply(
        window.herself(),
        window.asked("S2", changes=LARGE, papers=given(*PAPERS)),
        how="self",
        on=ON,
    )
    asked = "select id, asked_fen from cases_case order by id"
    assert window.rows(asked) == [(small.case_id, 300_000), (large.case_id, None)]
    assert reckon_waiting(house.clerk, on=ON) == (1, 0)
    assert window.rows(asked)[1] == (large.case_id, 2_500_000)
    (moved,) = window.granted(large)
    assert moved.outcome == "step"
    moving.pass_step(house.county_clerk_a, large.case_id, on=ON)
    assert moving.accept(house.head, large.case_id, on=ON).outcome == "waits"
    with refused("More would be granted"):
        moving.accept(house.second_clerk, large.case_id, 2_500_001, on=ON)
    assert moving.accept(house.second_clerk, large.case_id, on=ON).outcome == "done"
    window.confirmed(small)
    with refused("The rules give 3,000.00 yuan; 2,999.99 yuan was accepted"):
        moving.accept(house.head, small.case_id, 299_999, on=ON)
    assert moving.accept(house.head, small.case_id, on=ON).outcome == "done"
    assert window.rows("select amount_fen from cases_decision order by id") == [
        (2_500_000,),
        (300_000,),
    ]


def test_what_gives_nothing_is_refused_by_a_person_and_by_no_machine(window):
    from gonghui.verbs.cases.services import moving

    early = {name: day - 300 for name, day in DAYS}  # before the cover began
    (mine,) = window.bring(window.asked(changes=early))
    (barred,) = window.granted(mine)
    assert "The rules give nothing for this: " in barred.in_the_way.words()
    assert window.state(mine) == "confirmed"
    moving.refuse(window.house.head, mine.case_id, "不在保障期内", "第五条", on=ON)
    assert window.rows("select outcome, by_id from cases_decision") == [
        ("refused", window.house.person["head"])
    ]


def test_she_is_told_over_a_channel_she_agreed_to_and_over_no_other(window):
    from gonghui.ground.messages.channels import CHANNELS
    from gonghui.ground.messages.models import Message
    from gonghui.ground.messages.services.delivering import _letter
    from gonghui.verbs.cases.services import moving

    house = window.house
    first, second, silent = window.bring(
        window.asked("S1"),
        window.asked("S2", window.workers[1]),
        window.asked("S3", window.workers[2]),
    )
    window.agreed("told_by_sms")
    taken_back = window.agreed("told_by_sms", window.workers[2])
    window.agreed("told_by_sms", window.workers[1])
    from gonghui.verbs.cases.services.consents import withdraw_consent

    withdraw_consent(house.clerk, taken_back)
    moving.return_case(house.officer_a, first.case_id, "看不清", lacking=["invoice"], on=ON)
    from gonghui.verbs.cases.services.papers import add_papers

    add_papers(house.clerk, [(first.case_id, given("invoice")[0])])
    moving.complete(house.clerk, first.case_id, on=ON)
    window.confirmed(second)
    moving.refuse(house.head, second.case_id, "票据不符", "第九条", on=ON)
    window.granted(first, silent)
    assert window.rows(
        "select person_id, channel, template, parameters ->> 'number' from messages_message"
        " order by id"
    ) == [
        (window.worker, "sms", "claim-returned", first.number),
        (window.workers[1], "sms", "claim-refused", second.number),
        (window.worker, "sms", "claim-accepted", first.number),
    ]
    with house.head.transaction():
        letters = [
            _letter(one, CHANNELS["sms"])
            for one in Message.objects.exclude(template="claim-returned").order_by("pk")
        ]
        refusal, acceptance = (one.text for one in letters)
    assert "理由：票据不符。依据：第九条。" in refusal
    assert "申请复核" in refusal
    assert "（60日内）" in refusal
    assert "给付3,000.00元。住院补助给付3,000.00元。" in acceptance
    assert "依据：《算例》" in acceptance
    assert "预计7月22日前到账" in acceptance
    assert letters[1].address.startswith("138")
    # What was decided is not readable in the outbox.
    assert not window.rows("select 1 from messages_message where parameters::text like '%%3000%%'")


def test_whom_she_named_to_act_for_her_is_told_what_must_be_brought(window):
    from gonghui.programmes.mutualaid.services.claims import apply
    from gonghui.verbs.cases.services import moving

    friend = window.workers[1]
    window.agreed("claim_health_data")
    window.agreed("proxy", to_person=friend)
    window.agreed("told_by_sms", friend)
    hers = apply(window.herself(friend), window.asked(papers=()), how="proxy", on=ON)
    moving.return_case(window.house.officer_a, hers.case_id, "缺件", lacking=PAPERS[:2], on=ON)
    assert window.rows("select person_id, template from messages_message") == [
        (friend, "claim-returned-proxy")
    ]


def test_nobody_decides_a_relatives_application(window):
    from gonghui.verbs.cases.services import consents, moving

    (mine,) = window.bring(window.asked())
    window.confirmed(mine)
    head = window.house.person["head"]
    consents.state_kinship(window.house.clerk, head, window.worker, "cousin", on=ON)
    for deed in (
        lambda: moving.accept(window.house.head, mine.case_id, on=ON),
        lambda: moving.refuse(window.house.head, mine.case_id, "不在期内", "第五条", on=ON),
    ):
        with refused("relative's case"):
            deed()
    with refused("filed this case yourself"):
        moving.accept(window.house.clerk, mine.case_id, on=ON)
    assert moving.accept(window.house.second_clerk, mine.case_id, on=ON).outcome == "done"


def test_a_message_goes_with_its_decision_or_not_at_all(window):
    from gonghui.verbs.cases.services import moving

    (mine,) = window.bring(window.asked())
    window.agreed("told_by_sms")
    window.confirmed(mine)
    with pytest.raises(Refusal), window.house.head.transaction():
        moving.accept(window.house.head, mine.case_id, on=ON)
        raise Refusal("nothing of it", "again")
    assert window.rows("select count(*) from messages_message") == [(0,)]
    assert window.state(mine) == "confirmed"


def test_who_entered_it_does_not_clear_what_somebody_must_look_at(window):
    from gonghui.programmes.mutualaid.claims.invoices import invoice_of
    from gonghui.programmes.mutualaid.services import claim_flags

    bill = invoice_of("41060122", "0012345678")
    (mine,) = window.bring(window.asked(invoices=(bill,)))
    red = invoice_of("41060122", "0099999999", kind="2")
    said = {"of_code": "41060122", "of_number": "0012345678"}
    claim_flags.reverse_invoice(window.house.second_clerk, red, **said)
    (flag,) = claim_flags.work_list(window.house.head)
    for involved in (window.house.clerk, window.house.second_clerk):
        with refused("You entered this application"):
            claim_flags.clear_flag(involved, flag.pk, "换了新票")
    with refused("What came of it"):
        claim_flags.clear_flag(window.house.head, flag.pk, " ")
    claim_flags.clear_flag(window.house.head, flag.pk, "换了新票")
    with refused("nothing open"):
        claim_flags.clear_flag(window.house.head, flag.pk, "换了新票")
    assert window.rows("select state, cleared_by_id from mutualaid_claimflag") == [
        ("done", window.house.person["head"])
    ]
    (moved,) = window.granted(mine)
    assert moved.outcome == "done"


def test_two_hundred_at_once_cost_as_many_statements_as_two(house, tmp_path, connect):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    window = opened(house, tmp_path, connect, people=202)

    def cost(workers):
        brought = window.bring(*(window.asked(f"S{one}", one) for one in workers))
        with CaptureQueriesContext(connections["default"]) as seen:
            moved = window.granted(*brought)
        assert {one.outcome for one in moved} == {"done"}
        return len(seen.captured_queries)

    few, many = cost(window.workers[:2]), cost(window.workers[2:])
    assert many == few, (few, many)
    assert many <= 90
    print("statements for confirming and accepting 200:", many)
