"""Who sees bills and receipts, and the running numbers of documents."""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction

_PLACED = "(select gate.scope_whole()) or union_id in (select gate.unions_in_scope())"


def _with(*permissions: str) -> str:
    held = " or ".join(f"(select gate.scope_may('{one}'))" for one in permissions)
    return f"({_PLACED}) and ({held})"


CLASSES = [
    Classify("mutualaid_series", kind="gate"),
    Classify(
        "mutualaid_bill",
        kind="money",
        by="union_id",
        verbs="select insert update",
        check=_with("contribution.bill", "contribution.match"),
    ),
    Classify(
        "mutualaid_statementfile",
        kind="money",
        by="union_id",
        verbs="select insert",
        writes="contribution.match",
    ),
    Classify(
        "mutualaid_statementline",
        kind="money",
        by="union_id",
        verbs="select insert",
        writes="contribution.match",
    ),
    Classify(
        "mutualaid_receipt",
        kind="money",
        by="union_id",
        verbs="select insert",
        writes="contribution.match",
    ),
    Classify(
        "mutualaid_suspense",
        kind="money",
        by="union_id",
        verbs="select insert update",
        writes="contribution.match",
    ),
    Classify(
        "mutualaid_refund",
        kind="money",
        by="union_id",
        verbs="select insert update",
        writes="contribution.refund",
    ),
]

_NEXT_NUMBERS = """
declare reached integer;
begin
  -- The number tells how many came before it, and the highest one ends the series.
  if gate.scope_person() is null or not gate.scope_writes() or wanted is null
     or of_year is null or of_year not between 1949 and 2200
     or not coalesce(case of_kind
              when 'certificate' then wanted = 1
              when 'receipt' then wanted between 1 and 100000
                              and gate.scope_may('contribution.match')
              when 'bill' then wanted between 1 and 100000
                              and gate.scope_may('contribution.bill') end, false) then
    raise insufficient_privilege using message = 'numbers';
  end if;
  insert into public.mutualaid_series (kind, year, last) values (of_kind, of_year, wanted)
  on conflict (kind, year) do update set last = mutualaid_series.last + wanted
  returning last into reached;
  return reached - wanted + 1;
end"""

FUNCTIONS = [
    DefinerFunction(
        "gate.next_numbers(of_kind text, of_year integer, wanted integer)",
        returns="integer",
        body=_NEXT_NUMBERS,
        grants=["select, insert, update on public.mutualaid_series"],
        callable_by="web",
    )
]
