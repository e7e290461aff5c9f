"""A revision on its road: in order, by the right bodies, every comment answered, then published."""

from datetime import date

import psycopg
import pytest

from gonghui.core.rulebook.shelf import Source
from tests.core.rulebook.books import book, revision, written
from tests.programmes.mutualaid.federation import SCHEME, furnish_scheme, load, refused

CODE = f"{SCHEME}/2023"
FEE = "{at: contribution.fee, is: 70 yuan, clause: fee}"
RATE = "{at: benefits.hospital.rate, add: 10 points, clause: rates}"
TEXT = "# 修订\n\n## fee 交费标准\n每人七十元。\n\n## rates 给付标准\n提高十个百分点。\n"
PAPER = b"\1" * 32


def draft(house, *changes, text=TEXT, **options):
    from gonghui.programmes.mutualaid.services.revisions import draft_revision

    said = written(revision(*(changes or (FEE, RATE)))).encode()
    return draft_revision(house.clerk, CODE, Source(said, text.encode(), "draft.yaml"), **options)


def take(house, step, body, on="2022-11-01", number="", evidence=PAPER, who=None):
    from gonghui.programmes.mutualaid.services.revisions import Taking, advance

    taking = Taking(body, date.fromisoformat(on), number, "paper.pdf", evidence)
    return advance(who or house.clerk, CODE, step, taking)


def cost(house):
    from gonghui.programmes.mutualaid.services.revisions import attach_replay

    attach_replay(house.clerk, CODE, "report.html", b"figures", {"after_fen": 1})


def send_out(house, until="2022-11-10"):
    from gonghui.programmes.mutualaid.services.revisions import consult

    return consult(house.clerk, CODE, date(2022, 11, 2), date.fromisoformat(until))


def say(who, clause="fee", words="太低了"):
    from gonghui.programmes.mutualaid.services.revisions import comment

    return comment(who, CODE, clause, words)


def reply(house, asked, outcome="not_adopted", words="已经测算"):
    from gonghui.programmes.mutualaid.services.revisions import answer

    return answer(house.clerk, asked.pk, outcome, words)


def go(house, until):
    """Along the default road, up to and with a step."""
    steps = {
        "study": lambda: (cost(house), take(house, "study", "office")),
        "comments": lambda: (send_out(house), take(house, "comments", "office", "2022-11-10")),
        "committee": lambda: take(house, "committee", "committee", "2022-11-20", "示互纪1"),
        "leading_group": lambda: take(
            house, "leading_group", "leading_group", "2022-11-25", "示工纪2"
        ),
    }
    for step, taken in steps.items():
        taken()
        if step == until:
            return


def issue(house, on=date(2022, 12, 1), **options):
    from gonghui.programmes.mutualaid.services.editions import Issue, prepare_revision

    said = Issue(office(house), date(2022, 12, 1), "示工发〔2022〕15号", "issued.pdf", PAPER)
    return prepare_revision(house.clerk, CODE, said, on=on, **options)


def office(house):
    from gonghui.ground.directory.models import Body

    with house.clerk.transaction():
        return Body.objects.get(kind="office").pk


def where(house):
    """The id of the next step."""
    from gonghui.programmes.mutualaid.queries.revisions import revision_of, standing

    with house.clerk.transaction():
        step = standing(revision_of(CODE)).next
        return step.id if step else None


@pytest.fixture
def scheme(house, tmp_path):
    made = furnish_scheme(house)
    load(house, tmp_path)
    return made


def test_a_revision_goes_its_road_and_is_published_by_two(house, scheme):
    from gonghui.programmes.mutualaid.services.editions import publish_together

    draft(house)
    assert where(house) == "study"
    go(house, "leading_group")
    assert where(house) == "issued"
    prepared = issue(house)
    published = publish_together(house.head, house.second_clerk, prepared)
    assert where(house) == "explained"
    assert [(one["step"], one["number"], one["on"]) for one in published.governance["road"]] == [
        ("study", "", "2022-11-01"),
        ("comments", "", "2022-11-10"),
        ("committee", "示互纪1", "2022-11-20"),
        ("leading_group", "示工纪2", "2022-11-25"),
    ]
    assert published.governance["issue"]["number"] == "示工发〔2022〕15号"
    assert {(one["at"], one["counts_from"]) for one in published.changes} == {
        ("contribution.fee", "2023-01-01"),
        ("benefits.hospital.rate", "2023-01-01"),
    }
    take(house, "explained", "office", "2022-12-05")
    assert where(house) is None
    with refused("at the end of its road"):
        take(house, "explained", "office", "2022-12-06")


def test_the_redline_is_kept_with_the_draft(house, scheme):
    made = draft(house)
    assert "每人七十元" in made.redline
    assert "+10 points" in made.redline


def test_no_step_is_skipped_and_none_is_taken_twice(house, scheme):
    draft(house)
    for step, body in (("comments", "office"), ("committee", "committee"), ("issued", "office")):
        with refused("stands before “调研测算” (study)"):
            take(house, step, body, number="1")
    go(house, "study")
    with refused("stands before “征求意见”"):
        take(house, "study", "office")


