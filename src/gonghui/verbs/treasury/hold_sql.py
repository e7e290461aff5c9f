"""Definer functions over the hold that a restore puts on payouts."""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction
from gonghui.verbs.treasury import payout_sql

_ROOT = "(select id from public.directory_union where parent_id is null)"

_COMPARED = f"""
declare changed bigint;
begin
  perform gate.payout_may('payout.answer', {_ROOT});
  update public.treasury_payouthold set compared_by_id = gate.scope_person(), because = why,
         compared_at = clock_timestamp()
   where id = of_hold and lifted_at is null returning id into changed;
  return changed is not null;
end"""

_LIFT = f"""
declare h public.treasury_payouthold;
begin
  perform gate.payout_may('payout.approve', {_ROOT});
  select * into h from public.treasury_payouthold where id = of_hold for update;
  if h.id is null or h.lifted_at is not null then return false; end if;
  if h.compared_by_id is null
     or gate.one_person(h.compared_by_id) = gate.one_person(gate.scope_person()) then
    raise check_violation using message = 'two people lift it', constraint = 'payout_hold_by_two';
  end if;
  update public.treasury_payouthold set lifted_by_id = gate.scope_person(),
         lifted_at = clock_timestamp()
   where id = of_hold;
  return true;
end"""

FUNCTIONS = [
    DefinerFunction(
        "gate.payout_hold_compared(of_hold bigint, why text)",
        returns="boolean",
        body=_COMPARED,
        grants=["select, insert, update on public.treasury_payouthold"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.lift_payout_hold(of_hold bigint)", returns="boolean", body=_LIFT, callable_by="web"
    ),
    *(
        one for one in payout_sql.FUNCTIONS if one.signature.startswith("gate.intend_payout(")
    ),  # asks from now on whether there is a hold
]
CLASSES = [Classify("treasury_payouthold", kind="structure")]
