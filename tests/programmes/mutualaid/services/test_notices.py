"""Public notices: masked, published by a second person, down by themselves, hashed for good."""

from datetime import date

import pytest

from gonghui.core.calendar import WorkingDays
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.granting import open_city

MONTH, ON = date(2022, 11, 1), date(2022, 11, 4)


@pytest.fixture
def city(house, tmp_path, connect):
    city = open_city(house, tmp_path, connect)
    city.change("update directory_person set name = '王小伟' where name = 'worker_a'")
    city.confirm(city.grant(city.meeting(), city.gate()))
    return city


def draft(city, actor=None, title="救助公示", days=5):
    from gonghui.programmes.mutualaid.services.notices import draft_notice

    actor = actor or city.house.clerk
    return draft_notice(actor, city.scheme, MONTH, about="grants", title=title, working_days=days)


def publish(city, notice, actor=None):
    from gonghui.programmes.mutualaid.services.notices import publish_notice

    actor = actor or city.house.second_clerk
    return publish_notice(actor, notice.pk, on=ON, working_days=WorkingDays.load())


def lasting(city, notice, days):
    """Its last day lies so far from the database's today."""
    city.change("alter table mutualaid_notice disable trigger all")
    city.change(
        "update mutualaid_notice set ends_before = gate.today() + %s,"
        " published_on = gate.today() - 20 where id = %s",
        *(days, notice.pk),
    )
    city.change("alter table mutualaid_notice enable trigger all")


def shown(notice):
    from gonghui.programmes.mutualaid.services.notices import public_lines

    return [(one.masked_name, one.unit_name, one.month, one.fen) for one in public_lines(notice.pk)]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小伟", "王*伟"),
        ("王　伟", "王*"),
        ("李", "*"),
        ("欧阳娜娜", "欧**娜"),
        ("阿不都热合曼·买买提", "阿**·**提"),
        ("阿不都热合曼•买买提", "阿**·**提"),
        ("阿卜杜拉·艾则孜·买买提", "阿**·**·**提"),
        ("\U00020087龙生", "\U00020087*生"),
        ("葛\U000e0100明华", "葛\U000e0100*华"),
        ("⿰王民伟", "⿰王民*"),
        ("John Smith", "J** S**"),
        ("古丽米热扎西多吉", "古**吉"),
    ],
)
def test_a_name_is_masked(name, masked):
    from gonghui.programmes.mutualaid.notice_names import masked_name

    assert masked_name(name) == masked


def test_a_notice_stands_for_working_days_as_the_state_council_counts_them(city):
    notice = publish(city, draft(city))
    # Friday 4 November; Monday to Friday are five working days; on the 12th it is gone.
    assert (notice.published_on, notice.ends_before) == (ON, date(2022, 11, 12))
    assert (notice.lines_count, notice.total_fen) == (1, 50_000_00)


def test_the_public_reads_masked_lines_while_it_stands_and_nothing_else(city):
    notice = draft(city)
    assert shown(notice) == []
    publish(city, notice)
    lasting(city, notice, 1)
    assert shown(notice) == [("王*伟", "甲厂工会", "2022-11", 50_000_00)]
    lasting(city, notice, 0)
    assert shown(notice) == []


def test_when_the_days_are_over_not_even_an_officer_sees_a_line_and_the_sweep_empties_it(city):
    from gonghui.programmes.mutualaid.models import NoticeLine
    from gonghui.programmes.mutualaid.services.notices import sweep_notices

    notice = publish(city, draft(city))
    kept = city.row("select content_sha256 from mutualaid_notice")
    lasting(city, notice, 0)
    with city.house.clerk.transaction():
        assert NoticeLine.objects.count() == 0
    assert [sweep_notices(city.house.clerk) for _ in range(2)] == [1, 0]
    assert city.row("select masked_name, unit_name from mutualaid_noticeline") == ("", "")
    assert city.row("select state, content_sha256 from mutualaid_notice") == ("taken_down", *kept)


