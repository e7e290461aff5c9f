"""本人申请 → 单位审核 → 党组研究, whoever writes; who was there; two who confirm at once."""

import threading

import psycopg
import pytest

from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.granting import CONFIRMED, FILED, HELD, RECEIVED, open_city


@pytest.fixture
def city(house, tmp_path, connect):
    return open_city(house, tmp_path, connect)


def kin(city, one, other, kind="兄"):
    city.change(
        "insert into cases_kinship (person_id, relative_id, kind, stated_by_id, starts_on)"
        " values (%s, %s, %s, %s, '2021-01-01')",
        *(city.house.person[one], city.house.person[other], kind, city.house.person["auditor"]),
    )


def test_another_asks_for_her_only_if_she_named_that_person(city):
    from gonghui.programmes.mutualaid.services.grant_cases import agree, file_grant
    from gonghui.verbs.cases.herself import Herself

    house = city.house
    her, brother = house.person["worker_a"], Herself("token of worker_b")

    def filed(actor, how, words="重病"):
        said = {"how": how, "on": FILED}
        return file_grant(actor, her, house.union["unit_a"], words, **said).case_id

    with refused("no such case"):
        filed(brother, "proxy")
    agree(Herself("token of worker_a"), her)
    with refused("no such case"):
        filed(brother, "proxy")
    agree(Herself("token of worker_a"), her, to_person=house.person["worker_b"])
    row = "select filed_how, state, unit_sees, asked_fen from cases_case where id = %s"
    assert city.row(row, filed(brother, "proxy")) == ("proxy", "filed", True, None)
    assert city.row(row, filed(house.officer_a, "unit")) == ("unit", "filed", True, None)
    with refused("by whom she named, or by her unit"):
        filed(house.clerk, "window")
    with refused("What happened to the family"):
        filed(house.officer_a, "unit", " ")
    (sealed,) = city.row("select string_agg(cipher::text, '') from cases_confidential")
    assert "重病" not in sealed


def test_who_filed_it_for_her_writes_no_decision_down(city):
    from gonghui.programmes.mutualaid.services.grant_cases import agree, file_grant
    from gonghui.verbs.cases.services.moving import confirm

    house = city.house
    agree(house.clerk, house.person["worker_a"], on_paper=True)
    place = house.person["worker_a"], house.union["unit_a"]
    opened = file_grant(house.clerk, *place, "重病", how="unit", on=FILED)
    confirm(house.officer_a, opened.case_id, on=FILED)
    check = city.gate(actor=house.head, case_id=opened.case_id)
    with refused("Whoever filed the application"):
        city.grant(city.meeting(), check)
    grant = city.grant(city.meeting(), check, actor=house.head)
    with refused("filed this case yourself"):
        city.confirm(grant, house.clerk)
    city.confirm(grant)


def test_the_order_holds_whoever_writes(city):
    """No gate before the unit; no other way to accept; no confirmed grant without its case."""
    from gonghui.programmes.mutualaid.models import Grant

    house = city.house
    with refused("that her unit has confirmed"):
        city.gate(case_id=city.applied(confirmed=False))
    grant = city.grant(city.meeting(), city.gate(), 60_000_00)
    case_id = grant.case_id

    def accepted_past_the_programme():
        from django.db import connections

        with house.head.transaction(), connections["default"].cursor() as cursor:
            cursor.execute(
                "select outcome from gate.move_cases('accept', %s, null, %s, %s, '{}', null, '',"
                " '', '{}')",
                [[case_id], [60_000_00], CONFIRMED],
            )
            assert cursor.fetchone() == ("done",)

    def confirmed_past_the_case():
        from gonghui.verbs.treasury.services.journals import Line, post

        with house.head.transaction() as scope:
            lines = [Line("grants", grant.union_id, 60_000_00)]
            lines += [Line("grants_payable", grant.union_id, -60_000_00)]
            source = f"mutualaid.grant:{grant.pk}"
            journal = post(
                house.head, "mutual-aid", on=CONFIRMED, kind="grant", lines=lines, source=source
            )
            Grant.objects.filter(pk=grant.pk).update(
                state="confirmed", confirmed_by=scope.person_id, confirmed_on=CONFIRMED,
                journal_id=journal,
            )  # fmt: skip

    for past in (accepted_past_the_programme, confirmed_past_the_case):
        with pytest.raises(Exception) as caught:
            past()
        assert isinstance(caught.value.__cause__, psycopg.errors.CheckViolation), past
    assert city.case(case_id)[0] == "confirmed"
    city.change("alter table cases_decision disable trigger grant_case_decided")
    accepted_past_the_programme()  # control: it was the trigger that held
    assert city.case(case_id) == ("accepted", "accepted", 60_000_00)


