"""A special grant leads to its meeting and its minute, and is drawn like any payment."""

from datetime import date

from tests.bank_simulator import HEADINGS
from tests.programmes.mutualaid.auditing.city import SPAN
from tests.programmes.mutualaid.enrolling import FUND
from tests.programmes.mutualaid.granting import open_city
from tests.vault_fixtures import keys

__all__ = ["keys"]
PAID = date(2022, 11, 20)


def test_a_grant_leads_to_its_minute(house, keys, tmp_path, connect):
    from gonghui.programmes.mutualaid.auditing.drawing import Method
    from gonghui.programmes.mutualaid.papers.working import working_paper
    from gonghui.programmes.mutualaid.queries.chains import trace
    from gonghui.programmes.mutualaid.services.samples import draw_sample
    from gonghui.verbs.treasury.services import payouts, releasing, sealing
    from gonghui.verbs.treasury.services.answers import take_answer
    from gonghui.verbs.treasury.services.payouts import Payee, PayoutItem, draft_batch

    city = open_city(house, tmp_path, connect)
    city.confirm(city.grant(city.meeting(), city.gate()))
    source, union, person, fen, key = city.row(
        "select source, union_id, person_id, fen, account_key from mutualaid_due"
    )
    payee = Payee("职工", "6222000000000001", "某银行")
    item = PayoutItem(source, union, payee, fen, key, person)
    batch = draft_batch(house.clerk, FUND, [item], on=PAID)
    payouts.check_batch(house.accountant, batch)
    payouts.approve_batch(house.head, batch)
    sealing.seal_batch(house.cashier, batch)
    releasing.release_batch(house.cashier, batch)
    (reference,) = city.row("select reference from treasury_payoutline")
    answer = f"{HEADINGS}\n{reference},成功,{fen // 100}.{fen % 100:02d},{PAID},\n"
    take_answer(house.cashier, FUND, answer.encode(), name="a.csv", on=PAID)

    (one,) = trace(house.auditor, reference)
    assert (one.due_kind, one.fen, one.faults) == ("grant", 50_000_00, ())
    assert one.minute == "党组纪〔2022〕1号" and len(one.minute_sha256) == 64
    assert one.grant_reason and one.decision_id is None
    (again,) = trace(house.auditor, f"journal:{one.journal_id}")
    assert again == one
    span = SPAN | {"until": date(2022, 12, 1)}
    drawn = draw_sample(house.auditor, city.scheme, Method("strata", "level"), size=1, **span)
    assert [layer.name for layer in drawn.layers] == ["-"]
    assert working_paper(house.auditor, drawn.sample_id, str).faults == 0