def test_publishing_waits_for_the_end(house, scheme):
    from gonghui.programmes.mutualaid.services.editions import publish_together

    draft(house)
    go(house, "committee")
    with refused("not at the end of its road"):
        publish_together(house.head, house.second_clerk, issue(house))
    go_on = take(house, "leading_group", "leading_group", "2022-11-25", "示工纪2")
    assert go_on.position == 3
    with refused("taken by publishing"):
        take(house, "issued", "office", "2022-12-01", "15")
    publish_together(house.head, house.second_clerk, issue(house))  # control


def test_another_body_takes_no_step(house, scheme):
    draft(house)
    go(house, "comments")
    with refused("“管理委员会审议” is taken by the body committee, not by leading_group"):
        take(house, "committee", "leading_group", "2022-11-20", "1")
    with refused("no body committee on 2020-01-01"):
        take(house, "committee", "committee", "2020-01-01", "1")


def test_what_a_step_needs_is_asked_for(house, scheme):
    draft(house)
    with refused("“调研测算” needs: replay"):
        take(house, "study", "office")
    cost(house)
    with refused("needs: evidence"):
        take(house, "study", "office", evidence=None)
    take(house, "study", "office")
    with refused("has not been out for comments"):
        take(house, "comments", "office")
    send_out(house)
    with refused("Comments are taken until 2022-11-10"):
        take(house, "comments", "office", "2022-11-09")
    take(house, "comments", "office", "2022-11-10")
    with refused("needs: minute"):
        take(house, "committee", "committee", "2022-11-20")


def test_a_step_is_not_taken_before_the_ones_before_it_nor_in_the_future(house, scheme):
    draft(house)
    go(house, "comments")
    for on in ("2022-11-09", "2999-01-01"):
        with refused("after the ones before it, and not in the future"):
            take(house, "committee", "committee", on, "1")


def test_a_replay_of_an_earlier_draft_does_not_count(house, scheme):
    draft(house)
    cost(house)
    draft(house, FEE)
    with refused("needs: replay"):
        take(house, "study", "office")


def test_every_comment_is_answered_before_the_road_goes_on(house, scheme):
    draft(house)
    go(house, "study")
    send_out(house)
    first, second = say(house.officer_a), say(house.officer_b, "whole", "同意")
    with refused(f"wait for their answers: {first.pk}, {second.pk}"):
        take(house, "comments", "office", "2022-11-10")
    reply(house, first)
    with refused(f"wait for their answers: {second.pk}."):
        take(house, "comments", "office", "2022-11-10")
    reply(house, second, "adopted", "谢谢")
    with refused("has been answered"):
        reply(house, second)
    take(house, "comments", "office", "2022-11-10")
    with refused("are closed"):
        say(house.officer_a, words="还有一点")


def test_a_unit_sees_the_draft_its_own_comments_and_their_answers(house, scheme):
    from gonghui.programmes.mutualaid.models import Consultation, Draft, Revision
    from gonghui.programmes.mutualaid.queries.revisions import comments_on

    draft(house)
    go(house, "study")
    with house.officer_a.transaction():
        assert Consultation.objects.count() == Draft.objects.count() == 0
    send_out(house)
    asked = say(house.officer_a)
    say(house.officer_b)
    reply(house, asked)
    with house.officer_a.transaction():
        out = Consultation.objects.get()
        assert [one["id"] for one in out.clauses] == ["fee", "rates", "whole"]
        assert Draft.objects.count() == Revision.objects.count() == 0
        (mine,) = comments_on(CODE)
        assert (mine.union.name, mine.answer.words) == ("甲厂工会", "已经测算")
    with house.county_clerk_a.transaction():
        assert len(comments_on(CODE)) == 1
    with house.clerk.transaction():
        assert len(comments_on(CODE)) == 2


def test_a_comment_names_a_clause_and_says_something(house, scheme):
    draft(house)
    go(house, "study")
    with refused("No draft of"):
        say(house.officer_a)
    send_out(house)
    with refused("no clause “rate”. It has: fee, rates, whole."):
        say(house.officer_a, "rate")
    with refused("says something"):
        say(house.officer_a, words="  ")


def test_only_the_office_answers(house, scheme):
    from gonghui.programmes.mutualaid.services.revisions import answer

    draft(house)
    go(house, "study")
    send_out(house)
    asked = say(house.officer_a)
    for who in (house.officer_a, house.county_clerk_a, house.accountant):
        with refused("edition.draft"):
            answer(who, asked.pk, "adopted", "好")
    with refused("no comment 999"):
        answer(house.clerk, 999, "adopted", "好")
    with refused("Choose one of adopted, partly, not_adopted"):
        answer(house.clerk, asked.pk, "perhaps", "好")