def test_what_the_body_refused_is_refused_with_reason_clause_and_way(city):
    check = city.gate(fen=90_000_00, found=False)
    grant = city.grant(city.meeting(), check, None, refused=True, reason="未达到自费线")
    city.confirm(grant)
    said = city.row("select reason, clause, review_way, amount_fen from cases_decision")
    assert said[0] == "未达到自费线" and "大额自费救助" in said[1] and "复议" in said[2]
    assert (said[3], city.case(grant.case_id)[0]) == (None, "refused")
    assert city.row("select count(*) from mutualaid_due") == (0,)
    city.ask_again(grant)
    again = {"reconsiders": grant.pk, "new_facts": "补交材料", "reason": "仍未达到"}
    upheld = city.grant(city.meeting(), check, None, refused=True, **again)
    city.confirm(upheld, city.house.head)
    assert city.case(grant.case_id) == ("reviewed", "refused", None)
    assert city.row("select outcome from cases_review") == ("upheld",)


def test_a_struck_decision_may_send_the_application_back(city):
    from gonghui.programmes.mutualaid.services.grants import strike_grant
    from gonghui.verbs.cases.herself import Herself
    from gonghui.verbs.cases.services.moving import complete, confirm

    house, check = city.house, city.gate()
    grant = city.grant(city.meeting(), check)
    strike_grant(house.head, grant.pk, because="缺票据原件", back_on=HELD)
    assert city.case(grant.case_id)[0] == "returned"
    told = city.row("select reason from cases_step where deed = 'return'")
    assert told == ("缺票据原件",)
    with refused("that her unit has confirmed"):
        city.grant(city.meeting(), check)
    complete(Herself("token of worker_a"), grant.case_id, on=HELD)
    confirm(house.officer_a, grant.case_id, on=HELD)
    again = city.grant(city.meeting(), check)
    city.confirm(again)
    assert city.case(grant.case_id)[0] == "accepted"


def test_a_case_withdrawn_meanwhile_is_not_granted(city):
    from gonghui.verbs.cases.herself import Herself
    from gonghui.verbs.cases.services.moving import withdraw

    grant = city.grant(city.meeting(), city.gate())
    withdraw(Herself("token of worker_a"), grant.case_id, on=HELD)
    with refused("not where this can be done"):
        city.confirm(grant)
    assert city.row("select count(*) from mutualaid_due") == (0,)


def test_only_members_decide_and_nobody_comes_to_a_confirmed_minute(city):
    from gonghui.ground.directory.models import Body
    from gonghui.ground.directory.services.bodies import seat_member
    from gonghui.programmes.mutualaid.services.grants import Present, add_present

    house = city.house
    with house.head.transaction():
        body = Body.objects.get(kind="leading_group").pk
    for who in ("founder", "head", "accountant"):
        seat_member(house.head, body, house.person[who], on=HELD.replace(month=1))
    with refused("no member of the body"):
        city.meeting(present=("founder", "cashier"))
    meeting = city.meeting(present=("founder",))
    assert (meeting.quorum, meeting.seated) == (2, 3)
    check = city.gate()
    with refused("Fewer people were present"):
        city.grant(meeting, check)
    cashier = Present(house.person["cashier"], "attending")
    add_present(house.clerk, meeting.pk, [Present(house.person["accountant"]), cashier])
    city.confirm(city.grant(meeting, check))
    confirmed = city.row(
        "select confirmed_by_id, confirmed_on from mutualaid_grantmeeting where id = %s", meeting.pk
    )
    assert confirmed == (house.person["second_clerk"], CONFIRMED)
    with refused("The minute is confirmed"):
        add_present(house.clerk, meeting.pk, [Present(house.person["head"])])


