"""Closing a period: two definer functions, the only way there is, and the text both agree on."""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction

TRIAL_BALANCE_HEAD = (
    *("account", "union_id", "item", "opening_fen", "debit_fen", "credit_fen", "closing_fen"),
    *("opening_quantity", "quantity_in", "quantity_out", "closing_quantity"),
)
"""The columns of the kept text; no names, so that a new name changes no closed month."""

_TRIAL_BALANCE = f"""
  with asked as (select * from public.treasury_period where id = of_period),
  moved as (
    select b.account_id, b.union_id, b.item_id,
           sum(b.debit_fen - b.credit_fen) filter (where p.id <> asked.id) as opening_fen,
           sum(b.debit_fen) filter (where p.id = asked.id) as debit_fen,
           sum(b.credit_fen) filter (where p.id = asked.id) as credit_fen,
           sum(b.quantity_in - b.quantity_out) filter (where p.id <> asked.id) as opening_quantity,
           sum(b.quantity_in) filter (where p.id = asked.id) as quantity_in,
           sum(b.quantity_out) filter (where p.id = asked.id) as quantity_out
      from asked
      join public.treasury_period p
        on p.fund_id = asked.fund_id and p.starts_on <= asked.starts_on
      join public.treasury_balance b on b.period_id = p.id
     group by 1, 2, 3),
  told as (
    select a.code as account, m.union_id, coalesce(i.code, '') as item,
           coalesce(opening_fen, 0) as opening_fen, coalesce(debit_fen, 0) as debit_fen,
           coalesce(credit_fen, 0) as credit_fen, coalesce(opening_quantity, 0) as opening_quantity,
           coalesce(quantity_in, 0) as quantity_in, coalesce(quantity_out, 0) as quantity_out
      from moved m join public.treasury_account a on a.id = m.account_id
      left join public.treasury_item i on i.id = m.item_id)
  select '{chr(9).join(TRIAL_BALANCE_HEAD)}' || e'\\n' || coalesce(string_agg(
           concat_ws(e'\\t', account, union_id, item,
             opening_fen, debit_fen, credit_fen, opening_fen + debit_fen - credit_fen,
             opening_quantity, quantity_in, quantity_out,
             opening_quantity + quantity_in - quantity_out) || e'\\n', ''
           order by account collate "C", union_id, item collate "C"), '')
    from told"""

_MAY_CLOSE = """
begin
  -- Nobody else learns whether there is such a period.
  if not gate.scope_writes() or not gate.scope_may('period.close') or not exists (
       select from public.treasury_period p join public.treasury_fund f on f.id = p.fund_id
        where p.id = of_period and gate.in_scope(f.union_id)) then
    raise insufficient_privilege using message = 'period.close';
  end if;
  -- Under an older snapshot the journals that were waited for would not be seen.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise insufficient_privilege using message = 'period.close';
  end if;
end"""

_PROPOSE = """
declare asked record; text_kept text; proposed bigint;
begin
  perform gate.ledger_may_close(of_period);
  select p.*, f.union_id into asked from public.treasury_period p
    join public.treasury_fund f on f.id = p.fund_id where p.id = of_period for share of p;
  if asked.closed_at is not null then
    raise check_violation using message = 'the period is closed', constraint = 'ledger_period_open';
  end if;
  if exists (select from public.treasury_period earlier
              where earlier.fund_id = asked.fund_id and earlier.starts_on < asked.starts_on
                and earlier.closed_at is null) then
    raise check_violation using message = 'an earlier period is open',
      constraint = 'ledger_close_in_order';
  end if;
  text_kept := gate.ledger_trial_balance(of_period);
  insert into public.treasury_closing
         (period_id, union_id, trial_balance, sha256, journals, lines, turnover_fen,
          proposed_by_id, proposed_at, audit_head)
  select of_period, asked.union_id, text_kept, sha256(convert_to(text_kept, 'UTF8')),
         (select count(*) from public.treasury_journal j where j.period_id = of_period),
         coalesce(sum(b.lines), 0), coalesce(sum(b.debit_fen), 0),
         gate.scope_person(), clock_timestamp(), ''
    from public.treasury_balance b where b.period_id = of_period
  returning id into proposed;
  return proposed;
end"""

_CONFIRM = """
declare asked record; closed timestamptz; text_now text;
begin
  select c.* into asked from public.treasury_closing c where c.id = of_closing;
  perform gate.ledger_may_close(asked.period_id);
  if gate.one_person(asked.proposed_by_id) = gate.one_person(gate.scope_person()) then
    raise check_violation using message = 'two people close a period',
      constraint = 'ledger_closing_by_two';
  end if;
  -- Waits for every posting under way; none begins before this transaction ends.
  select p.closed_at into closed from public.treasury_period p
   where p.id = asked.period_id for update;
  if closed is not null then
    raise check_violation using message = 'the period is closed', constraint = 'ledger_period_open';
  end if;
  text_now := gate.ledger_trial_balance(asked.period_id);
  if text_now <> asked.trial_balance then
    raise check_violation using message = 'the books have moved since the proposal',
      constraint = 'ledger_closing_moved';
  end if;
  update public.treasury_closing set confirmed_by_id = gate.scope_person(),
         confirmed_at = clock_timestamp(), audit_head = gate.ledger_audit_head()
   where id = of_closing;
  update public.treasury_period set closed_at = clock_timestamp() where id = asked.period_id;
end"""

_AUDIT_HEAD = """
  select coalesce((select concat_ws(' ', b.number, b.algorithm, encode(b.hash, 'hex'))
                     from public.audit_block b order by b.number desc limit 1), '')"""

FUNCTIONS = [
    DefinerFunction(
        "gate.ledger_audit_head()",
        returns="text",
        language="sql",
        volatility="stable",
        body=_AUDIT_HEAD,
        grants=["select on public.audit_block"],
        callable_by="",
    ),
    DefinerFunction(
        "gate.ledger_trial_balance(of_period bigint)",
        returns="text",
        language="sql",
        volatility="volatile",  # each call sees what has been committed by then
        body=_TRIAL_BALANCE,
        grants=["select on public.treasury_item"],
        callable_by="keeper",  # for prove_balances()
    ),
    DefinerFunction(
        "gate.ledger_may_close(of_period bigint)",
        returns="void",
        body=_MAY_CLOSE,
        callable_by="",
    ),
    DefinerFunction(
        "gate.propose_closing(of_period bigint)",
        returns="bigint",
        body=_PROPOSE,
        grants=["select, insert, update on public.treasury_closing"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.confirm_closing(of_closing bigint)",
        returns="void",
        body=_CONFIRM,
        callable_by="web",
    ),
]
