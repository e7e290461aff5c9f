"""A city that may give special grants: a gate in the edition, a surplus, somebody in difficulty."""

from dataclasses import dataclass
from datetime import date

from tests.programmes.mutualaid.enrolling import FUND, open_for_rosters

GATES = """
- id: special_grant
  label: 大额自费救助
  base: own_expense
  window: year
  line: {above: "100,000 yuan"}
  needs:
    - {id: extreme_hardship, label: 给家庭生活造成极度困难}
    - {id: surplus, label: 年度互助金结余足够}
  procedure: [本人申请, 单位审核, 党组研究]
  decided_by: 党组
  ceiling: none
"""
FILED, SEEN = date(2022, 10, 10), date(2022, 10, 20)
HELD, CONFIRMED = date(2022, 10, 31), date(2022, 11, 3)
RECEIVED = 200_000_00
REASON = "党组研究认为自费负担确实过重"


def unit_of(who):
    return "unit_b" if who == "worker_b" else "unit_a"


@dataclass
class City:
    """``surplus``: what the meeting finds is left in fen."""

    house: object
    scheme: object
    connect: object
    serial: int = 0

    def row(self, question, *values):
        with self.connect("superuser") as connection:
            return connection.execute(question, values).fetchone()

    def change(self, statement, *values):
        self.connect("superuser", autocommit=True).execute(statement, values)

    def post(self, debit, credit, fen, on=date(2022, 3, 1)):
        from gonghui.verbs.treasury.services.journals import Line, post

        city = self.house.union["city"]
        lines = [Line(debit, city, fen), Line(credit, city, -fen)]
        return post(self.house.accountant, FUND, on=on, kind="contribution", lines=lines)

    def hardship(self, who):
        from gonghui.ground.directory.services.hardships import register_hardship

        return register_hardship(
            self.house.clerk,
            self.house.person[who],
            self.house.union[unit_of(who)],
            kind="困难职工",
            evidence="困难职工档案第1号",
            on=date(2022, 1, 1),
        )

    def applied(self, who="worker_a", confirmed=True, how="self"):
        """Her application, filed by herself and confirmed by her unit; the case's number."""
        from gonghui.programmes.mutualaid.services.grant_cases import agree, file_grant
        from gonghui.verbs.cases.herself import Herself
        from gonghui.verbs.cases.services.moving import confirm

        herself = Herself(f"token of {who}")
        agree(herself, self.house.person[who])
        opened = file_grant(
            herself,
            self.house.person[who],
            self.house.union[unit_of(who)],
            "重病，家中两人失业",
            how=how,
            on=FILED,
        )
        if confirmed:
            confirms = {"unit_b": "officer_b"}.get(unit_of(who), "chair_a")
            confirms = "officer_a" if who == confirms else confirms
            confirm(getattr(self.house, confirms), opened.case_id, on=FILED)
        return opened.case_id

    def gate(self, who="worker_a", fen=120_000_00, found=True, actor=None, case_id=None):
        from gonghui.programmes.mutualaid.services.grants import (
            Finding,
            hardship_of,
            look_at_gate,
        )

        actor = actor or self.house.clerk
        with actor.transaction():
            known = hardship_of(self.house.person[who], SEEN)
        hardship = known.pk if known else self.hardship(who) if found else None
        return look_at_gate(
            actor,
            self.scheme,
            self.house.person[who],
            self.house.union[unit_of(who)],
            Finding(found, "入户走访：两人失业，有房贷", hardship),
            on=SEEN,
            stated_fen=fen,
            stated_because="结算单三张",
            case_id=case_id or self.applied(who),
        )

    def meeting(self, unreported=0, held_on=HELD, present=("founder", "head"), actor=None, **said):
        from gonghui.programmes.mutualaid.services.grants import Present, open_meeting

        self.serial += 1
        parts = [
            Present(self.house.person[who], "member" if place else "chair")
            for place, who in enumerate(present)
        ]
        options = {
            "held_on": held_on,
            "minute": b"minute",
            "minute_number": f"党组纪〔2022〕{self.serial}号",
            "unreported_fen": unreported,
            "unreported_because": "按上年第四季度申报数估计",
        }
        return open_meeting(actor or self.house.clerk, self.scheme, parts, **options | said)

    def grant(self, meeting, check, fen=50_000_00, actor=None, **said):
        from gonghui.programmes.mutualaid.services.grants import record_grant

        return record_grant(
            actor or self.house.clerk, meeting.pk, check.pk, fen, **{"reason": REASON} | said
        )

    def confirm(self, grant, actor=None):
        from gonghui.programmes.mutualaid.services.grants import confirm_grant

        return confirm_grant(actor or self.house.second_clerk, grant.pk, on=CONFIRMED)

    def case(self, case_id):
        """Its state, and what was decided last."""
        return self.row(
            "select c.state, d.outcome, d.amount_fen from cases_case c"
            " left join cases_decision d on d.case_id = c.id where c.id = %s"
            " order by d.instance desc limit 1",
            case_id,
        )

    def ask_again(self, grant, who="worker_a", grounds="又住院一次"):
        """She asks that the body look at it again."""
        from gonghui.verbs.cases.herself import Herself
        from gonghui.verbs.cases.services.moving import ask_review

        ask_review(Herself(f"token of {who}"), grant.case_id, grounds, on=CONFIRMED)


def open_city(house, folder, connect):
    city = City(house, open_for_rosters(house, folder, {"gates": GATES}), connect)
    city.post("bank", "contributions", RECEIVED)
    return city
