"""The road of a revision: which steps there may be, and which one is next."""

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.document import parse
from gonghui.programmes.mutualaid.cityprofile.road import (
    BODIES,
    Road,
    Taken,
    default_road,
    read_road,
)

STUDY = "{id: study, name: 测算, body: office, needs: [replay]}"
COMMENTS = "{id: comments, name: 意见, body: office, needs: [], consults: yes}"
DECISION = "{id: decision, name: 审议, body: committee, needs: [minute], decides: yes}"
ISSUED = "{id: issued, name: 印发, body: office, needs: [], publishes: yes}"
TOLD = "{id: told, name: 解读, body: office, needs: []}"


def road(*steps):
    text = "".join(f"- {step}\n" for step in steps) or "[]"
    return read_road(parse(text.encode(), "road.yaml"), BODIES)


def test_the_default_road_is_that_of_most_cities():
    found = default_road()
    assert [(one.id, one.body) for one in found.steps] == [
        ("study", "office"),
        ("comments", "office"),
        ("committee", "committee"),
        ("leading_group", "leading_group"),
        ("issued", "office"),
        ("explained", "office"),
    ]
    assert (found.consulting, found.publishing) == (1, 4)


def test_a_road_kept_as_json_is_the_same_road():
    assert Road.of_plain(default_road().plain()) == default_road()


@pytest.mark.parametrize(
    ("taken", "draft", "next_one"),
    [
        ((), 1, "study"),
        (((0, 1),), 1, "comments"),
        (((0, 1), (1, 1), (2, 1)), 1, "issued"),
        # A new draft goes before the deciding body again; the comments were asked for.
        (((0, 1), (1, 1), (2, 1)), 2, "decision"),
        (((0, 1), (1, 1), (2, 1), (2, 2)), 2, "issued"),
        (((0, 1), (1, 1), (2, 1), (3, 1)), 1, "told"),
    ],
)
def test_the_next_step_is_the_first_that_does_not_count(taken, draft, next_one):
    found = road(STUDY, COMMENTS, DECISION, ISSUED, TOLD)
    place = found.standing([Taken(*one) for one in taken], draft)
    assert found.steps[place].id == next_one


def test_at_the_end_there_is_no_next_step():
    found = road(DECISION, ISSUED)
    assert found.standing([Taken(0, 1), Taken(1, 1)], 1) == len(found.steps)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((), "Exactly one step of a road publishes"),
        ((DECISION,), "Exactly one step"),
        ((DECISION, ISSUED, ISSUED.replace("issued", "again")), "Exactly one step"),
        ((ISSUED,), "decides on the draft before it is published"),
        ((ISSUED, DECISION), "before it is published"),
        ((DECISION, COMMENTS, ISSUED), "before a body decides"),
        ((COMMENTS, COMMENTS.replace("id: comments", "id: more"), DECISION, ISSUED), "for once"),
        ((DECISION, DECISION, ISSUED), "“decision” stands twice"),
        ((DECISION.replace("committee", "parliament"), ISSUED), "“parliament” is not known"),
        ((DECISION.replace("minute", "luck"), ISSUED), "“luck” is not known"),
        ((DECISION.replace("decides: yes", "decides: perhaps"), ISSUED), "“yes” or “no”"),
        ((DECISION.replace("name:", "nome:"), ISSUED), "no entry “nome” here"),
        ((DECISION.replace("name: 审议, ", ""), ISSUED), "“name” is missing"),
        ((DECISION.replace("id: decision", "id: 审议"), ISSUED), "not an identifier"),
    ],
)
def test_a_road_that_leads_nowhere_is_refused(steps, words):
    with pytest.raises(Refusal) as caught:
        road(*steps)
    assert words in caught.value.words()
    assert caught.value.place.file == "road.yaml"
    assert caught.value.todo


def test_the_bodies_of_a_road_are_those_of_the_directory(django_ready):
    from gonghui.ground.directory.models.bodies import BodyKind

    assert set(BODIES) == set(BodyKind.values)
