"""A unit's list, a city's year: as many statements for thirty cases as for three."""

from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.verbs.cases.conftest import ON


def counted(work):
    with CaptureQueriesContext(connections["default"]) as captured:
        answer = work()
    return len(captured), answer


def whole_way(desk, many):
    """File, confirm, pass, accept: the statements of each."""
    from gonghui.verbs.cases.services import moving, opening

    house = desk.house
    rows = [desk.asked(request_key=f"{many} {number}") for number in range(many)]
    filed, opened = counted(
        lambda: opening.file_many(house.officer_a, "trial", rows, how="unit", on=ON)
    )
    ids = [one.case_id for one in opened]
    confirmed, answers = counted(lambda: moving.confirm_many(house.officer_a, ids, on=ON))
    assert {one.outcome for one in answers} == {"done"}
    passed, _ = counted(lambda: moving.pass_many(house.county_clerk_a, ids, on=ON))
    accepted, answers = counted(
        lambda: moving.accept_many(house.head, [(one, 5000) for one in ids], on=ON)
    )
    assert {(one.outcome, one.state) for one in answers} == {("done", "accepted")}
    assert len(desk.handed[-1]) == many  # the programme is told once
    return filed, confirmed, passed, accepted


def test_the_number_of_statements_does_not_grow(desk):
    whole_way(desk, 1)  # the key of her data is there from now on
    few, many = whole_way(desk, 3), whole_way(desk, 30)
    assert few == many
    assert max(many) <= 26
    print("statements", dict(zip(("file", "confirm", "pass", "accept"), many, strict=True)))


def test_of_many_those_go_on_that_can_and_each_other_says_why(desk):
    from gonghui.verbs.cases.services import moving

    cases = [desk.brought("filed"), desk.brought("withdrawn"), desk.brought("confirmed"), 999_999]
    answers = moving.confirm_many(desk.house.officer_a, cases, on=ON)
    assert [one.outcome for one in answers] == ["done", "state", "repeated", "not_yours"]
    again = moving.confirm_many(desk.house.officer_a, cases, on=ON)
    assert [one.outcome for one in again] == ["repeated", "state", "repeated", "not_yours"]
