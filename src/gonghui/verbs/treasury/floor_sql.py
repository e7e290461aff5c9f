"""Who sets what must stay in a fund: a definer function, since nobody writes a purse."""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction

_SET = """
declare f public.treasury_fund; before bigint;
begin
  select * into f from public.treasury_fund t where t.code = of_fund;
  if f.id is null or not coalesce(gate.scope_may('period.open'), false)
     or not coalesce(gate.in_scope(f.union_id), false) then
    raise insufficient_privilege using message = 'fund.floor';
  end if;
  select p.floor_fen into before from public.treasury_purse p where p.fund_id = f.id for update;
  update public.treasury_purse p set floor_fen = at_least where p.fund_id = f.id;
  return before;
end"""

FUNCTIONS = [
    DefinerFunction(
        "gate.set_fund_floor(of_fund text, at_least bigint)",
        returns="bigint",
        body=_SET,
        callable_by="web",
    )
]
