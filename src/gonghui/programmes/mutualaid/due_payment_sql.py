"""A due and its payment go together, whoever drafts and whatever the bank says."""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Trigger, TriggerFunction

_LINE_ARRIVES = """
declare d public.mutualaid_due;
begin
  if new.source not like 'mutualaid.%' then return null; end if;
  select * into d from public.mutualaid_due x where x.source = new.source for update;
  if not found or d.state not in ('open', 'returned') or d.fen <> new.fen
     or d.union_id <> new.union_id or d.account_key <> new.account_key
     or d.person_id is distinct from new.person_id then
    raise check_violation using message = 'the payment is not of this due',
      constraint = 'payout_source_fits';
  end if;
  insert into public.mutualaid_duepayment (due_id, union_id, line_id, live)
  values (d.id, d.union_id, new.id, true);
  update public.mutualaid_due x set state = 'lined' where x.id = d.id;
  return null;
end"""

_LINE_MOVED = """
begin
  if old.state = new.state or new.source not like 'mutualaid.due:%' then return null; end if;
  if new.state in ('returned', 'cancelled') then
    update public.mutualaid_duepayment p set live = false where p.line_id = new.id;
  elsif old.state = 'returned' then
    update public.mutualaid_duepayment p set live = true where p.line_id = new.id;
  end if;
  update public.mutualaid_due d
     set state = case new.state when 'paid' then 'paid' when 'returned' then 'returned'
                 when 'cancelled' then case when new.attempt > 1 and exists (
                     select from public.treasury_payoutline o where o.source = new.source
                        and o.state = 'returned') then 'returned' else 'open' end
                 else 'lined' end
    from public.mutualaid_duepayment p where p.line_id = new.id and d.id = p.due_id;
  return null;
end"""

_PICK = """
begin
  if not gate.scope_writes() or not gate.scope_may('payout.draft') then
    raise insufficient_privilege using message = 'payout.draft';
  end if;
  -- What another picks this moment is passed by.
  return query select d.id, d.source, d.person_id, d.union_id, d.fen, d.account_key
    from public.mutualaid_due d
   where d.scheme_id = of_scheme and d.state = 'open' and d.owed_on < until
     and gate.in_scope(d.union_id)
   order by d.id limit most for update skip locked;
end"""

FUNCTIONS = [
    TriggerFunction(
        "gate.due_line_arrives()",
        body=_LINE_ARRIVES,
        grants=[
            "select, update on public.mutualaid_due",
            "select, insert, update on public.mutualaid_duepayment",
        ],
    ),
    TriggerFunction("gate.due_line_moves()", body=_LINE_MOVED),
    DefinerFunction(
        "gate.pick_dues(of_scheme bigint, until date, most integer)",
        returns="table (id bigint, source text, person_id bigint, union_id bigint,"
        " fen bigint, account_key text)",
        body="\n#variable_conflict use_column" + _PICK,
        callable_by="web",
    ),
]

TRIGGERS = [
    Trigger(
        "due_line_arrives",
        "treasury_payoutline",
        "after insert on public.treasury_payoutline for each row",
        "gate.due_line_arrives()",
    ),
    Trigger(
        "due_line_moves",
        "treasury_payoutline",
        "after update on public.treasury_payoutline for each row",
        "gate.due_line_moves()",
    ),
]

CLASSES = [Classify("mutualaid_duepayment", kind="money", by="union_id")]