def test_kinship_that_comes_to_light_before_the_second_look_counts(city):
    """P17: also who is kept out makes no quorum."""
    from gonghui.ground.directory.models import Body
    from gonghui.ground.directory.services.bodies import seat_member

    house = city.house
    with house.head.transaction():
        body = Body.objects.get(kind="leading_group").pk
    for who in ("founder", "head", "accountant"):
        seat_member(house.head, body, house.person[who], on=HELD.replace(month=1))
    check = city.gate()
    grant = city.grant(city.meeting(present=("founder", "head")), check)
    kin(city, "founder", "worker_a")
    with refused("was not kept out"):
        city.confirm(grant)
    from gonghui.programmes.mutualaid.services.grants import strike_grant

    strike_grant(house.head, grant.pk, because="须回避")
    kept_out = {"recused": [house.person["founder"]]}
    with refused("Fewer people were present"):
        city.grant(city.meeting(present=("founder", "head")), check, **kept_out)
    with refused("was not at the meeting"):
        city.grant(city.meeting(present=("head", "accountant")), check, **kept_out)
    city.confirm(city.grant(city.meeting(present=("founder", "head", "accountant")), check,
                            **kept_out))  # fmt: skip


def test_what_one_meeting_granted_is_not_left_at_an_earlier_day(city):
    """Decided on the day of the meeting, booked days later: in between it is spent as well."""
    first = city.grant(city.meeting(), city.gate(), 150_000_00)
    city.confirm(first)  # booked three days later
    later = city.meeting(held_on=HELD)
    assert (later.pending_fen, later.unpaid_fen) == (150_000_00, 0)
    assert later.surplus_fen == 50_000_00
    with refused("more than the year's surplus"):
        city.grant(later, city.gate("officer_a"), 50_000_01)
    after = city.meeting(held_on=CONFIRMED)
    assert (after.pending_fen, after.unpaid_fen, after.surplus_fen) == (0, 150_000_00, 50_000_00)


def confirmed_at_once(city, grants, confirmers):
    """How many of them came through when all confirm at the same moment."""
    from django.db import connections

    from gonghui.core.errors import Refusal

    barrier, through = threading.Barrier(len(grants)), []

    def one(grant, who):
        try:
            barrier.wait()
            city.confirm(grant, getattr(city.house, who))
            through.append(grant.pk)
        except Refusal:
            pass
        finally:
            connections["default"].close()

    threads = [
        threading.Thread(target=one, args=pair) for pair in zip(grants, confirmers, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return through


def replaced(city, name, body):
    city.change(
        f"create or replace function gate.{name}() returns trigger language plpgsql"
        f" security definer set search_path = pg_catalog, public, pg_temp as $x${body}$x$"
    )


def two_beyond(city):
    """Two grants of 60,000 recorded by a meeting that has 100,000: past the first guard."""
    from gonghui.programmes.mutualaid import grants_sql

    body = grants_sql._GRANT_ARRIVES
    start = body.index("  if new.difference_fen > 0 then")
    replaced(city, "grant_arrives", body[:start] + "  return new;\nend")
    meeting = city.meeting(unreported=RECEIVED - 100_000_00)
    return [city.grant(meeting, city.gate(who), 60_000_00) for who in ("worker_a", "worker_b")]


def test_two_who_confirm_at_once_stay_within_the_surplus(city):
    assert len(confirmed_at_once(city, two_beyond(city), ("second_clerk", "head"))) == 1


def test_control_without_the_lock_two_confirmations_break_the_surplus(city):
    from gonghui.programmes.mutualaid import grants_sql

    grants = two_beyond(city)
    body = grants_sql._GRANT_CHANGES
    turn = "perform pg_advisory_xact_lock(hashtext('mutualaid_grant'), new.scheme_id::integer);"
    assert turn in body
    body = body.replace(turn, "").replace(
        "where m.id = new.meeting_id for update;\n    hindrance",
        "where m.id = new.meeting_id;\n    hindrance",
    )
    slow = "    perform pg_sleep(0.5);\n    -- Of the two"
    replaced(city, "grant_changes", body.replace("    -- Of the two", slow))
    assert len(confirmed_at_once(city, grants, ("second_clerk", "head"))) == 2


def test_one_grant_confirmed_twice_at_once_is_due_once(city):
    grant = city.grant(city.meeting(), city.gate())
    assert len(confirmed_at_once(city, [grant, grant], ("second_clerk", "head"))) == 1
    assert city.row("select count(*), sum(fen)::bigint from mutualaid_due") == (1, 50_000_00)
