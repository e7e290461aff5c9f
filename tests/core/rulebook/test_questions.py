"""Every question of the language: left open it is refused by name; each answer is an edition."""

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.questions import QUESTIONS, OpenQuestion, question
from tests.core.rulebook.books import BANDED, CAP, COUNT, COUNTED, LUMP, book, edition, revision
from tests.core.rulebook.books import refused as refused_plain
from tests.core.rulebook.books import shelf as shelf_of

AUTOMATIC = {"answers.claims": "automatic"}
THRESHOLD = {"benefits.hospital.floor": "{kind: threshold, amount: 500 yuan, at_the_line: paid}"}
ABOVE_ZERO = {
    **BANDED,
    "benefits.hospital.bands.rows.1.from": "500 yuan",
    "benefits.hospital.bands.first_floor": "paid",
}
BEHIND_A_DEDUCTIBLE = {
    **BANDED,
    "benefits.hospital.floor": "{kind: deductible, amount: 500 yuan}",
    "benefits.hospital.bands.measured_on": "base",
}
BANDED_LUMP = {
    **{f"benefits.hospital.{key}": None for key in ("floor", "rate")},
    "benefits.hospital.formula": "banded_lump_sum",
    "benefits.hospital.bands": "{ends: upper_inclusive, rows: [{from: 0 yuan, amount: 9 yuan}]}",
}
TOP_UP = {
    **{f"benefits.hospital.{key}": None for key in ("floor", "rate", "base", "basis")},
    "benefits.hospital.formula": "top_up",
    "benefits.hospital.to": "500 yuan",
    "benefits.hospital.counting": "[hospital]",
    "benefits.hospital.window": "period",
}
GATED = {
    "gates": """
      - {id: grant, label: 救助, base: own_expense, window: claim, line: {above: 100000 yuan},
         needs: [], procedure: [本人申请], decided_by: 市总工会}
    """
}
CAPPED = {"limits.caps": f"[{CAP}]"}
LUMP_BESIDE_A_CAP = {
    "benefits.+": LUMP,
    "answers.lump_sums_in_ceiling": "no",
    **CAPPED,
}
TWO_KINDS_ONE_CAP = {
    "benefits.+": LUMP,
    "limits.caps": f"[{CAP.replace('[hospital]', '[hospital, death]')}]",
    "answers.lump_sums_in_ceiling": "yes",
    "answers.kind_order": "[death, hospital]",
}
TWO_KINDS_ONE_EVENT = {
    "benefits.+": LUMP.replace("[death]", "[hospital_stay]"),
    "answers.kind_order": "[death, hospital]",
}
TWO_KINDS_ONE_LOSS = {
    "benefits.+": LUMP,
    "limits.loss_ceiling": "{is: personal_total, covers: [hospital, death]}",
    "answers.kind_order": "[death, hospital]",
}

OPEN = [
    # key, a complete edition, what of it is taken away, where the refusal points
    ("floor.kind", {}, "benefits.hospital.floor.kind", "benefits.hospital.floor"),
    ("floor.kind", {}, "benefits.hospital.floor", "benefits.hospital"),
    ("floor.at_the_line", THRESHOLD, "benefits.hospital.floor.at_the_line",
     "benefits.hospital.floor"),
    ("bands.ends", BANDED, "benefits.hospital.bands.ends", "benefits.hospital.bands"),
    ("bands.ends", BANDED_LUMP, "benefits.hospital.bands.ends", "benefits.hospital.bands"),
    ("bands.method", BANDED, "benefits.hospital.bands.method", "benefits.hospital.bands"),
    ("basis", {}, "benefits.hospital.basis", "benefits.hospital"),
    ("basis", BANDED_LUMP, "benefits.hospital.basis", "benefits.hospital"),
    ("bands.first_floor", ABOVE_ZERO, "benefits.hospital.bands.first_floor",
     "benefits.hospital.bands"),
    ("bands.measured_on", BEHIND_A_DEDUCTIBLE, "benefits.hospital.bands.measured_on",
     "benefits.hospital.bands"),
    ("deciding_date", {}, "answers.deciding_date", "answers"),
    ("slot_used_by", COUNTED, "answers.slot_used_by", "answers"),
    ("lump_sums_in_ceiling", LUMP_BESIDE_A_CAP, "answers.lump_sums_in_ceiling", "answers"),
    ("rounding", {}, "answers.rounding", "answers"),
    ("rounding", {}, "answers.rounding.unit", "answers.rounding"),
    ("rounding", {}, "answers.rounding.mode", "answers.rounding"),
    ("steps", {}, "answers.steps", "answers"),
    ("kind_order", TWO_KINDS_ONE_CAP, "answers.kind_order", "answers"),
    ("kind_order", TWO_KINDS_ONE_EVENT, "answers.kind_order", "answers"),
    ("kind_order", TWO_KINDS_ONE_LOSS, "answers.kind_order", "answers"),
    ("same_day_order", {}, "answers.same_day_order", "answers"),
    ("reversal", COUNTED, "answers.reversal", "answers"),
    ("overpayment", {}, "answers.overpayment", "answers"),
    ("slot_choice", COUNTED | AUTOMATIC | {"answers.slot_choice": "by_time"},
     "answers.slot_choice", "answers"),
    ("window", COUNTED, "limits.counts.uses.window", "limits.counts.uses"),
    ("window", CAPPED, "limits.caps.ceiling.window", "limits.caps.ceiling"),
    ("window", TOP_UP, "benefits.hospital.window", "benefits.hospital"),
    ("window", GATED, "gates.grant.window", "gates.grant"),
    ("claims", {}, "answers.claims", "answers"),
]  # fmt: skip
LACKING = [pytest.param(*row, id=f"{row[0]} at {row[2]}") for row in OPEN]


