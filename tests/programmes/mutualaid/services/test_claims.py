"""An application becomes a settlement and a decision, once; what was claimed twice is told."""

from tests.programmes.mutualaid.claiming import ON, STAY, window
from tests.programmes.mutualaid.federation import refused

__all__ = ["window"]  # a fixture


def invoice(number="0012345678"):
    from gonghui.programmes.mutualaid.claims.invoices import invoice_of

    return invoice_of("41060122", number)


def test_a_paper_statement_becomes_a_settlement_and_a_decision(window):
    (opened,) = window.bring(window.asked())
    assert window.rows("select * from mutualaid_settlement") == []
    (moved,) = window.granted(opened)
    assert moved.outcome == "done"
    ((filed_on, origin, case_id),) = window.rows(
        "select filed_on, origin, source_case from mutualaid_settlement"
    )
    assert (filed_on, origin, case_id) == (ON, "case", opened.case_id)
    ((sentence,),) = window.rows("select sentence from mutualaid_decision")
    assert sentence


def test_a_paper_without_a_number_gets_the_cases(window):
    (opened,) = window.bring(window.asked(number=""))
    window.granted(opened)
    ((made,),) = window.rows("select settlement_id from mutualaid_settlement")
    assert made == f"CASE-{opened.number}"


def test_a_paper_that_does_not_add_up_is_told_at_the_window(window):
    with refused("15,000.00 and 14,999.98"):
        window.bring(window.asked(changes={"personal_total": 599_998}))
    window.bring(window.asked(changes={"personal_total": 599_999}))  # 0.01 yuan is tolerated


def test_the_same_settlement_or_invoice_is_claimed_once(window):
    window.bring(window.asked(invoices=(invoice(),)))
    other = window.workers[1]
    with refused("settlement is there already"):
        window.bring(window.asked())
    with refused("invoice is there already"):
        window.bring(window.asked("S2", other, invoices=(invoice(),)))
    with refused("settlement is there already"):
        window.bring(window.asked(number=""))  # the same paper, its number left out


def test_withdrawn_before_the_decision_it_uses_nothing_and_may_come_again(window):
    from gonghui.verbs.cases.services.moving import withdraw

    (opened,) = window.bring(window.asked(invoices=(invoice(),)))
    withdraw(window.house.clerk, opened.case_id, on=ON)
    assert window.rows("select live from mutualaid_claim") == [(False,)]
    assert window.rows("select * from mutualaid_settlement") == []
    (again,) = window.bring(window.asked(invoices=(invoice(),)))
    assert again.new


def test_a_reversed_invoice_puts_its_claim_on_the_work_list_and_stops_it(window):
    from gonghui.programmes.mutualaid.claims.invoices import invoice_of
    from gonghui.programmes.mutualaid.services import claim_flags as claims

    (opened,) = window.bring(window.asked(invoices=(invoice(),)))
    red = invoice_of("41060122", "0099999999", kind="2")
    claims.reverse_invoice(window.house.clerk, red, of_code="41060122", of_number="0012345678")
    (flag,) = claims.work_list(window.house.head)
    assert (flag.code, flag.claim.case_id) == ("invoice_reversed", opened.case_id)
    (moved,) = window.granted(opened)
    assert "reversed the invoice" in moved.in_the_way.words()
    assert window.rows("select * from mutualaid_settlement") == []
    later = window.asked("S3", window.workers[1], invoices=(invoice("0077777777"),))
    claims.reverse_invoice(
        window.house.clerk,
        invoice_of("41060122", "0099999998", kind="2"),
        of_code="41060122",
        of_number="0077777777",
    )
    with refused("reversed this invoice"):
        window.bring(later)


def test_parts_of_one_stay_are_shown_together(window):
    from gonghui.programmes.mutualaid.services.claim_flags import clear_flag, work_list

    first, second = window.bring(
        window.asked("S1"), window.asked("S2", changes={"admitted_on": STAY["discharged_on"]})
    )
    (flag,) = work_list(window.house.head)
    assert flag.code == "split"
    assert flag.claim.case_id in (first.case_id, second.case_id)
    clear_flag(window.house.head, flag.pk, "医院分段结算")
    assert work_list(window.house.head) == []


def test_a_unit_does_not_see_what_the_window_keyed_in(window, sql_as_web):
    window.bring(window.asked())
    count = "select count(*) from mutualaid_claim"
    assert sql_as_web(window.house.head).execute(count).fetchone() == (1,)
    assert sql_as_web(window.house.officer_a).execute(count).fetchone() == (0,)
    assert sql_as_web(window.house.officer_b).execute(count).fetchone() == (0,)


def test_many_cost_as_many_statements_as_few(window):
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    def cost(asked):
        opened = window.bring(*asked)
        with CaptureQueriesContext(connections["default"]) as seen:
            window.granted(*opened)
        return len(seen.captured_queries)

    two = cost([window.asked(f"A{n}", window.workers[n]) for n in range(2)])
    six = cost([window.asked(f"B{n}", window.workers[2 + n]) for n in range(6)])
    assert six <= two + 2, (two, six)
    assert window.rows("select count(*) from mutualaid_decision") == [(8,)]
