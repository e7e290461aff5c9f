"""Who sees and changes messages."""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify

_UNION = "(select gate.scope_whole()) or union_id in (select gate.unions_in_scope())"

CLASSES = [
    Classify(
        "messages_message",
        kind="personal",
        by="union_id",
        using=f"{_UNION} or person_id = (select gate.scope_self())",
        check=_UNION,
        verbs="select insert update",
    ),
    Classify("messages_attempt", kind="business", by="union_id", verbs="select insert update"),
]
