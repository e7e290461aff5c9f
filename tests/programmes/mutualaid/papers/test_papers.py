"""Papers say what is so, in the city's words, and each printing is on record."""

import json
from datetime import date

import openpyxl
import pytest

from gonghui.adapters.pages.setting import set_pages
from gonghui.core.errors import Refusal
from tests.programmes.mutualaid.enrolling import FUND, open_for_rosters
from tests.programmes.mutualaid.federation import refused
from tests.programmes.mutualaid.papers.year import NAMES, PAID, PERIOD, enrolled, pay
from tests.vault_fixtures import keys

__all__ = ["keys"]  # a fixture
ON = date(2022, 3, 1)


@pytest.fixture
def year(house, keys, tmp_path):
    return enrolled(house, open_for_rosters(house, tmp_path), tmp_path)


@pytest.fixture
def printed(monkeypatch):
    """What each paper was told to say, in order."""
    from gonghui.programmes.mutualaid.papers import page

    told = []

    def set_and_keep(template, said):
        told.append(json.loads(said["paper"]))
        return set_pages(template, said)

    monkeypatch.setattr(page, "set_pages", set_and_keep)
    return told


@pytest.fixture
def recorded(connect):
    def events(action):
        return (
            connect("superuser")
            .execute(
                "select person_seen, purpose, after_hash, details from audit_event"
                " where action = %s order by id",
                [action],
            )
            .fetchall()
        )

    return events


def certificate(actor, year, name, on=ON):
    from gonghui.programmes.mutualaid.papers.certificates import certificate_paper

    return certificate_paper(actor, year.people[name], on=on, scheme_id=year.scheme.pk)


def listed(actor, house, year, unit="unit_a", **said):
    from gonghui.programmes.mutualaid.papers.lists import list_paper

    return list_paper(actor, house.union[unit], year.scheme, PERIOD, on=ON, **said)


def test_a_bill_says_heads_amounts_day_and_account(house, year, printed, recorded):
    from gonghui.programmes.mutualaid.papers.bills import bill_paper

    made = bill_paper(house.officer_a, year.bill)
    (said,) = printed
    assert made.startswith(b"%PDF")
    assert said["title"] == "交费通知" and said["number"] == year.bill
    assert said["rows"] == [["参加职工", "1", "80.00", "3", "240.00"]]
    assert said["total"] == {"figures": "240.00", "capitals": "人民币贰佰肆拾元整"}
    assert (said["period"], said["due"]) == ("2022年1月1日至2022年12月31日", "2022年1月20日")
    assert said["accounts"][0]["number"] == "9900000000000000001"
    assert len(recorded("contribution.bill_printed")) == 1


def test_a_bill_of_another_unit_is_not_there(house, year, recorded):
    from gonghui.programmes.mutualaid.papers.bills import bill_paper

    with refused("There is no bill"):
        bill_paper(house.officer_b, year.bill)
    assert recorded("contribution.bill_printed") == []


def test_a_receipt_shows_the_parts_that_came_until_it(house, year, printed, recorded):
    from gonghui.programmes.mutualaid.papers.receipts import receipt_paper

    first = pay(house, year.bill, "100.00", PAID[0], "S1")
    second = pay(house, year.bill, "140.00", PAID[1], "S2")
    receipt_paper(house.clerk, first)
    receipt_paper(house.officer_a, second)
    before, after = printed
    assert [part[2] for part in before["parts"]] == ["100.00"]
    assert (before["received"], before["left"], before["in_full"]) == ("100.00", "140.00", False)
    assert [part[2] for part in after["parts"]] == ["100.00", "140.00"]
    assert (after["left"], after["in_full"]) == ("0.00", True)
    assert after["amount"]["capitals"] == "人民币壹佰肆拾元整"
    # The statement is the office's.
    assert (before["payer_at_bank"], after["payer_at_bank"]) == ("甲厂工会委员会", "")
    assert len(recorded("contribution.receipt_printed")) == 2


def test_a_certificate_names_who_was_seen_and_hides_the_number(house, year, printed, recorded):
    certificate(house.officer_a, year, NAMES[1])
    (said,) = printed
    assert said["name"] == NAMES[1] and said["paid"] == ""
    assert said["document_number"] not in year.numbers and "****" in said["document_number"]
    assert said["cover"] == "2022年1月1日至2022年12月31日"
    ((seen, purpose, fingerprint, details),) = recorded("certificate.printed")
    assert seen == year.people[NAMES[1]] and purpose and len(fingerprint) == 32
    assert said["number"] in details
    pay(house, year.bill, "240.00", PAID[1], "S1")
    certificate(house.officer_a, year, NAMES[1])
    assert printed[1]["paid"] == "2022年1月5日"
    assert printed[1]["number"] != said["number"]


def test_a_waiting_period_ends_on_a_day_that_is_printed(house, year, printed, monkeypatch):
    from gonghui.programmes.mutualaid.terms import Terms

    monkeypatch.setattr(Terms, "waits_until", lambda *_, **__: date(2022, 1, 31))
    certificate(house.officer_a, year, NAMES[0])
    assert printed[0]["waiting"] == "2022年1月30日"


