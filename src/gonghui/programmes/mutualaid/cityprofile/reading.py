"""Reading a city profile: closed keys, every text said, assumed with a reason, or unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter

from gonghui.core.errors import N_
from gonghui.core.rulebook.document import Node, parse
from gonghui.ground.directory.codes import check_credit_code
from gonghui.programmes.mutualaid.cityprofile.entries import closed, text, truth
from gonghui.programmes.mutualaid.cityprofile.model import Profile, Said
from gonghui.programmes.mutualaid.cityprofile.road import BODIES, default_road, read_road

FORMAT = "profile/1"
UNKNOWN = "unknown"

WORDING = (
    "contribution", "benefit", "fee", "period", "participant", "unit", "officer", "surplus",
    "bill", "receipt", "certificate", "unit_list", "special_grant",
)  # fmt: skip
"""What a city may call by a word of its own; each is said."""

SEALS = ("union", "committee", "office", "finance")
HEADS = ("edition", "notice", "minute", "bill", "receipt", "certificate")
"""Series of document numbers."""

_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "place": ("province", "city", "division_code"),
    "union": ("name", "short", "credit_code"),
    "contact": ("address", "post_code", "phone", "hours", "website"),
    "scheme": ("code", "name", "short"),
    "seals": SEALS,
    "currency": ("unit", "small_unit", "in_capitals"),
    "wording": WORDING,
}
_PATTERN_NAMES = {"head", "year", "number"}

_DIGITS: Mapping[str, re.Pattern[str]] = {
    "place.division_code": re.compile(r"\d{6}", re.ASCII),
    "contact.post_code": re.compile(r"\d{6}", re.ASCII),
}
_ACCOUNT = re.compile(r"\d{6,32}", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9-]*/[a-z][a-z0-9-]*", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9-]*", re.ASCII)


def read_profile(data: bytes, file: str) -> Profile:
    """A profile from its YAML; ``file`` is only used in refusals."""
    tree = parse(data, file)
    said = closed(
        tree, "gonghui", "code", *_SECTIONS, "bodies", "documents", "funds", "bank_accounts",
        optional=("road",),
    )  # fmt: skip
    if text(said["gonghui"]) != FORMAT:
        raise said["gonghui"].refusal(
            N_("“{said}” is not a format this version reads."),
            N_("It reads {known}."),
            said=text(said["gonghui"]),
            known=FORMAT,
        )
    entries: dict[str, Said] = {}
    for section, keys in _SECTIONS.items():
        for key, node in closed(said[section], *keys).items():
            entries[f"{section}.{key}"] = _said(node)
    entries |= _bodies(said["bodies"])
    entries |= _documents(said["documents"])
    entries |= _funds(said["funds"], said["bank_accounts"])
    code = _code(said["code"])
    _check(tree, code, entries)
    bodies = tuple(said["bodies"].mapping)
    road = read_road(said["road"], bodies) if "road" in said else default_road()
    for step in road.steps:
        if step.body not in bodies:
            raise said["bodies"].refusal(
                N_("The road of a revision needs the body “{body}”."),
                N_("Add it, or write a road of your own (road:)."),
                body=step.body,
            )
    return Profile(code, entries, road)


def _code(node: Node) -> str:
    said = text(node)
    if not _CODE.fullmatch(said):
        raise node.refusal(
            N_("“{said}” is not an identifier."),
            N_("Use lower-case English letters, digits and -, starting with a letter."),
            said=said,
        )
    return said


def _said(node: Node) -> Said:
    """A text written bare, or ``{is: …, assumed: true, because: …}``, or with its ``source``."""
    if not node.is_mapping:
        said = text(node)
        return Said("" if said == UNKNOWN else said)
    found = closed(node, "is", optional=("assumed", "because", "source"))
    value = text(found["is"])
    assumed = "assumed" in found and truth(found["assumed"])
    because = text(found["because"]) if "because" in found else ""
    source = text(found["source"]) if "source" in found else ""
    if assumed and not because:
        raise found["assumed"].refusal(
            N_("An assumption needs its reason."), N_("Add “because: …”.")
        )
    if assumed and source:
        raise found["source"].refusal(
            N_("A text either has a source or is assumed, not both."), N_("Remove one of the two.")
        )
    if value == UNKNOWN and assumed:
        raise found["is"].refusal(
            N_("What is unknown is not assumed to be anything."), N_("Remove “assumed”.")
        )
    return Said("" if value == UNKNOWN else value, assumed, because, source)


def _bodies(node: Node) -> dict[str, Said]:
    """The bodies that decide, by kind; a city need not have all of them."""
    entries: dict[str, Said] = {}
    for kind, body in closed(node, optional=BODIES).items():
        for key, name in closed(body, "name", "short").items():
            entries[f"bodies.{kind}.{key}"] = _said(name)
    return entries


def _documents(node: Node) -> dict[str, Said]:
    said = closed(node, "pattern", "heads")
    pattern = _said(said["pattern"])
    try:
        names = {name for _, name, _, _ in Formatter().parse(pattern.text) if name is not None}
    except ValueError:
        names = {"?"}
    if pattern.known and not ({"year", "number"} <= names <= _PATTERN_NAMES):
        raise said["pattern"].refusal(
            N_("A document number is made of {{year}}, {{number}} and perhaps {{head}}."),
            N_("Write it like “{{head}}〔{{year}}〕{{number}}号”."),
        )
    heads = closed(said["heads"], *HEADS)
    return {
        "documents.pattern": pattern,
        **{f"documents.heads.{kind}": _said(head) for kind, head in heads.items()},
    }


def _funds(funds: Node, accounts: Node) -> dict[str, Said]:
    """The funds by name, and for each the bank account its money comes to."""
    entries = {}
    for name, node in funds.mapping.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name, re.ASCII):
            raise node.refusal(
                N_("“{said}” is not an identifier."),
                N_("Use lower-case English letters, digits and _, starting with a letter."),
                said=name,
            )
        entries[f"funds.{name}"] = _said(node)
    if not entries:
        raise funds.refusal(N_("A scheme has at least one fund."), N_("Write “mutual_aid: …”."))
    for name, node in closed(accounts, *funds.mapping).items():
        for key, said in closed(node, "holder", "bank", "number").items():
            entries[f"bank_accounts.{name}.{key}"] = _said(said)
    return entries


def _check(tree: Node, code: str, entries: Mapping[str, Said]) -> None:
    """What is not any text: numbers of a fixed length, and the code of the scheme."""
    checks: dict[str, Callable[[str], object]] = {
        path: pattern.fullmatch for path, pattern in _DIGITS.items()
    }
    checks["scheme.code"] = lambda said: _SCHEME.fullmatch(said) and said.startswith(f"{code}/")
    checks |= {
        path: _ACCOUNT.fullmatch
        for path in entries
        if path.startswith("bank_accounts.") and path.endswith(".number")
    }
    for path, check in checks.items():
        said = entries[path]
        if said.known and not check(said.text):
            raise _at(tree, path).refusal(
                N_("“{said}” cannot stand here."),
                N_("Check it against the paper; write “unknown” until you have it."),
                said=said.text,
            )
    code_said = entries["union.credit_code"]
    if code_said.known and (wrong := check_credit_code(code_said.text)):
        place = _at(tree, "union.credit_code")
        raise wrong.at(place.place, place.path)
    if not entries["scheme.code"].known or not entries["union.name"].known:
        path = "union.name" if entries["scheme.code"].known else "scheme.code"
        raise _at(tree, path).refusal(
            N_("A city begins with this: it cannot be unknown."), N_("Write it.")
        )


def _at(tree: Node, path: str) -> Node:
    for step in path.split("."):
        tree = tree.mapping[step]
    return tree