def left_open(complete, answer):
    edition(complete)
    refusal = refused_plain({answer: None}, base=book(complete))
    assert isinstance(refusal, OpenQuestion)
    return refusal


@pytest.mark.parametrize(("key", "complete", "answer", "field"), LACKING)
def test_an_open_question_is_refused_by_its_name_with_its_choices(key, complete, answer, field):
    refusal = left_open(complete, answer)
    assert refusal.question == question(key)
    assert refusal.field == field
    said = refusal.words()
    assert f"Question “{key}” is open: {question(key).asks}" in said
    for choice, meaning in question(key).choices.items():
        assert f"{choice} ({meaning})" in said


@pytest.mark.parametrize(("key", "complete", "answer", "field"), LACKING)
def test_the_question_and_its_choices_are_asked_in_the_readers_language(
    key, complete, answer, field
):
    asked = []

    def french(template: str) -> str:
        asked.append(template)
        return f"«{template}»"

    said = left_open(complete, answer).words(french)
    assert f"«Question “{key}” is open: «{question(key).asks}»»" in said
    assert {question(key).asks, *question(key).choices.values()} <= set(asked)
    for choice, meaning in question(key).choices.items():
        assert f"{choice} («{meaning}»)" in said


@pytest.mark.parametrize(
    ("key", "complete", "answer", "field"),
    [row for row in LACKING if not row.values[2].endswith((".floor", ".unit"))],
)
def test_an_answer_that_is_none_of_the_choices_leaves_the_question_open(
    key, complete, answer, field
):
    wrong = {
        "steps": "[minimum]",
        "kind_order": "[hospital]",
        "rounding": "{unit: 1 yuan, mode: x}",
    }
    said = wrong.get(answer.rpartition(".")[2], "perhaps")
    refusal = refused_plain({answer: said}, base=book(complete))
    assert isinstance(refusal, OpenQuestion)
    assert refusal.question == question(key)


def test_a_revision_leaves_open_when_a_change_counts(tmp_path):
    change = "{at: contribution.fee, is: 70 yuan}"
    for effect in (None, "soon"):
        said = revision(change)
        if effect is None:
            del said["changes"][0]["effect"]
        else:
            said["changes"][0]["effect"] = effect
        with pytest.raises(OpenQuestion) as caught:
            shelf_of(tmp_path, book(), said).edition("example/medical/2023")
        assert caught.value.question == question("effect")
        assert caught.value.field == "changes.1"
        assert caught.value.place.file == "example/medical/2023.yaml"
        assert "whole_period (the whole current period" in caught.value.words()


def test_every_question_of_the_language_is_in_the_tables_above():
    asked = {key for key, *_ in OPEN} | {"effect"}
    assert asked == {one.key for one in QUESTIONS}
    assert len({one.key for one in QUESTIONS}) == len(QUESTIONS)


