"""Definer functions that count wrong secrets by where they come from."""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction

MOST_WRONG = 30
"""Wrong secrets from one address in 15 minutes; the 31st try waits, from unknown browsers."""

_RESTS = f"""
  select exists (select from public.accounts_address a where a.digest = of_address
    and a.wrong >= {MOST_WRONG} and a.since > now() - interval '15 minutes')"""

_COUNT = """
  insert into public.accounts_address as a (digest, wrong, since) values (of_address, 1, now())
  on conflict (digest) do update set
    wrong = case when a.since > now() - interval '15 minutes' then a.wrong + 1 else 1 end,
    since = case when a.since > now() - interval '15 minutes' then a.since else now() end"""

FUNCTIONS = [
    DefinerFunction(
        "gate.address_rests(of_address bytea)",
        returns="boolean",
        language="sql",
        volatility="stable",
        body=_RESTS,
        grants=["select, insert, update on public.accounts_address"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.count_wrong_at(of_address bytea)",
        returns="void",
        language="sql",
        body=_COUNT,
        callable_by="web",
    ),
]
