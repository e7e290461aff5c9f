"""Who sees settlements and feeds, and what may be changed of them.

What somebody was treated for is hers: an officer of her unit does not see it. Only posts that give
``settlement.read`` do, and she herself.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, Statements

PLACED = "((select gate.scope_whole()) or union_id in (select gate.unions_in_scope()))"
READ = f"({PLACED} and (select gate.scope_may('settlement.read')))"
HERS = "person_id = (select gate.scope_self())"


def may(*permissions: str) -> str:
    """Placed in the scope, and one of these permissions."""
    held = " or ".join(f"(select gate.scope_may('{one}'))" for one in permissions)
    return f"({PLACED} and ({held}))"


def only(table: str, columns: str) -> Statements:
    """Of a table's rows, ``web`` changes these columns and no other."""
    return Statements(
        [
            f"revoke update on public.{table} from web",
            f"grant update ({columns}) on public.{table} to web",
        ]
    )


CLASSES = [
    Classify(
        "mutualaid_feedfile",
        kind="personal",
        by="union_id",
        using=READ,
        check=may("feed.take"),
        verbs="select insert update",
    ),
    only(
        "mutualaid_feedfile",
        "mapping, state, refused_because, rows_in, accepted, rejected, waiting, applied_at",
    ),
    Classify(
        "mutualaid_feedrow",
        kind="personal",
        by="union_id",
        using=READ,
        check=may("feed.take"),
        verbs="select insert update",
    ),
    only(
        "mutualaid_feedrow",
        "code, finding, field, settlement_id, blind, state, attempts, note, person_id",
    ),
    Classify(
        "mutualaid_settlement",
        kind="personal",
        by="union_id",
        using=f"{READ} or {HERS}",
        check=may("feed.take", "settlement.enter", "case.decide", "takeover.enter"),
        verbs="select insert update",
    ),
    # What was said is never said otherwise: a corrected settlement has another number.
    only("mutualaid_settlement", "filed_on, reversed_on, source_case"),
    Classify(
        "mutualaid_reversal",
        kind="personal",
        by="union_id",
        using=READ,
        check=may("feed.take"),
        verbs="select insert update",
    ),
    only("mutualaid_reversal", "settlement_id, refused_because"),
    Classify(
        "mutualaid_waiting",
        kind="personal",
        by="union_id",
        using=READ,
        check=may("feed.take", "settlement.enter", "case.decide", "decision.decide"),
        verbs="select insert update",
    ),
    only("mutualaid_waiting", "marked_at"),
]
