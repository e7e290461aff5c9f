"""The year's surplus against a plain reckoning of the same year, written down event by event."""

import random
from datetime import date, timedelta

import pytest

from tests.programmes.mutualaid.enrolling import FUND, open_for_rosters
from tests.programmes.mutualaid.raw_rows import rows
from tests.vault_fixtures import SOAK

SINCE, BEFORE = date(2022, 1, 1), date(2021, 1, 1)
FIRST, DAYS = date(2021, 12, 1), 396
SIDES = {
    "contribution": ("bank", "contributions"),
    "interest": ("bank", "interest"),
    "charge": ("bank_charges", "bank"),
    "benefit": ("benefits", "benefits_payable"),
    "paid": ("benefits_payable", "bank"),
    "grant": ("grants", "grants_payable"),
    "grant_paid": ("grants_payable", "bank"),
    "carry_over": ("contributions", "surplus"),
}


def some_year(seed):
    """(what, fen, day, the year it belongs to, the state of a grant) each."""
    chance = random.Random(seed)
    events = [("grant", 12_345, date(2022, 6, 15), SINCE, False, "confirmed")]
    for _ in range(60):
        what = chance.choice([*SIDES, "grant"])
        day = FIRST + timedelta(days=chance.randrange(DAYS))
        year = chance.choice([SINCE, SINCE, BEFORE])
        billed = what == "contribution" and chance.random() < 0.6
        state = chance.choice(["recorded", "confirmed", "confirmed", "struck"])
        events.append((what, chance.randrange(1, 10**7), day, year, billed, state))
    return events


def write_down(house, scheme, superuser, events):
    """The same events as journals, receipts of bills, and grants of meetings."""
    from gonghui.verbs.treasury.services.journals import Entry, Line, post_many

    city = house.union["city"]
    posted = [one for one in events if one[0] != "grant" or one[5] == "confirmed"]
    entries = [
        Entry(
            day,
            "carry_over" if what == "carry_over" else "anything",
            [Line(SIDES[what][0], city, fen), Line(SIDES[what][1], city, -fen)],
        )
        for what, fen, day, *_ in posted
    ]
    journals = dict(zip(map(id, posted), post_many(house.accountant, FUND, entries), strict=True))
    for at, one in enumerate(events):
        what, fen, day, year, billed, state = one
        period = {"scheme_id": scheme.pk, "period_from": year}
        until = year.replace(year=year.year + 1)
        if billed:
            (bill,) = rows(
                superuser,
                "mutualaid_bill",
                period | {"number": f"B{at}", "period_until": until, "total_fen": fen}
                | {"received_fen": fen},
            )  # fmt: skip
            said = {"number": f"R{at}", "bill_id": bill, "statementline_id": at, "fen": fen}
            said |= {"journal_id": journals[id(one)], "received_on": day}
            rows(superuser, "mutualaid_receipt", said)
        if what == "grant":
            (meeting,) = rows(
                superuser,
                "mutualaid_grantmeeting",
                period | {"period_until": until, "held_on": year, "minute_number": f"M{at}"}
                | {"unreported_fen": 0, "surplus_fen": fen, "received_fen": fen, "paid_fen": 0}
                | {"unpaid_fen": 0, "brought_fen": 0, "pending_fen": 0, "granted_fen": fen}
                | {"elsewhere_fen": 0},
            )  # fmt: skip
            by = {"recorded_by_id": 1, "confirmed_by_id": 2 if state == "confirmed" else None}
            by["struck_by_id"] = 1 if state == "struck" else None
            rows(
                superuser,
                "mutualaid_grant",
                {"meeting_id": meeting, "scheme_id": scheme.pk, "state": state, "fen": fen}
                | {"difference_fen": fen, "outcome": "granted", "gate_check_id": at}
                | {"journal_id": journals.get(id(one)), "struck_because": "误"} | by,
            )  # fmt: skip


def plainly(events, day, booked=True):
    """(received, paid, unpaid, brought, pending) by what the words mean. ``booked``: a grant that
    is confirmed counts from its booking on; without, the control, it counts nowhere before."""
    received = paid = owed = brought = pending = 0
    for what, fen, on, year, billed, state in events:
        known, ours = on <= day, on >= SINCE
        if what == "grant":
            ours = ours and year == SINCE
            if state == "struck":
                continue
            if year == SINCE and (state == "recorded" or (not known and booked)):
                pending += fen
            if state == "recorded" or not known:
                continue
        if not known:
            continue
        if what in ("contribution", "interest") and (year == SINCE if billed else ours):
            received += fen
        if what in ("charge", "paid", "grant_paid") and ours:
            paid += fen
        if what in ("benefit", "grant"):
            owed += fen
            brought += 0 if ours else fen
        if what in ("paid", "grant_paid"):
            owed -= fen
            brought -= 0 if ours else fen
    return received, paid, owed, brought, pending


@pytest.fixture
def shown(house, tmp_path, connect):
    scheme = open_for_rosters(house, tmp_path)
    superuser = connect("superuser", autocommit=True)

    def surplus(events, days):
        from gonghui.programmes.mutualaid.queries.surplus import year_surplus

        write_down(house, scheme, superuser, events)
        (fund,) = superuser.execute("select id from treasury_fund").fetchone()
        found = []
        with house.clerk.transaction():
            for day in days:
                said = year_surplus(house.clerk, scheme.pk, fund, period_from=SINCE, on=day)
                figures = (said.received_fen, said.paid_fen, said.unpaid_fen, said.brought_fen)
                assert said.fen == sum(
                    sign * fen
                    for sign, fen in zip((1, -1, -1, 1, -1), (*figures, said.pending_fen),
                                         strict=True)
                )  # fmt: skip
                found.append((*figures, said.pending_fen))
        return found

    return surplus


@pytest.mark.parametrize("seed", range(40 if SOAK else 3))
def test_the_surplus_is_what_a_plain_reckoning_gives(shown, seed):
    events = some_year(seed)
    days = [SINCE + timedelta(days=step) for step in range(0, 365, 20)]
    assert shown(events, days) == [plainly(events, day) for day in days]
    # Control: a grant that counts only once it is booked is missing at a day before.
    assert any(plainly(events, day) != plainly(events, day, booked=False) for day in days)
