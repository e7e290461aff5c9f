"""Refusals say where, what and what to do, in any language."""

import pytest

from gonghui.core.errors import N_, Place, Refusal

ODD = Refusal(N_("“{text}” is odd."), N_("Write {{is: …}}."), text="1{2}%s")


def test_a_refusal_is_one_line_of_place_field_what_and_what_to_do():
    refusal = Refusal(
        N_("“{text}” is odd."), N_("Write 80%."), place=Place("a.yaml", 3, 7), field="x.y", text="z"
    )
    assert str(refusal) == "a.yaml:3:7: x.y: “z” is odd. Write 80%."


@pytest.mark.parametrize(
    ("place", "field", "line"),
    [
        (None, "", "“1{2}%s” is odd. Write {is: …}."),
        (Place("a.csv", 1), "", "a.csv:1: “1{2}%s” is odd. Write {is: …}."),
        (Place("a.yaml"), "", "a.yaml: “1{2}%s” is odd. Write {is: …}."),
        (None, "fee", "fee: “1{2}%s” is odd. Write {is: …}."),
    ],
)
def test_what_is_not_known_is_left_out_and_no_input_breaks_the_sentence(place, field, line):
    refusal = Refusal(ODD.what, ODD.todo, place=place, field=field, **ODD.values)
    assert refusal.words() == line


def test_the_first_place_stays():
    refusal = Refusal("a", "b").at(Place("x", 1, 1), "inner").at(Place("y", 2, 2), "outer")
    assert (refusal.place, refusal.field) == (Place("x", 1, 1), "inner")


def test_templates_are_translated_before_they_are_filled():
    chinese = {"“{text}” is odd.": "“{text}”不对。", "Write {{is: …}}.": "请写 {{is: …}}。"}
    assert ODD.words(chinese.__getitem__) == "“1{2}%s”不对。请写 {is: …}。"


def test_marking_a_template_changes_nothing():
    assert N_("a {b}") == "a {b}"