def test_a_changed_draft_goes_before_the_deciding_bodies_again(house, scheme):
    from gonghui.programmes.mutualaid.services.editions import publish_together

    draft(house)
    go(house, "leading_group")
    stale = issue(house)
    draft(house, FEE, text="## fee 交费标准\n每人七十元整。\n", reason="文字修改")
    assert where(house) == "committee"
    with refused("not at the end of its road"):
        publish_together(house.head, house.second_clerk, stale)
    take(house, "committee", "committee", "2022-11-28", "示互纪3")
    take(house, "leading_group", "leading_group", "2022-11-29", "示工纪4")
    publish_together(house.head, house.second_clerk, issue(house))
    with refused("is published already"):
        draft(house)


def test_the_same_draft_again_is_no_new_draft(house, scheme):
    assert draft(house).pk == draft(house).pk
    assert draft(house, FEE).number == 2


def test_a_draft_that_cannot_be_read_is_refused(house, scheme):
    with refused("meets nothing"):
        draft(house, "{at: benefits.dental.rate, add: 10 points, clause: fee}")
    with refused("has no clause"):
        draft(house, text="## other\n甲\n")


def test_after_a_revision_nothing_is_loaded_any_more(house, scheme, tmp_path):
    from gonghui.programmes.mutualaid.services.editions import publish_together

    draft(house)
    go(house, "leading_group")
    publish_together(house.head, house.second_clerk, issue(house))
    late = book({"edition": "'2024'", "valid": "{from: 2024-01-01}"})
    with refused("not at the end of its road"):
        load(house, tmp_path / "late", late)


def test_the_road_is_the_one_the_revision_set_out_on(house, scheme):
    from gonghui.programmes.mutualaid.services.profiles import set_profile
    from tests.programmes.mutualaid.federation import PROFILE

    draft(house)
    road = (
        "road:\n"
        "  - {id: decision, name: 审议, body: committee, needs: [], decides: yes}\n"
        "  - {id: issued, name: 印发, body: office, needs: [], publishes: yes}\n"
    )
    set_profile(house.head, PROFILE + road.encode(), "new.yaml")
    assert where(house) == "study"


STEP = (
    "insert into mutualaid_revisionstep (revision_id, union_id, draft_id, position, step, body_id,"
    " taken_on, minute_number, evidence, evidence_sha256, recorded_by_id)"
    " select r.id, r.union_id, d.id, %s, %s, b.id, %s, '1', 'x', %s, gate.scope_person()"
    " from mutualaid_revision r join mutualaid_draft d on d.revision_id = r.id,"
    " directory_body b where b.kind = %s"
)


@pytest.mark.parametrize(
    ("place", "step", "body", "on", "state"),
    [
        (1, "comments", "office", "2022-11-01", "GH011"),
        (4, "issued", "office", "2022-11-01", "GH011"),
        (0, "committee", "office", "2022-11-01", "GH011"),
        (0, "study", "committee", "2022-11-01", "GH012"),
        (0, "study", "office", "2999-11-01", "GH013"),
        (0, "study", "office", "2022-11-01", None),  # control: the right one is taken
    ],
)
def test_raw_sql_skips_no_step_either(house, scheme, sql_as_web, place, step, body, on, state):
    draft(house)
    cost(house)
    web = sql_as_web(house.clerk)
    values = [place, step, on, PAPER, body]
    if state is None:
        assert web.execute(STEP, values).rowcount == 1
        return
    with pytest.raises(psycopg.Error) as caught:
        web.execute(STEP, values)
    assert caught.value.sqlstate == state


def test_without_its_trigger_raw_sql_would_skip(house, scheme, sql_as_web, connect):
    """Control."""
    draft(house)
    with connect("superuser") as superuser:
        superuser.execute("alter table mutualaid_revisionstep disable trigger check_step")
    web = sql_as_web(house.clerk)
    assert web.execute(STEP, [4, "issued", "2022-11-01", PAPER, "office"]).rowcount == 1


def test_nothing_recorded_is_changed(house, scheme, connect):
    draft(house)
    go(house, "study")
    send_out(house)
    reply(house, say(house.officer_a))
    raw = connect("superuser")
    for table in (
        *("revision", "draft", "revisionstep", "attachment", "consultation", "comment", "answer"),
    ):
        for statement in (
            f"update mutualaid_{table} set id = id",
            f"delete from mutualaid_{table}",
        ):
            with pytest.raises(psycopg.Error) as caught, raw.transaction():
                raw.execute(statement)
            assert caught.value.sqlstate == "GH001", statement


def test_all_of_it_is_on_record(house, scheme, as_keeper):
    from gonghui.programmes.mutualaid.services.editions import publish_together

    draft(house)
    go(house, "leading_group")
    publish_together(house.head, house.second_clerk, issue(house))
    found = as_keeper.execute("select distinct action from audit_event").fetchall()
    assert {
        *("revision.opened", "revision.drafted", "revision.costed", "revision.consulted"),
        *("revision.advanced", "edition.prepared", "edition.confirmed", "edition.published"),
    } <= {name for (name,) in found}


def test_units_draft_nothing(house, scheme):
    from gonghui.programmes.mutualaid.services.revisions import draft_revision

    said = Source(written(revision(FEE)).encode(), TEXT.encode())
    with refused("edition.draft"):
        draft_revision(house.officer_a, CODE, said)
