"""Revisions: ``extends`` plus only what differs, applied to the tree before it is read.

Every change names its path, its new value (or what is added to it), its clause and its effect.
Because a change is applied to the tree, the revised edition is read by the same reader and must
answer the same questions as any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_rate, format_yuan
from gonghui.core.rulebook import quantities
from gonghui.core.rulebook.document import Node
from gonghui.core.rulebook.entries import AMENDED, CITING
from gonghui.core.rulebook.model import Effect
from gonghui.core.rulebook.questions import OpenQuestion, question

EFFECTS: tuple[Effect, ...] = ("next_period", "from_date", "whole_period")
OWN = ("edition", "title", "valid", "governance")
"""What a revision always states anew."""

SAME = ("gonghui", "scheme")
"""What a revision states like the edition it extends."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """One entry of ``changes``, as written."""

    at: str
    how: str
    value: Node
    citing: Mapping[str, Node]
    effect: Effect
    effect_citing: Mapping[str, Node]
    node: Node


def read_amendments(node: Node) -> tuple[Amendment, ...]:
    """The ``changes`` of a revision."""
    found = []
    for item in node.items:
        entries = item.mapping
        unknown = set(entries) - CITING - {"at", "is", "add", "remove", "effect"}
        how = [word for word in ("is", "add", "remove") if word in entries]
        if unknown or len(how) != 1 or "at" not in entries:
            raise item.refusal(
                N_("A change has “at”, one of “is”, “add”, “remove”, “effect” and its clause."),
                N_(
                    "Write {{at: contribution.fee, is: 70 yuan, clause: fee, effect: next_period}}."
                ),
            )
        if how == ["remove"] and entries["remove"].text != "yes":
            raise entries["remove"].refusal(
                N_("“remove” is always yes."), N_("Write “remove: yes”, or leave the change out.")
            )
        citing = _citation_in(item) or _citation_in(entries[how[0]])
        if not citing:
            raise item.refusal(
                N_("This parameter cites no clause."),
                N_("Write {{is: …, clause: …}}, or “assumed: true” and “because: …”."),
            )
        stated = entries.get("effect")
        effect_citing = citing
        if stated is not None and stated.is_mapping and "is" in stated.mapping:
            effect_citing = _citation_in(stated)
            stated = stated.mapping["is"]
        said = stated.text if stated is not None else ""
        effect = next((known for known in EFFECTS if known == said), None)
        if effect is None:
            raise OpenQuestion(question("effect"), place=item.place, field=item.path)
        found.append(
            Amendment(
                entries["at"].text,
                how[0],
                entries[how[0]],
                citing,
                effect,
                effect_citing or citing,
                item,
            )
        )
    return tuple(found)


def _citation_in(node: Node) -> dict[str, Node]:
    """The entries of a mapping that say where it comes from."""
    if not node.is_mapping:
        return {}
    return {key: node.mapping[key] for key in CITING & node.mapping.keys()}


def _refuse_what_is_no_revision(base: Node, revision: Node) -> None:
    """What a revision says beside its changes would be passed over: it is refused."""
    for key, child in revision.mapping.items():
        if key not in (*OWN, *SAME, "extends", "changes"):
            raise Refusal(
                N_("The language has no “{key}” here."),
                N_("Known here: {keys}.{hint}"),
                place=child.key_place,
                field=child.path,
                key=key,
                keys=", ".join((*SAME, *OWN, "extends", "changes")),
                hint="",
            )
    for key in SAME:
        if key in revision.mapping and revision.mapping[key].text != base.mapping[key].text:
            raise revision.mapping[key].refusal(
                N_("“{key}” is “{said}” here and “{base}” in what is extended."),
                N_("An edition extends one of its own scheme, in its own format."),
                key=key,
                said=revision.mapping[key].text,
                base=base.mapping[key].text,
            )


def apply(base: Node, revision: Node, amendments: tuple[Amendment, ...]) -> Node:
    """The base's tree with the revision's own statements and the amendments."""
    _refuse_what_is_no_revision(base, revision)
    tree = dict(base.mapping)
    for key in (*SAME, *OWN):
        if key not in revision.mapping:
            raise revision.refusal(
                N_("“{key}” is missing."), N_("Add “{key}:” to this entry."), key=key
            )
        tree[key] = revision.mapping[key]
    revised = replace(base, content=tree)
    for amendment in amendments:
        revised = _walk(revised, amendment.at.split("."), amendment)
    return revised.moved("")


def _walk(node: Node, path: list[str], amendment: Amendment) -> Node:
    step, rest = path[0], path[1:]
    if node.is_mapping:
        entries = dict(node.mapping)
        if "is" in entries and step not in entries:  # a value written with its citation
            entries["is"] = _walk(entries["is"], path, amendment)
            return replace(node, content=entries)
        keys = [key for key in entries if key not in CITING] if step == "*" else [step]
        for key in keys:
            if key not in entries:
                if rest or amendment.how != "is":
                    raise _nothing_there(amendment, step)
                entries[key] = _new(amendment)
            elif rest:
                entries[key] = _walk(entries[key], rest, amendment)
            elif amendment.how == "remove":
                del entries[key]
            else:
                entries[key] = _changed(entries[key], amendment)
        return replace(node, content=entries)
    if node.is_list:
        children = list(node.items)
        positions = [
            position
            for position, child in enumerate(children)
            if step in ("*", str(position + 1))
            or (child.is_mapping and "id" in child.mapping and child.mapping["id"].text == step)
        ]
        if not positions:
            raise _nothing_there(amendment, step)
        for position in reversed(positions):
            if rest:
                children[position] = _walk(children[position], rest, amendment)
            elif amendment.how == "remove":
                del children[position]
            else:
                children[position] = _changed(children[position], amendment)
        return replace(node, content=tuple(children))
    raise _nothing_there(amendment, step)


def _new(amendment: Amendment) -> Node:
    """The stated value with the change's citation."""
    value = amendment.value
    if value.is_mapping:
        return replace(value, content={**amendment.citing, **value.mapping})
    return replace(value, content={"is": value, **amendment.citing})


