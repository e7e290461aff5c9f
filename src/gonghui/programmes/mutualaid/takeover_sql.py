"""What PostgreSQL holds about take-overs: totals that agree, two people, limits that follow.

A signature states the totals of the workbooks or is refused; the second one is by another person,
under whatever number she is known. Only what two have signed is booked, and what stands against a
person's limits is the sum of her payouts in it, whoever writes.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, Trigger, TriggerFunction
from gonghui.programmes.mutualaid.settlement_sql import HERS, PLACED, may, only

_SEEN = (
    f"({PLACED} and ((select gate.scope_may('takeover.enter'))"
    " or (select gate.scope_may('takeover.sign')) or (select gate.scope_may('figures.read'))))"
)
_MAY = may("takeover.enter", "takeover.sign")


def _classified(table: str, kind: str, verbs: str, using: str = _SEEN) -> Classify:
    return Classify(table, kind=kind, by="union_id", using=using, check=_MAY, verbs=verbs)


CLASSES = [
    _classified("mutualaid_takeover", "business", "select insert update"),
    only("mutualaid_takeover", "state, booked_at, rosterfile_id, journal_id"),
    _classified("mutualaid_takeoverfile", "personal", "select insert"),
    _classified("mutualaid_takeoversignature", "business", "select insert"),
    _classified("mutualaid_takenpayout", "money", "select insert", f"{_SEEN} or {HERS}"),
]

_SIGN = """
begin
  if gate.scope_person() is not null and new.person_id is distinct from gate.scope_person() then
    raise insufficient_privilege using message = 'takeover.sign';
  end if;
  perform from public.mutualaid_takeover t where t.id = new.takeover_id for update;
  if not exists (
       select from public.mutualaid_takeover t
        where t.id = new.takeover_id and t.state = 'entered' and t.union_id = new.union_id
          and (t.units, t.people, t.paid_fen, t.uses, t.opening_fen)
            = (new.units, new.people, new.paid_fen, new.uses, new.opening_fen)) then
    raise check_violation using message = 'totals differ', constraint = 'takeover_totals_agree';
  end if;
  if exists (
       select from public.mutualaid_takeoversignature s where s.takeover_id = new.takeover_id
          and gate.one_person(s.person_id) = gate.one_person(new.person_id)) then
    raise check_violation using message = 'one person', constraint = 'takeover_two_people';
  end if;
  return new;
end"""

_BOOK = """
begin
  if old.state <> 'entered' and new.state <> old.state then
    raise check_violation using message = 'it stays', constraint = 'takeover_final';
  end if;
  if new.state = 'booked' and (
       select count(distinct gate.one_person(s.person_id)) < 2
         from public.mutualaid_takeoversignature s where s.takeover_id = new.id) then
    raise check_violation using message = 'two sign', constraint = 'takeover_two_people';
  end if;
  return new;
end"""

_PAID = """
begin
  if not exists (
       select from public.mutualaid_takeover t
        where t.id = new.takeover_id and t.state = 'booked'
          and new.paid_on >= t.period_from and new.paid_on < t.taken_on) then
    raise check_violation using message = 'not signed', constraint = 'takeover_two_people';
  end if;
  return new;
end"""

_LIMITS = """
begin
  if new.taken_over_uses = 0 and new.taken_over_fen = 0 then return new; end if;
  if not exists (
       select from public.mutualaid_takenpayout p
         join public.mutualaid_takeover t on t.id = p.takeover_id
        where p.person_id = new.person_id and t.scheme_id = new.scheme_id
          and t.period_from = new.period_from
       having count(*) filter (where p.counts) = new.taken_over_uses
          and coalesce(sum(p.fen), 0) = new.taken_over_fen) then
    raise check_violation using message = 'not signed', constraint = 'takeover_two_people';
  end if;
  return new;
end"""

_GRANTS = [
    "select on public.mutualaid_takeover, public.mutualaid_takeoversignature,"
    " public.mutualaid_takenpayout",
    "update on public.mutualaid_takeover",
]

FUNCTIONS = [
    TriggerFunction("gate.takeover_signed()", body=_SIGN, grants=_GRANTS),
    Trigger(
        "takeover_signed",
        "mutualaid_takeoversignature",
        "before insert on public.mutualaid_takeoversignature for each row",
        "gate.takeover_signed()",
    ),
    TriggerFunction("gate.takeover_booked()", body=_BOOK),
    Trigger(
        "takeover_booked",
        "mutualaid_takeover",
        "before update on public.mutualaid_takeover for each row",
        "gate.takeover_booked()",
    ),
    TriggerFunction("gate.takenpayout_signed()", body=_PAID),
    Trigger(
        "takenpayout_signed",
        "mutualaid_takenpayout",
        "before insert on public.mutualaid_takenpayout for each row",
        "gate.takenpayout_signed()",
    ),
    TriggerFunction("gate.taken_over_follows()", body=_LIMITS),
    Trigger(
        "running_taken_over",
        "mutualaid_running",
        "before insert or update of taken_over_uses, taken_over_fen on public.mutualaid_running"
        " for each row",
        "gate.taken_over_follows()",
    ),
]
