"""The road of a revision: the steps a new text takes, and which body takes each.

A step counts for the text it was taken on. Steps that ``decide`` count only while the draft is
the one they decided on: a changed draft goes before those bodies again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from gonghui.core.errors import N_
from gonghui.core.rulebook.document import Node, parse
from gonghui.programmes.mutualaid.cityprofile.entries import closed, identifier, text, truth

FORMAT = "road/1"
BODIES = ("committee", "office", "leading_group", "audit_committee")
"""The kinds of bodies, as the directory has them."""

NEEDS = ("minute", "evidence", "replay", "redline")
"""What a step may need: the number of a minute or document, a paper, replay figures of this
draft, the redline of this draft."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``consults``: a draft goes out and every comment is answered; ``decides``: on the
    words of the draft; ``publishes``: two people publish, and nothing else takes this step."""

    id: str
    name: str
    body: str
    needs: tuple[str, ...]
    consults: bool = False
    decides: bool = False
    publishes: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: its position on the road from 0, and on which draft."""

    position: int
    draft: int


@dataclass(frozen=True, slots=True)
class Road:
    steps: tuple[Step, ...]

    def standing(self, taken: Iterable[Taken], draft: int) -> int:
        """The position of the next step for a draft; ``len(steps)`` at the end."""
        counting = set(self._counting(taken, draft))
        for position in range(len(self.steps)):
            if position not in counting:
                return position
        return len(self.steps)

    def _counting(self, taken: Iterable[Taken], draft: int) -> Iterable[int]:
        for one in taken:
            if one.draft == draft or not self.steps[one.position].decides:
                yield one.position

    @property
    def publishing(self) -> int:
        """The position of the step that publishes."""
        return next(place for place, step in enumerate(self.steps) if step.publishes)

    @property
    def consulting(self) -> int | None:
        """The position of the step that asks for comments, if there is one."""
        found = (place for place, step in enumerate(self.steps) if step.consults)
        return next(found, None)

    def plain(self) -> list[dict[str, Any]]:
        """As JSON: what a revision keeps of the road it set out on."""
        return [asdict(step) | {"needs": list(step.needs)} for step in self.steps]

    @classmethod
    def of_plain(cls, steps: Iterable[Mapping[str, Any]]) -> Road:
        return cls(tuple(Step(**{**step, "needs": tuple(step["needs"])}) for step in steps))


def default_road() -> Road:
    """The road of a city whose profile has none of its own."""
    name = "roads/revision.yaml"
    tree = parse((files("gonghui.books") / name).read_bytes(), name)
    known = closed(tree, "gonghui", "steps")
    if text(known["gonghui"]) != FORMAT:
        raise known["gonghui"].refusal(
            N_("“{said}” is not a format this version reads."),
            N_("It reads {known}."),
            said=text(known["gonghui"]),
            known=FORMAT,
        )
    return read_road(known["steps"], BODIES)


def read_road(node: Node, bodies: Collection[str]) -> Road:
    """A road from a list of steps; ``bodies`` are the kinds the city has."""
    steps = tuple(_step(entry, bodies) for entry in node.items)
    seen: set[str] = set()
    for entry, step in zip(node.items, steps, strict=True):
        if step.id in seen:
            raise entry.refusal(N_("The id “{id}” stands twice."), N_("Rename one."), id=step.id)
        seen.add(step.id)
    _check_order(node, steps)
    return Road(steps)


def _step(node: Node, bodies: Collection[str]) -> Step:
    said = closed(
        node, "id", "name", "body", "needs", optional=("consults", "decides", "publishes")
    )
    body = text(said["body"])
    if body not in bodies:
        raise said["body"].refusal(
            N_("“{said}” is not known here."),
            N_("Choose one of: {choices}."),
            said=body,
            choices=", ".join(bodies),
        )
    needs = tuple(text(item) for item in said["needs"].items)
    for need, item in zip(needs, said["needs"].items, strict=True):
        if need not in NEEDS:
            raise item.refusal(
                N_("“{said}” is not known here."),
                N_("Choose one of: {choices}."),
                said=need,
                choices=", ".join(NEEDS),
            )
    marks = {key: key in said and truth(said[key]) for key in ("consults", "decides", "publishes")}
    return Step(identifier(said["id"]), text(said["name"]), body, needs, **marks)


def _check_order(node: Node, steps: tuple[Step, ...]) -> None:
    """Comments, then decisions, then publication; exactly one of the last."""
    publishing = [place for place, step in enumerate(steps) if step.publishes]
    consulting = [place for place, step in enumerate(steps) if step.consults]
    deciding = [place for place, step in enumerate(steps) if step.decides]
    if len(publishing) != 1:
        raise node.refusal(
            N_("Exactly one step of a road publishes."), N_("Write “publishes: yes” at one step.")
        )
    if not deciding or max(deciding) > publishing[0]:
        raise node.refusal(
            N_("A body decides on the draft before it is published."),
            N_("Write “decides: yes” at a step before the one that publishes."),
        )
    if len(consulting) > 1 or any(place > min(deciding) for place in consulting):
        raise node.refusal(
            N_("Comments are asked for once, before a body decides."),
            N_("Move the step with “consults: yes” up, or remove one."),
        )