def test_nobody_prints_a_certificate_of_whom_she_does_not_see(house, year, recorded):
    with refused("No cover of this person"):
        certificate(house.officer_b, year, NAMES[0])
    with pytest.raises(Refusal):
        certificate(house.worker_a, year, NAMES[0])
    assert recorded("certificate.printed") == []


def test_a_list_masks_numbers_unless_a_purpose_is_given(house, year, tmp_path, recorded):
    def numbers(actor, **said):
        path = tmp_path / "list.xlsx"
        path.write_bytes(listed(actor, house, year, workbook=True, **said))
        rows = openpyxl.load_workbook(path).active.iter_rows(min_row=5, values_only=True)
        return {row[1]: row[2] for row in rows}

    masked = numbers(house.officer_a)
    assert set(masked) == set(NAMES) and not set(masked.values()) & set(year.numbers)
    assert recorded("person.revealed") == []
    assert set(numbers(house.clerk, full_for="送医保局核对").values()) == set(year.numbers)
    assert len(recorded("person.revealed")) == len(NAMES)
    with refused("person.reveal"):
        numbers(house.officer_a, full_for="看看")
    assert [row[1] for row in recorded("roster.listed")] == ["", "送医保局核对"]


def test_the_list_of_a_unit_out_of_reach_is_refused(house, year, recorded):
    with pytest.raises(Refusal):
        listed(house.officer_b, house, year)
    assert recorded("roster.listed") == []


def test_cover_survives_a_move_and_both_units_see_it(house, year, printed):
    from gonghui.ground.directory.services.employments import transfer

    transfer(
        house.clerk,
        year.people[NAMES[0]],
        house.union["unit_a"],
        house.union["unit_b"],
        on=date(2022, 2, 1),
    )
    listed(house.officer_a, house, year)
    listed(house.officer_b, house, year, "unit_b")
    old, new = ({row[1]: row[6] for row in said["rows"]} for said in printed)
    assert old[NAMES[0]] == "未交费；已离开本单位" and len(old) == 3
    assert new == {NAMES[0]: "未交费；由甲厂工会参加"}
    certificate(house.officer_b, year, NAMES[0])
    assert (printed[2]["enrolled_by"], printed[2]["works_at"]) == ("甲厂工会", "丙矿工会")


def test_who_withdrew_before_paying_is_neither_billed_nor_paid_for(house, year, printed, connect):
    from gonghui.programmes.mutualaid.models import Enrolment
    from gonghui.programmes.mutualaid.papers.bills import bill_paper
    from gonghui.programmes.mutualaid.services.enrolments import withdraw

    with house.clerk.transaction():
        gone = Enrolment.objects.get(person_id=year.people[NAMES[0]]).pk
    withdraw(house.clerk, gone, on=date(2022, 1, 3), because="调离", fund=FUND)
    bill_paper(house.clerk, year.bill)
    assert printed[0]["rows"] == [["参加职工", "1", "80.00", "2", "160.00"]]
    assert printed[0]["total"]["figures"] == "160.00"
    pay(house, year.bill, "160.00", PAID[1], "S1")
    unpaid = connect("superuser").execute(
        "select id from mutualaid_enrolment where paid_on is null"
    )
    assert unpaid.fetchall() == [(gone,)]


def test_every_word_of_a_city_is_its_own(house, year, printed):
    """No word of another city, none of insurance, in data, templates or code."""
    from gonghui.programmes.mutualaid.papers import bills, page, receipts

    bills.bill_paper(house.clerk, year.bill)
    receipts.receipt_paper(house.clerk, pay(house, year.bill, "240.00", PAID[1], "S1"))
    certificate(house.clerk, year, NAMES[0])
    listed(house.clerk, house, year)
    folder = page.template_path("bill").parents[1]
    texts = [path.read_text() for path in (*folder.rglob("*.py"), *folder.rglob("*.typ"))]
    texts += [json.dumps(said, ensure_ascii=False) for said in printed]
    assert len(printed) == 4 and len(texts) > 12
    for word in ("焦作", "保险", "保费", "理赔"):
        assert not [text for text in texts if word in text], word
    assert all("示例市" in text for text in texts[-4:])  # control: the city is in them


def test_what_the_profile_leaves_unknown_is_printed_as_not_stated(house, year):
    from dataclasses import replace

    from gonghui.programmes.mutualaid.cityprofile.model import Said
    from gonghui.programmes.mutualaid.models import Bill
    from gonghui.programmes.mutualaid.papers.bills import bill_data
    from gonghui.programmes.mutualaid.queries.profiles import city_profile

    with house.clerk.transaction():
        profile = city_profile()
        silent = dict.fromkeys(
            ("bank_accounts.mutual_aid.number", "contact.phone", "seals.office"), Said("")
        )
        said = bill_data(
            replace(profile, entries={**profile.entries, **silent}), Bill.objects.get()
        )
    assert said["accounts"][0]["number"] == said["contact"]["phone"] == said["seal"] == "未载明"
