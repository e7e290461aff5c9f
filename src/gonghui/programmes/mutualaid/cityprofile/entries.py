"""Entries with closed keys: what a file may say is listed, and anything else is refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from gonghui.core.errors import N_, Refusal
from gonghui.core.rulebook.document import Node

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def closed(node: Node, *keys: str, optional: tuple[str, ...] = ()) -> Mapping[str, Node]:
    """The entries of a mapping that has all ``keys``, perhaps ``optional`` ones, and no others."""
    found = node.mapping
    known = (*keys, *optional)
    for key, child in found.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            raise Refusal(
                N_("There is no entry “{key}” here."),
                N_("Known here: {keys}.{hint}"),
                place=child.key_place,
                field=child.path,
                key=key,
                keys=", ".join(known),
                hint=f" → {near[0]}?" if near else "",
            )
    for key in keys:
        if key not in found:
            raise node.refusal(
                N_("“{key}” is missing."), N_("Add “{key}:” to this entry."), key=key
            )
    return found


def text(node: Node) -> str:
    """The text of an entry, without the spaces around it; never empty."""
    said = node.text.strip()
    if not said:
        raise node.refusal(N_("Here nothing is written."), N_("Write a text, or “unknown”."))
    return said


def identifier(node: Node) -> str:
    """A lower-case English identifier."""
    said = text(node)
    if not _IDENTIFIER.fullmatch(said):
        raise node.refusal(
            N_("“{said}” is not an identifier."),
            N_("Use lower-case English letters, digits and _, starting with a letter."),
            said=said,
        )
    return said


def truth(node: Node) -> bool:
    """``yes`` or ``no``."""
    said = node.text
    if said not in ("yes", "no", "true", "false"):
        raise node.refusal(N_("Here “yes” or “no” is needed."), N_("Write yes or no."))
    return said in ("yes", "true")
