"""A kind of case of the tests' own, and the cast that handles it."""

import dataclasses
import datetime

import pytest

ON = datetime.date(2022, 10, 10)
LIMIT = 1_000_000  # fen: from here on a second step and two people


@pytest.fixture
def trial():
    """Kind "trial": the unit confirms, one step, a second from LIMIT on, where two decide."""
    from gonghui.verbs.cases.kinds import CaseKind, PaperKind, StepKind

    return CaseKind(
        "trial",
        "试办",
        steps=(StepKind("first"), StepKind("large", level="city", from_fen=LIMIT)),
        papers=(PaperKind("statement", "结算单"), PaperKind("letter", "说明", required=False)),
        deadlines={"filed": 3, "confirmed": 10, "reviewing": 10},
        consents=("handling",),
        two_from_fen=LIMIT,
        review_way="十五日内向市总工会申请复核",
        review_days=15,
    )


class Desk:
    """The room with its cast: short words for what tests do."""

    def __init__(self, house, kind):
        from gonghui.verbs.cases.herself import Herself

        self.house, self.kind = house, kind
        self.worker = Herself("token of worker_a")
        self.subject = house.person["worker_a"]
        self.unit = house.union["unit_a"]
        self.handed = []

    def consented(self, *purposes):
        from gonghui.verbs.cases.services.consents import give_consent

        for purpose in purposes or ("handling",):
            give_consent(self.worker, self.subject, purpose, wording_version="1", text="同意")

    def asked(self, fen=5000, **said):
        from gonghui.verbs.cases.services.opening import Asked
        from gonghui.verbs.cases.services.papers import Given

        said = {
            "plain": {"days": 3},
            "confidential": {"diagnosis": "肺炎"},
            "papers": (Given("statement", 7),),
            **said,
        }
        return Asked(self.subject, self.unit, fen, **said)

    def draft(self, fen=5000):
        from gonghui.verbs.cases.services.opening import open_case

        return open_case(self.worker, self.kind.code, self.asked(fen), how="self", on=ON).case_id

    def brought(self, state, fen=5000):
        """A new case in a state, by the shortest way."""
        from gonghui.verbs.cases.services import moving, opening

        house, case_id = self.house, self.draft(fen)
        way = {
            "draft": (),
            "filed": ("filed",),
            "confirmed": ("filed", "confirmed"),
            "reviewing": ("filed", "confirmed", "reviewing"),
            "returned": ("filed", "returned"),
            "accepted": ("filed", "confirmed", "reviewing", "accepted"),
            "refused": ("filed", "confirmed", "reviewing", "refused"),
            "withdrawn": ("withdrawn",),
        }
        way["review_asked"] = (*way["refused"], "review_asked")
        way["reviewed"] = (*way["review_asked"], "reviewed")
        deeds = {
            "filed": lambda: opening.file_case(self.worker, case_id, on=ON),
            "confirmed": lambda: moving.confirm(house.officer_a, case_id, on=ON),
            "reviewing": lambda: moving.pass_step(house.county_clerk_a, case_id, on=ON),
            "returned": lambda: moving.return_case(house.officer_a, case_id, "缺页", on=ON),
            "accepted": lambda: moving.accept(house.head, case_id, fen, on=ON),
            "refused": lambda: moving.refuse(house.head, case_id, "不在期内", "第五条", on=ON),
            "withdrawn": lambda: moving.withdraw(self.worker, case_id, on=ON),
            "review_asked": lambda: moving.ask_review(self.worker, case_id, "请再看", on=ON),
            "reviewed": lambda: moving.decide_review(
                house.second_clerk, case_id, "维持", clause="第五条", upheld=True, on=ON
            ),
        }
        for one in way[state]:
            deeds[one]()
        return case_id


@pytest.fixture
def desk(house, connect, trial):
    from gonghui.verbs.cases import kinds

    made = Desk(house, trial)
    handed = made.handed

    def handler(actor, decided, on):
        handed.append(decided)

    trial = made.kind = dataclasses.replace(trial, accepted=handler, refused=handler)
    kinds.register(trial)
    with connect("owner") as owner:
        for statement in kinds.placed(trial).statements:
            owner.execute(statement)
    made.consented()
    yield made
    kinds._registered.pop("trial", None)