TWICE = {
    "bands.ends": [(BANDED, "benefits.hospital.bands.ends")],
    "bands.method": [(BANDED, "benefits.hospital.bands.method")],
    "basis": [({}, "benefits.hospital.basis")],
    "bands.first_floor": [(ABOVE_ZERO, "benefits.hospital.bands.first_floor")],
    "bands.measured_on": [(BEHIND_A_DEDUCTIBLE, "benefits.hospital.bands.measured_on")],
    "floor.at_the_line": [(THRESHOLD, "benefits.hospital.floor.at_the_line")],
    "deciding_date": [({}, "answers.deciding_date")],
    "slot_used_by": [(COUNTED, "answers.slot_used_by")],
    "rounding": [({}, "answers.rounding.mode")],
    "same_day_order": [({}, "answers.same_day_order")],
    "reversal": [(COUNTED, "answers.reversal")],
    "overpayment": [({}, "answers.overpayment")],
    "slot_choice": [(COUNTED | AUTOMATIC, "answers.slot_choice")],
    "claims": [({}, "answers.claims")],
}
FLOORS = {
    "none": "{kind: none}",
    "threshold": "{kind: threshold, amount: 500 yuan, at_the_line: paid}",
    "deductible": "{kind: deductible, amount: 500 yuan}",
}
ANSWERED = [
    *((key, choice, complete | {path: choice})
      for key, places in TWICE.items()
      for complete, path in places
      for choice in question(key).choices),
    *(("floor.kind", kind, {"benefits.hospital.floor": said}) for kind, said in FLOORS.items()),
    ("lump_sums_in_ceiling", "no", LUMP_BESIDE_A_CAP),
    ("lump_sums_in_ceiling", "yes", TWO_KINDS_ONE_CAP),
    ("steps", "order", {"answers.steps": "[rounding, period_cap, claim_cap, count, minimum]"}),
    ("kind_order", "order", TWO_KINDS_ONE_CAP | {"answers.kind_order": "[hospital, death]"}),
    *(("window", window, {"limits.caps": f"[{CAP.replace('year,', window + ',')}]"})
      for window in ("claim", "period", "year", "ever")),
    *(("window", window, COUNTED | {"limits.counts": f"[{COUNT.replace('period,', window + ',')}]"})
      for window in ("period", "year", "ever")),
]  # fmt: skip


@pytest.mark.parametrize(("key", "choice", "complete"), ANSWERED)
def test_each_choice_makes_an_edition(key, choice, complete):
    edition(complete)


@pytest.mark.parametrize("choice", question("effect").choices)
def test_each_effect_makes_a_revision(tmp_path, choice):
    change = f"{{at: contribution.fee, is: 70 yuan, effect: {choice}}}"
    revised = shelf_of(tmp_path, book(), revision(change)).edition("example/medical/2023")
    assert [each.effect for each in revised.changes] == [choice]


def test_the_tables_above_try_every_choice_of_every_question():
    tried = {(key, choice) for key, choice, _ in ANSWERED}
    tried |= {("effect", choice) for choice in question("effect").choices}
    assert tried == {(one.key, choice) for one in QUESTIONS for choice in one.choices}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (COUNTED | {"limits.counts": f"[{COUNT.replace('period', 'claim')}]"}, "window"),
        ({"benefits.hospital.bands": "{}", **{"benefits.hospital.rate": None}}, "rows"),
        (BANDED | {"benefits.hospital.bands.first_floor": "paid"}, "first_floor"),
        (BANDED | {"benefits.hospital.bands.measured_on": "base"}, "measured_on"),
        ({"benefits.hospital.floor": "{kind: none, amount: 5 yuan}"}, "amount"),
        (
            {"benefits.hospital.floor": "{kind: deductible, amount: 5 yuan, at_the_line: paid}"},
            "at_the_line",
        ),
    ],
)
def test_an_answer_to_a_question_that_does_not_arise_is_refused(changes, words):
    assert words in refused_plain(changes).words()


def test_what_is_not_asked_need_not_be_answered():
    answers = edition().answers
    assert (answers.slot_used_by, answers.reversal, answers.slot_choice) == ("", "", "")
    assert (answers.lump_sums_in_ceiling, answers.kind_order) == ("", ())


def test_nothing_can_be_filed_when_payment_is_automatic():
    refusal = refused_plain(AUTOMATIC | {"answers.deciding_date": "filed_on"})
    assert isinstance(refusal, Refusal)
    assert "filing cannot decide the period" in refusal.words()
