"""A unit's 申请汇总表 is handed in whole or not at all, once; every row is answered in words."""

from datetime import date

import pytest

from tests.programmes.mutualaid.enrolling import enrol, open_for_rosters, person, roster
from tests.programmes.mutualaid.federation import SCHEME, refused

ON = date(2022, 7, 1)
HEADINGS = (
    *("姓名", "身份证号", "结算单号", "医院级别", "入院时间", "出院时间", "结算日期", "总费用"),
    *("医保支付", "个人负担", "自费", "乙类自付", "范围内费用", "起付线", "票据代码", "票据号码"),
)


def row(who, number, *, personal="6000.00", discharged="2022-06-09", bill=""):
    return (
        *(who[0], who[1], number, "三甲", "2022.6.1", discharged, "2022年6月9日"),
        *("15,000.00", "9000", personal, "1000", "500元", "13500", "800", "41060122", bill),
    )


@pytest.fixture
def workers(house, tmp_path):
    open_for_rosters(house, tmp_path)
    people = [person("甲厂工会") for _ in range(3)]
    enrol(house.officer_a, roster(tmp_path, people))
    return people


def checked(house, folder, rows):
    from gonghui.programmes.mutualaid.services.claim_lists import check_list

    path = roster(folder, rows, "申请.csv", HEADINGS)
    return check_list(house.officer_a, path, scheme=SCHEME, on=ON)


def codes(preview):
    return {(finding.row, finding.code) for finding in preview.claims.findings}


def consented(house, preview):
    from gonghui.programmes.mutualaid.services.claims import consent_on_paper

    consent_on_paper(house.officer_a, sorted(set(preview.persons)))


def test_a_good_list_is_handed_in_whole_and_once(house, workers, tmp_path, connect):
    from gonghui.programmes.mutualaid.services.claim_lists import file_list

    rows = [row(who, f"S{n}", bill=f"00{n}0000001") for n, who in enumerate(workers)]
    preview = checked(house, tmp_path, rows)
    assert codes(preview) == set()
    consented(house, preview)
    opened = file_list(house.officer_a, preview, on=ON)
    again = file_list(house.officer_a, checked(house, tmp_path, rows), on=ON)
    assert [one.case_id for one in opened] == [one.case_id for one in again]
    assert {one.new for one in again} == {False}
    count = "select count(*), count(*) filter (where facts->>'days' = '8') from mutualaid_claim"
    assert connect("superuser").execute(count).fetchone() == (3, 3)


def test_one_wrong_row_keeps_the_list_out_and_says_why(house, workers, tmp_path, connect):
    from gonghui.programmes.mutualaid.services.claim_lists import file_list

    stranger = person("甲厂工会")
    rows = [
        row(workers[0], "S0", bill="0010000001"),
        row(workers[1], "S1", personal="5999.98", bill="0010000002"),
        row(workers[2], "S2", discharged="2022-05-09", bill="0010000003"),
        row(stranger, "S3", bill="0010000004"),
        row(workers[0], "S0", bill="0010000001"),
        row(workers[0], "4.1E+18", bill="1"),
        row(("李不同", workers[1][1]), "S7", bill="0010000007"),
    ]
    preview = checked(house, tmp_path, rows)
    assert codes(preview) >= {
        (3, "sums_differ"),
        (4, "days_in_disorder"),
        (5, "not_taking_part"),
        (2, "settlement_repeated"),
        (6, "invoice_repeated"),
        (7, "settlement_ruined"),
        (7, "invoice_malformed"),
        (8, "name_differs"),
    }
    with refused("must be corrected"):
        file_list(house.officer_a, preview, on=ON)
    assert connect("superuser").execute("select count(*) from cases_case").fetchone() == (0,)


def test_what_the_city_knows_is_told_row_by_row_before_anything_is_handed_in(
    house, workers, tmp_path, connect
):
    from gonghui.programmes.mutualaid.claims.invoices import invoice_of
    from gonghui.programmes.mutualaid.services import claim_lists
    from gonghui.programmes.mutualaid.services.claim_flags import reverse_invoice

    first = [row(workers[0], "S0", bill="0010000001"), row(workers[1], "S1", bill="0010000002")]
    preview = checked(house, tmp_path, first)
    consented(house, preview)
    opened = claim_lists.file_list(house.officer_a, preview, on=ON, papers_seen=True)
    assert codes(checked(house, tmp_path, first)) == set()  # its own list, sent again
    red = invoice_of("41060122", "0099999999", kind="2")
    reverse_invoice(house.clerk, red, of_code="41060122", of_number="0010000009")
    later = [
        row(workers[0], "S0", bill="0010000004"),
        row(workers[1], "S5", bill="0010000001"),
        row(workers[2], "S6", bill="0010000009"),
    ]
    preview = checked(house, tmp_path, later)
    assert codes(preview) == {(2, "already_applied"), (3, "invoice_used"), (4, "invoice_reversed")}
    superuser = connect("superuser")
    superuser.execute("update mutualaid_claim set live = false")
    superuser.execute("update mutualaid_claiminvoice set live = false where kind = 'normal'")
    superuser.commit()
    assert codes(checked(house, tmp_path, later)) == {(4, "invoice_reversed")}
    assert len(opened) == 2


def test_a_list_is_kept_sealed_and_comes_back_marked_with_one_message(
    house, workers, tmp_path, connect
):
    from gonghui.programmes.mutualaid.services.claim_lists import marked_list

    rows = [row(workers[0], "S0", personal="5999.98"), row(workers[1], "S1", bill="0010000002")]
    preview = checked(house, tmp_path, rows)
    assert checked(house, tmp_path, rows).list_id == preview.list_id
    superuser = connect("superuser")
    ((sealed, bad),) = superuser.execute(
        "select sealed, rows_bad from mutualaid_claimlist"
    ).fetchall()
    assert workers[0][1].encode() not in sealed
    assert bad == 1
    book, message = marked_list(house.officer_a, preview.list_id, str, author="Office")
    assert book[:2] == b"PK"
    assert "1 in order" in message
    assert workers[0][1] not in message
    with refused("no list"):
        marked_list(house.officer_b, preview.list_id, str, author="Office")
