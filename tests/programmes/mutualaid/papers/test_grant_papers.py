"""The extract of a minute and the public notice as papers."""

import json
from datetime import date

import pypdfium2
import pytest

from gonghui.adapters.pages.setting import set_pages
from gonghui.core.calendar import WorkingDays
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.granting import open_city

A4 = (210, 297)


@pytest.fixture
def city(house, tmp_path, connect):
    city = open_city(house, tmp_path, connect)
    for who, name in (("worker_a", "王小伟"), ("worker_b", "李芳菲"), ("founder", "赵主持")):
        city.change(f"update directory_person set name = '{name}' where name = '{who}'")
    return city


@pytest.fixture
def printed(monkeypatch):
    from gonghui.programmes.mutualaid.papers import page

    told = []

    def set_and_keep(template, said):
        told.append(json.loads(said["paper"]))
        return set_pages(template, said)

    monkeypatch.setattr(page, "set_pages", set_and_keep)
    return told


def read(pdf):
    """(size in mm, the text of all pages, how many)"""
    document = pypdfium2.PdfDocument(pdf)
    size = tuple(round(side / 72 * 25.4) for side in document[0].get_size())
    text = "".join(one.get_textpage().get_text_range() for one in document)
    return size, "".join(text.split()), len(document)


def events(city, action):
    with city.connect("superuser") as connection:
        asked = "select person_seen, after_hash from audit_event where action = %s order by id"
        return connection.execute(asked, [action]).fetchall()


def test_an_extract_says_who_was_there_what_was_left_and_why(city, printed):
    from gonghui.programmes.mutualaid.papers.minutes import minute_paper

    house = city.house
    meeting = city.meeting(unreported=40_000_00)
    first = city.grant(meeting, city.gate(), 60_000_00)
    with refused("grant.record"):
        minute_paper(house.accountant, meeting.pk)
    size, text, _ = read(minute_paper(house.clerk, meeting.pk))
    assert size == A4 and "未确认" in text
    city.confirm(first)
    city.grant(meeting, city.gate("worker_b", fen=90_000_00, found=False), None, refused=True)
    size, text, pages = read(minute_paper(house.clerk, meeting.pk, only=first.pk))
    assert (size, "李芳菲" in text, "未确认" in text) == (A4, False, False)
    for words in (
        *("示例市总工会党组会议纪要（摘录）", "赵主持", "王小伟", "160,000.00", "60,000.00"),
        *("人民币陆万元整", "党组研究认为自费负担确实过重", "2022年10月31日"),
        "高于100,000.00",
    ):
        assert words in text, words
    assert pages <= 2
    whole = read(minute_paper(house.clerk, meeting.pk))[1]
    assert "李芳菲" in whole and "不予救助" in whole and "未确认" in whole
    said = printed[-1]
    assert said["surplus"][-1] == ["会议当日年度结余", "160,000.00"]
    assert [one["granted"] for one in said["decisions"]] == [True, False]
    seen, kept = zip(*events(city, "grant.minute_printed"), strict=True)
    assert seen == (*[house.person["worker_a"]] * 3, house.person["worker_b"])
    assert {len(one) for one in kept} == {32}
    for word in ("焦作", "保险", "保费", "理赔"):
        assert word not in json.dumps(printed, ensure_ascii=False)


def test_a_notice_on_paper_is_what_the_public_reads_while_it_stands(city, printed):
    from gonghui.programmes.mutualaid.papers.notices import notice_paper
    from gonghui.programmes.mutualaid.services.notices import draft_notice, publish_notice

    house = city.house
    city.confirm(city.grant(city.meeting(), city.gate(), 60_000_00))
    said = {"about": "grants", "title": "特别救助公示", "working_days": 5}
    notice = draft_notice(house.clerk, city.scheme, date(2022, 11, 1), **said)
    with refused("Nothing of it stands"):
        notice_paper(house.clerk, notice.pk)  # a draft is no notice
    publish_notice(house.head, notice.pk, on=date(2022, 11, 4), working_days=WorkingDays.load())
    with refused("Nothing of it stands"):
        notice_paper(house.clerk, notice.pk)  # long over
    city.change(
        "set session_replication_role = replica; update mutualaid_notice"
        " set published_on = gate.today(), ends_before = gate.today() + 7"
    )
    size, text, _ = read(notice_paper(house.clerk, notice.pk))
    assert size == A4 and "王*伟" in text and "王小伟" not in text
    for words in ("特别救助公示", "甲厂工会", "60,000.00", "示例市职工医疗互助管理委员会办公室"):
        assert words in text, words
    assert printed[-1]["rows"] == [["1", "王*伟", "甲厂工会", "2022-11", "60,000.00"]]
    assert len(events(city, "notice.printed")) == 1