def test_control_a_sweep_that_only_marks_leaves_names_in_the_table(city):
    """What the test above looks for is there as long as nobody empties it."""
    notice = publish(city, draft(city))
    lasting(city, notice, 0)
    assert city.row("select masked_name from mutualaid_noticeline") == ("王*伟",)


def test_the_hash_tells_a_true_copy_from_a_changed_one(city):
    from gonghui.programmes.mutualaid.services.notices import content_sha256

    notice = publish(city, draft(city))
    lasting(city, notice, 1)
    with city.house.clerk.transaction():
        notice.refresh_from_db()
        assert content_sha256(notice) == bytes(notice.content_sha256)
        notice.title = "别的公示"
        assert content_sha256(notice) != bytes(notice.content_sha256)


def test_two_people_publish_and_nothing_changes_afterwards(city):
    notice = draft(city)
    with refused("does not confirm it"):
        publish(city, notice, city.house.clerk)
    with refused("notice.publish"):
        publish(city, notice, city.house.accountant)
    publish(city, notice)
    with refused("only comes down"):
        publish(city, notice)


def test_no_number_stands_in_a_title_and_no_name_whole_in_a_line(city):
    import psycopg

    with refused("no long number"):
        draft(city, title="王小伟410801198001010011救助公示")
    notice = draft(city)
    for column, value in (("masked_name", "王小伟"), ("masked_name", "王*4108")):
        with pytest.raises(psycopg.errors.CheckViolation):
            city.change(f"update mutualaid_noticeline set {column} = %s", value)
    columns = city.row(
        "select array_agg(column_name::text order by 1) from information_schema.columns"
        " where table_name = 'mutualaid_noticeline'"
    )[0]
    placed, said = {"id", "notice_id", "union_id", "place", "source"}, {"masked_name", "unit_name"}
    assert set(columns) == placed | said | {"month", "fen"}
    assert notice.state == "drafted"


def test_an_empty_notice_is_not_published(city):
    from gonghui.programmes.mutualaid.services.notices import draft_notice

    empty = draft_notice(
        city.house.clerk,
        city.scheme,
        date(2022, 5, 1),
        about="grants",
        title="公示",
        working_days=5,
    )
    with refused("nobody on this notice"):
        publish(city, empty)


def test_objections_are_written_down_while_it_stands(city):
    from gonghui.programmes.mutualaid.services.notices import answer_objection, object_to

    clerk = city.house.clerk
    notice = draft(city)
    with refused("did not stand"):
        object_to(clerk, notice.pk, "有异议", on=ON)
    notice = publish(city, notice)
    objection = object_to(clerk, notice.pk, "有异议，电话13800001234", on=date(2022, 11, 11))
    assert objection.words.endswith("*******1234")
    with refused("did not stand"):
        object_to(clerk, notice.pk, "有异议", on=notice.ends_before)
    answer_objection(clerk, objection.pk, "已核实，情况属实", on=date(2022, 11, 14))
    with refused("no such open objection"):
        answer_objection(clerk, objection.pk, "再答", on=date(2022, 11, 15))


def test_it_may_come_down_earlier_for_a_reason(city):
    from gonghui.programmes.mutualaid.services.notices import take_down

    notice = publish(city, draft(city))
    with refused("Why the notice"):
        take_down(city.house.head, notice.pk, because=" ")
    take_down(city.house.head, notice.pk, because="姓名有误")
    lasting(city, notice, 5)
    assert shown(notice) == []


def test_who_is_not_of_the_office_sees_no_draft(city):
    from gonghui.programmes.mutualaid.models import Notice, NoticeLine

    draft(city)
    for who in ("officer_a", "county_clerk_a", "cashier"):
        with getattr(city.house, who).transaction():
            assert (Notice.objects.count(), NoticeLine.objects.count()) == (0, 0)
