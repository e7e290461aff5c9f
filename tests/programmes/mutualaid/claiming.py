"""The office's counter: workers of unit A who take part, their papers, and what becomes of them."""

from datetime import date

import pytest

from gonghui.core.periods import day_of
from tests.programmes.mutualaid.enrolling import enrol, open_for_rosters, person, roster
from tests.programmes.mutualaid.feeding import LIMITED

ON = date(2022, 7, 1)
STAY = {
    "event_kind": 1,
    "hospital_level": 3,
    "admitted_on": day_of(date(2022, 6, 1)),
    "discharged_on": day_of(date(2022, 6, 9)),
    "settled_on": day_of(date(2022, 6, 9)),
    "total_cost": 1_500_000,
    "fund_total": 900_000,
    "personal_total": 600_000,
    "own_expense": 100_000,
    "preliminary_selfpay": 50_000,
    "in_scope": 1_350_000,
    "deductible_paid": 80_000,
}


PAPERS = ("application", "identity", "statement", "invoice", "discharge")


class Window:
    """The office's counter, with workers of unit A enrolled and paid for."""

    def __init__(self, house, connect, rows=()):
        self.house, self.connect = house, connect
        self.unit = house.union["unit_a"]
        self.certificates = [one[1] for one in rows]
        superuser = connect("superuser", autocommit=True)
        superuser.execute("update mutualaid_enrolment set paid_on = '2021-12-30'")
        self.workers = [
            row[0] for row in self.rows("select person_id from mutualaid_enrolment order by id")
        ]
        self.worker = self.workers[0]

    def rows(self, question, *values):
        return self.connect("superuser").execute(question, values).fetchall()

    def herself(self, worker=None):
        """A worker with an account of her own."""
        from gonghui.verbs.cases.herself import Herself

        worker = worker or self.worker
        self.connect("superuser", autocommit=True).execute(
            "with a as (insert into accounts_account (person_id, login, salt, verifier, wrong,"
            " opened_at) values (%s, %s, '', '', 0, now()) returning id)"
            " insert into accounts_session (account_id, token_hash, kind, opened_at, expires_at)"
            " select id, sha256(convert_to(%s, 'UTF8')), 'session', now(),"
            " now() + interval '9 years' from a",
            [worker, f"worker {worker}", f"token of worker {worker}"],
        )
        return Herself(f"token of worker {worker}")

    def asked(self, number="S1", worker=None, changes=None, **said):
        from gonghui.programmes.mutualaid.services.claims import Application
        from gonghui.verbs.cases.services.papers import Given

        facts = {**STAY, **(changes or {})} if changes is not NUMBER_ONLY else {}
        said.setdefault("papers", tuple(map(Given, PAPERS)))
        return Application(worker or self.worker, self.unit, number, facts, **said)

    def bring(self, *asked, on=ON):
        from gonghui.programmes.mutualaid.services.claims import apply_many, consent_on_paper

        consent_on_paper(self.house.clerk, [one.person_id for one in asked])
        return apply_many(self.house.clerk, asked, how="window", on=on)

    def agreed(self, purpose, worker=None, **said):
        """Signed on paper, in the wording in force."""
        from gonghui.programmes.mutualaid.claims.rules import rules
        from gonghui.verbs.cases.services.consents import give_consent

        version, text = rules().consents[purpose]
        said = {"wording_version": version, "text": text, "on_paper": True, **said}
        return give_consent(self.house.clerk, worker or self.worker, purpose, **said)

    def confirmed(self, *opened, on=ON):
        from gonghui.verbs.cases.services.moving import confirm_many

        return confirm_many(self.house.officer_a, [one.case_id for one in opened], on=on)

    def granted(self, *opened, on=ON):
        from gonghui.verbs.cases.services.moving import accept_many

        moved = self.confirmed(*opened, on=on)
        assert {one.outcome for one in moved} == {"done"}, moved
        return accept_many(self.house.head, [(one.case_id, None) for one in opened], on=on)

    def state(self, opened):
        ((state,),) = self.rows("select state from cases_case where id = %s", opened.case_id)
        return state


NUMBER_ONLY = object()
"""No amounts: the insurer's own data counts."""


def opened(house, folder, connect, people=8):
    """A window in a city with two uses a period and 3,000 yuan a year."""
    open_for_rosters(house, folder, LIMITED | {"limits.caps": "[]"})
    rows = [person("甲厂工会") for _ in range(people)]
    enrol(house.officer_a, roster(folder, rows))
    return Window(house, connect, rows)


@pytest.fixture
def window(house, tmp_path, connect):
    return opened(house, tmp_path, connect)