def _changed(old: Node, amendment: Amendment) -> Node:
    if amendment.how == "is":
        return _new(amendment)
    return _added(old, amendment)


def _added(old: Node, amendment: Amendment) -> Node:
    """``add``: to a value, or to every row of a table."""
    if old.is_mapping:
        entries = dict(old.mapping)
        if "is" in entries:
            entries["is"] = replace(entries["is"], content=_sum(entries["is"], amendment))
        elif "rows" in entries:
            entries["rows"] = _every_row(entries["rows"], amendment)
        else:
            raise _nothing_there(amendment, amendment.at.rpartition(".")[2])
        return replace(old, content={**entries, AMENDED: _citing(amendment)})
    value = replace(old, content=_sum(old, amendment))
    return replace(old, content={"is": value, AMENDED: _citing(amendment)})


def _citing(amendment: Amendment) -> Node:
    """What the change cites. The old citation stays: a sum of an assumption is an assumption."""
    return replace(amendment.node, content=amendment.citing)


def _every_row(rows: Node, amendment: Amendment) -> Node:
    changed = {}
    for key, row in rows.mapping.items():
        if row.is_mapping and "is" not in row.mapping:
            changed[key] = _every_row(row, amendment)
        elif key not in CITING:
            changed[key] = (
                replace(row, content=_sum(row, amendment))
                if row.is_text
                else _added(row, amendment)
            )
        else:
            changed[key] = row
    return replace(rows, content=changed)


def _sum(old: Node, amendment: Amendment) -> str:
    """The old value plus what is added, written in the old value's unit."""
    try:
        if old.text.endswith("%"):
            total = quantities.rate(old.text) + quantities.points(amendment.value.text)
            if total < 0:
                raise Refusal(N_("The rate would fall below zero."), N_("Check the change."))
            return format_rate(total)
        if old.text.endswith(("yuan", "元")):
            total = quantities.amount(old.text) + quantities.amount(amendment.value.text)
            return f"{format_yuan(total)} yuan"
        return str(quantities.count(old.text) + quantities.count(amendment.value.text))
    except Refusal as refusal:
        raise refusal.at(amendment.value.place, amendment.at) from None


def _nothing_there(amendment: Amendment, step: str) -> Refusal:
    return amendment.node.refusal(
        N_("The change “{at}” meets nothing at “{step}”."),
        N_("Check the path against the edition that is extended."),
        at=amendment.at,
        step=step,
    )
