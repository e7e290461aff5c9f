"""The road of a case, from asking to the last word."""

import datetime

import pytest

from gonghui.core.errors import Refusal

ON = datetime.date(2022, 10, 10)
LIMIT = 1_000_000


def stands(case_id):
    """State, as keeper sees it."""
    from django.db import connections

    with connections["keeper"].cursor() as cursor:
        cursor.execute("select state from cases_case where id = %s", [case_id])
        return cursor.fetchone()[0]


def events(case_id):
    from django.db import connections

    with connections["keeper"].cursor() as cursor:
        cursor.execute(
            "select action from audit_event where subject = 'cases_case' and subject_id = %s"
            " order by id",
            [case_id],
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_worker_asks_and_is_granted_by_three_others(desk):
    from gonghui.verbs.cases.models import Case
    from gonghui.verbs.cases.services import moving

    case_id = desk.brought("accepted")
    with desk.worker.transaction():
        case = Case.objects.get(pk=case_id)
        assert (case.state, case.decided_on, case.turn) == ("accepted", ON, 1)
        decision = case.decisions.get()
        assert (decision.amount_fen, decision.second_by_id) == (5000, None)
    ((decided,),) = desk.handed
    assert (decided.case_id, decided.subject_id, decided.amount_fen) == (
        case_id,
        desk.subject,
        5000,
    )
    assert events(case_id) == ["case.file", "case.confirm", "case.pass", "case.accept"]
    # A double click: the same answer, no second effect.
    again = moving.accept(desk.house.head, case_id, 5000, on=ON)
    assert (again.outcome, len(desk.handed), len(events(case_id))) == ("repeated", 1, 4)
    with pytest.raises(Refusal, match="not where this can be done"):
        moving.accept(desk.house.head, case_id, 4000, on=ON)


def test_deadlines_are_working_days_of_the_announced_calendar(desk):
    from gonghui.verbs.cases.models import Case
    from gonghui.verbs.cases.queries.deadlines import deadline
    from gonghui.verbs.cases.services import opening

    case_id = desk.draft()
    # From 30 September 2022, over the national holiday, with 8 and 9 October worked.
    opening.file_case(desk.worker, case_id, on=datetime.date(2022, 9, 30))
    with desk.worker.transaction():
        assert Case.objects.get(pk=case_id).due_on == datetime.date(2022, 10, 10)
    # A year that is not announced yet keeps nobody from filing.
    assert deadline(datetime.date(2026, 12, 30), 10) is None


def test_what_is_sent_back_names_papers_and_comes_again(desk):
    from gonghui.verbs.cases.services import moving, papers

    case_id = desk.brought("filed")
    moving.return_case(desk.house.officer_a, case_id, "看不清", lacking=["statement"], on=ON)
    with pytest.raises(Refusal, match="Papers are missing"):
        moving.complete(desk.worker, case_id, on=ON)
    papers.add_paper(desk.worker, case_id, "statement", 8)
    moving.complete(desk.worker, case_id, on=ON)
    assert stands(case_id) == "filed"
    with pytest.raises(Refusal):  # now it lies with the unit
        papers.add_paper(desk.worker, case_id, "statement", 9)


def test_without_papers_or_consent_nothing_is_filed(desk):
    from gonghui.verbs.cases.models import Consent
    from gonghui.verbs.cases.services import consents, opening

    bare = desk.asked(papers=())
    case_id = opening.open_case(desk.worker, "trial", bare, how="self", on=ON).case_id
    with pytest.raises(Refusal, match="Papers are missing"):
        opening.file_case(desk.worker, case_id, on=ON)
    full = desk.draft()
    with desk.worker.transaction():
        consent = Consent.objects.get(purpose="handling")
    assert consents.withdraw_consent(desk.worker, consent.pk)
    with pytest.raises(Refusal, match="A consent"):
        opening.file_case(desk.worker, full, on=ON)


def test_large_amounts_need_every_step_and_two_people(desk):
    from gonghui.verbs.cases.services import moving

    house, fen = desk.house, LIMIT
    case_id = desk.brought("reviewing", fen)
    with pytest.raises(Refusal, match="step of the review"):
        moving.accept(house.head, case_id, fen, on=ON)
    with pytest.raises(Refusal, match="level"):
        moving.pass_step(house.county_clerk_a, case_id, on=ON, step="large")
    moving.pass_step(house.clerk, case_id, on=ON)
    with pytest.raises(Refusal, match="another part"):
        moving.accept(house.clerk, case_id, fen, on=ON)
    assert moving.accept(house.head, case_id, fen, on=ON).outcome == "waits"
    assert stands(case_id) == "reviewing"
    assert moving.accept(house.head, case_id, fen, on=ON).outcome == "repeated"
    assert moving.accept(house.second_clerk, case_id, fen - 1, on=ON).outcome == "waits"
    with pytest.raises(Refusal, match="another person"):
        moving.accept(house.head, case_id, fen, on=ON)
    assert moving.accept(house.second_clerk, case_id, fen, on=ON).outcome == "done"
    with pytest.raises(Refusal, match="More would be"):
        moving.accept(house.head, desk.brought("reviewing"), 5001, on=ON)


def test_a_refusal_has_reason_clause_and_a_way_on_and_another_reviews_it(desk):
    from gonghui.verbs.cases.models import Decision, Review
    from gonghui.verbs.cases.services import moving, sealing

    house, case_id = desk.house, desk.brought("reviewing")
    with pytest.raises(Refusal, match="reason"):
        moving.refuse(house.head, case_id, " ", "第五条", on=ON)
    with pytest.raises(Refusal, match="clause"):
        moving.refuse(house.head, case_id, "不在期内", " ", on=ON)
    moving.refuse(house.head, case_id, "不在期内", "第五条", on=ON)
    with desk.worker.transaction():
        assert "复核" in Decision.objects.get(case_id=case_id).review_way
    late = ON + datetime.timedelta(days=16)
    with pytest.raises(Refusal, match="no longer"):
        moving.ask_review(desk.worker, case_id, "请再看", on=late)
    moving.ask_review(desk.worker, case_id, "出院日期写错", on=ON)
    with pytest.raises(Refusal, match="another part"):
        moving.decide_review(house.head, case_id, "改正", amount_fen=4000, upheld=False, on=ON)
    moving.decide_review(house.second_clerk, case_id, "改正", amount_fen=4000, upheld=False, on=ON)
    with desk.worker.transaction():
        assert Review.objects.get(case_id=case_id).outcome == "changed"
        decisions = Decision.objects.filter(case_id=case_id).order_by("pk")
        said = list(decisions.values_list("outcome", "amount_fen"))
        assert said == [("refused", None), ("accepted", 4000)]
    assert [one[0].outcome for one in desk.handed] == ["refused", "accepted"]
    grounds = sealing.read_confidential(house.second_clerk, case_id, "复核")["grounds"]
    assert grounds == {"grounds": "出院日期写错"}


def test_she_withdraws_before_the_decision_and_not_after(desk):
    from gonghui.verbs.cases.services import moving

    for state in ("draft", "filed", "confirmed", "reviewing", "returned"):
        case_id = desk.brought(state)
        with pytest.raises(Refusal, match="no such case"):
            moving.withdraw(desk.house.head, case_id, on=ON)
        assert moving.withdraw(desk.worker, case_id, on=ON).state == "withdrawn"
    with pytest.raises(Refusal, match="not where"):
        moving.withdraw(desk.worker, desk.brought("accepted"), on=ON)


def test_another_files_for_her_only_with_her_consent(desk):
    from gonghui.verbs.cases.herself import Herself
    from gonghui.verbs.cases.services import consents, moving, opening

    friend = Herself("token of worker_b")
    with pytest.raises(Refusal, match="no such case"):
        opening.open_case(friend, "trial", desk.asked(), how="proxy", on=ON)
    consents.give_consent(
        desk.worker, desk.subject, "proxy", wording_version="1", text="委托",
        to_person=desk.house.person["worker_b"],
    )  # fmt: skip
    opened = opening.open_case(friend, "trial", desk.asked(), how="proxy", on=ON)
    opening.file_case(friend, opened.case_id, on=ON)
    assert moving.withdraw(friend, opened.case_id, on=ON).outcome == "done"


def test_the_same_request_sent_twice_is_one_case(desk):
    from gonghui.verbs.cases.services import opening

    first = desk.asked(request_key="k1")
    opened = opening.open_case(desk.worker, "trial", first, how="self", on=ON)
    again = opening.open_case(desk.worker, "trial", first, how="self", on=ON)
    assert (again.case_id, again.new) == (opened.case_id, False)
    with pytest.raises(Refusal, match="another content"):
        opening.open_case(
            desk.worker, "trial", desk.asked(6000, request_key="k1"), how="self", on=ON
        )


def test_what_somebody_did_meanwhile_is_noticed(desk):
    from gonghui.verbs.cases.services import moving

    case_id = desk.brought("filed")
    moving.confirm(desk.house.officer_a, case_id, on=ON, version=2)
    with pytest.raises(Refusal, match="meanwhile"):
        moving.withdraw(desk.worker, case_id, on=ON, version=2)


def test_nobody_handles_his_own_or_a_relatives_case(desk):
    from gonghui.verbs.cases.services import consents, moving, opening, sealing

    house = desk.house
    case_id = desk.brought("filed")
    consents.state_kinship(desk.worker, desk.subject, house.person["officer_a"], "sister", on=ON)
    with pytest.raises(Refusal, match="relative"):
        moving.confirm(house.officer_a, case_id, on=ON)
    moving.confirm(house.chair_a, case_id, on=ON)
    consents.state_kinship(
        house.clerk, house.person["head"], house.person["worker_a"], "cousin", on=ON
    )
    moving.pass_step(house.county_clerk_a, case_id, on=ON)
    with pytest.raises(Refusal, match="relative"):
        moving.accept(house.head, case_id, 5000, on=ON)
    with pytest.raises(Refusal, match="no such case"):
        sealing.read_confidential(house.head, case_id, "看看")
    # His own, filed by his unit.
    consents.give_consent(
        house.officer_a, house.person["officer_a"], "handling", wording_version="1", text="同意"
    )
    own = opening.Asked(house.person["officer_a"], desk.unit, 1000, papers=desk.asked().papers)
    (opened,) = opening.file_many(house.officer_a, "trial", [own], how="unit", on=ON)
    with pytest.raises(Refusal, match="your own"):
        moving.confirm(house.officer_a, opened.case_id, on=ON)


def test_who_filed_at_the_window_decides_nothing_of_it(desk):
    from gonghui.verbs.cases.services import moving, opening

    house = desk.house
    (opened,) = opening.file_many(house.clerk, "trial", [desk.asked()], how="window", on=ON)
    moving.confirm(house.officer_a, opened.case_id, on=ON)
    with pytest.raises(Refusal, match="filed this case yourself"):
        moving.pass_step(house.clerk, opened.case_id, on=ON)
