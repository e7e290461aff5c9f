"""What the officer is told: short, polite, and about nobody by name or number."""

from dataclasses import replace

import pytest

from gonghui.doors.cli.language import _, speak
from gonghui.programmes.mutualaid.rosters import RosterRefused
from gonghui.programmes.mutualaid.rosters.findings import Finding, level_of
from gonghui.programmes.mutualaid.rosters.message import message_for, message_for_refusal
from tests.programmes.mutualaid.rosters.corpus.people import (
    HEADINGS,
    NUMBER,
    OWN,
    PHONE,
    person,
    three,
    wrong_check,
)
from tests.programmes.mutualaid.rosters.test_checking import EXPECTED, checked


@pytest.fixture(autouse=True)
def chinese():
    speak("zh")


def test_nothing_to_correct():
    assert message_for(checked(three(), "示例厂.xlsx"), _) == (
        "您好！您发来的名单“示例厂.xlsx”已检查：共 3 人，其中 3 人没有问题。\n"
        "没有需要修改的地方。谢谢！"
    )


def test_what_must_be_corrected_comes_first():
    rows = [HEADINGS, *(person(n) for n in range(1, 12))]
    for row in (2, 3, 4, 8):
        rows[row][NUMBER] = wrong_check(rows[row][NUMBER])
    rows[5][PHONE] = "1380000"
    rows[9][OWN] = "八十"
    assert message_for(checked(rows, "示例厂.xlsx"), _) == (
        "您好！您发来的名单“示例厂.xlsx”已检查：共 11 人，其中 5 人没有问题。\n"
        "以下需要修改：\n"
        "1. 第 3—5、9 行，证件号码：证件号码校验位不符，有数字录错了。请与证件逐位核对。\n"
        "2. 第 10 行，个人缴费：金额读不出来。请用数字填写金额，例如 80 或 80.00。\n"
        "以下请核对，没有错的不用改：\n"
        "1. 第 6 行，手机号：手机号不是 11 位，也不是固定电话。"
        "请核对；号码不对，职工就收不到消息。\n"
        "请改好后把整张名单再发一次，没有问题的行不用动。谢谢！"
    )


def test_only_things_to_look_at():
    message = message_for(checked(three((PHONE, "1"))), _)
    assert "需要修改" not in message
    assert message.endswith("如果都没有错，回复一声就可以。谢谢！")


def test_hundreds_of_rows_fit_into_one_line():
    rows = [HEADINGS, *(person(n) for n in range(1, 31))]
    for row in rows[1::2]:
        row[NUMBER] = row[NUMBER][:17]
    message = message_for(checked(rows), _)
    assert "共 15 行（第 2、4、6、8、10、12、14、16、18、20、22、24 等行），证件号码：" in message


def test_very_many_kinds_of_faults_are_cut_off():
    roster = checked(three())
    roster = replace(
        roster,
        findings=[Finding(2, 1, "name", "unit_unknown", (("value", f"厂{n}"),)) for n in range(40)],
    )
    message = message_for(roster, _)
    assert message.count("\n") < 20
    assert "问题清单" in message


def test_a_number_in_a_wrong_column_is_not_repeated():
    slipped = three((OWN, person(2)[NUMBER]), (3, person(2)[NUMBER]))
    message = message_for(checked(slipped), _)
    assert person(2)[NUMBER] not in message
    assert "990800********" in message


def test_a_refused_file():
    refused = RosterRefused("no_document_number", "示例厂.xlsx", value="姓名、性别")
    assert message_for_refusal(refused, "示例厂.xlsx", _) == (
        "您好！您发来的名单“示例厂.xlsx”没能读取。没有“证件号码”一列，看到的表头是：姓名、性别。"
        "请加一列，表头写“证件号码”，填上每人的身份证号码。谢谢！"
    )


def test_the_sender_reads_her_own_headings():
    rows = three((NUMBER, wrong_check(person(2)[NUMBER])))
    rows[0] = [*HEADINGS[:NUMBER], "居民身份证号", *HEADINGS[NUMBER + 1 :]]
    assert "第 3 行，居民身份证号：" in message_for(checked(rows, expected=EXPECTED), _)


def test_levels():
    assert level_of("document_checksum") == "error"
    assert level_of("document_old") == "warning"
    assert level_of("document_ends_000") == "warning"
    assert level_of("phone_wrong") == "warning"
    assert level_of("totals_differ") == "warning"
    assert level_of("unit_unknown") == "error"
