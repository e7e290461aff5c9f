"""What PostgreSQL itself holds about the ledger, whoever writes to it.

The trigger functions belong to ``gate`` and see all rows: under the writer's own eyes a journal
whose other side she cannot see would look balanced. Each refusal is a check_violation (23514) that
names its constraint; ``errors`` has the words.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, Trigger, TriggerFunction

_FUND_ARRIVES = """
begin
  insert into public.treasury_purse (fund_id, union_id, held_fen) values (new.id, new.union_id, 0);
  return null;
end"""

_PERIOD_ARRIVES = """
declare last_end date;
begin
  select max(p.ends_before) into last_end from public.treasury_period p
   where p.fund_id = new.fund_id;
  if new.starts_on <> coalesce(last_end, new.starts_on) then
    raise check_violation using message = 'a period starts where the last one ends',
      constraint = 'ledger_periods_follow';
  end if;
  new.closed_at := null;
  return new;
end"""

_JOURNAL_ARRIVES = """
declare acting gate.scope_facts := gate.scope(); found_period record;
begin
  if acting.person_id is null then
    raise insufficient_privilege using message = 'no scope';
  end if;
  -- The share lock waits for a closing under way and then reads the row it has left; a closing
  -- waits for this transaction.
  select p.id, p.closed_at into found_period from public.treasury_period p
   where p.fund_id = new.fund_id and p.starts_on <= new.booked_on
     and p.ends_before > new.booked_on for share;
  if not found or found_period.closed_at is not null then
    raise check_violation using message = 'no open period holds the day of the journal',
      constraint = 'ledger_period_open';
  end if;
  new.period_id := found_period.id;
  select f.union_id into new.union_id from public.treasury_fund f where f.id = new.fund_id;
  new.recorded_at := clock_timestamp();
  new.recorded_by_id := acting.person_id;
  new.recorded_post_id := acting.post_id;
  return new;
end"""

_LINES_ARRIVE = """
begin
  if exists (select from new_lines n join public.treasury_proved p using (journal_id)) then
    raise check_violation using message = 'the journal is complete',
      constraint = 'ledger_journal_complete';
  end if;
  if exists (select from new_lines n
               join public.treasury_journal j on j.id = n.journal_id
               join public.treasury_account a on a.id = n.account_id
              where a.fund_id <> j.fund_id or n.booked_on <> j.booked_on) then
    raise check_violation using message = 'a line is of another fund or day than its journal',
      constraint = 'ledger_line_of_its_journal';
  end if;
  -- Ordered, so that two postings wait for each other instead of dying.
  insert into public.treasury_balance as b
         (account_id, union_id, item_id, period_id,
          debit_fen, credit_fen, quantity_in, quantity_out, lines)
  select n.account_id, n.union_id, n.item_id, j.period_id,
         sum(greatest(n.fen, 0)), sum(greatest(-n.fen, 0)),
         sum(greatest(n.quantity, 0)), sum(greatest(-n.quantity, 0)), count(*)
    from new_lines n join public.treasury_journal j on j.id = n.journal_id
   group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (account_id, union_id, item_id, period_id) do update
     set debit_fen = b.debit_fen + excluded.debit_fen,
         credit_fen = b.credit_fen + excluded.credit_fen,
         quantity_in = b.quantity_in + excluded.quantity_in,
         quantity_out = b.quantity_out + excluded.quantity_out,
         lines = b.lines + excluded.lines;
  if exists (select from new_lines n join public.treasury_account a on a.id = n.account_id
              where a.store and n.item_id is not null) then
    -- First a row of none: a negative row would be refused before it meets the one there is.
    insert into public.treasury_stock (account_id, union_id, item_id, quantity)
    select distinct n.account_id, n.union_id, n.item_id, 0
      from new_lines n join public.treasury_account a on a.id = n.account_id
     where a.store and n.item_id is not null order by 1, 2, 3
    on conflict (account_id, union_id, item_id) do nothing;
    perform from public.treasury_stock s
      where (s.account_id, s.union_id, s.item_id) in
            (select n.account_id, n.union_id, n.item_id from new_lines n)
      order by s.id for update;
    update public.treasury_stock s set quantity = s.quantity + moved.quantity
      from (select n.account_id, n.union_id, n.item_id, sum(n.quantity) as quantity
              from new_lines n where n.item_id is not null group by 1, 2, 3) moved
     where (s.account_id, s.union_id, s.item_id)
         = (moved.account_id, moved.union_id, moved.item_id);
  end if;
  update public.treasury_purse p set held_fen = p.held_fen + moved.fen
    from (select a.fund_id, sum(n.fen) as fen
            from new_lines n join public.treasury_account a on a.id = n.account_id
           where a.cash group by 1 having sum(n.fen) <> 0) moved
   where p.fund_id = moved.fund_id;
  return null;
end"""

_JOURNAL_BALANCES = """
declare lines bigint; fen numeric;
begin
  select count(*), coalesce(sum(l.fen), 0) into lines, fen
    from public.treasury_line l where l.journal_id = new.id;
  if lines < 2 then
    raise check_violation using message = 'a journal has two lines or more',
      constraint = 'ledger_two_lines';
  end if;
  if fen <> 0 then
    raise check_violation using message = 'debits and credits differ',
      constraint = 'ledger_fen_balance';
  end if;
  if exists (select from public.treasury_line l
              where l.journal_id = new.id and l.item_id is not null
              group by l.item_id having sum(l.quantity) <> 0) then
    raise check_violation using message = 'quantities that come and go differ',
      constraint = 'ledger_items_balance';
  end if;
  if new.reverses_id is not null and (
       not exists (select from public.treasury_journal o
                    where o.id = new.reverses_id and o.fund_id = new.fund_id)
       or exists (select from public.treasury_line l
                   where l.journal_id in (new.id, new.reverses_id)
                   group by l.account_id, l.union_id, l.item_id
                  having sum(l.fen) <> 0 or sum(l.quantity) <> 0)) then
    raise check_violation using message = 'a reversal takes back a journal line by line',
      constraint = 'ledger_reversal_mirrors';
  end if;
  insert into public.treasury_proved (journal_id) values (new.id);
  return null;
end"""

_APPEND_ONLY = """
begin
  -- For owner and keeper; web has no right to begin with.
  raise insufficient_privilege using message = 'journals are appended, never changed';
end"""


def _sees(*tables: str) -> list[str]:
    return [f"select on public.treasury_{table}" for table in tables]


FUNCTIONS = [
    TriggerFunction(
        "gate.ledger_fund_arrives()",
        body=_FUND_ARRIVES,
        grants=["insert on public.treasury_purse"],
    ),
    TriggerFunction("gate.ledger_period_arrives()", body=_PERIOD_ARRIVES, grants=_sees("period")),
    TriggerFunction(
        "gate.ledger_journal_arrives()",
        body=_JOURNAL_ARRIVES,
        # A share lock needs the right to update.
        grants=[*_sees("fund", "journal"), "update on public.treasury_period"],
    ),
    TriggerFunction(
        "gate.ledger_lines_arrive()",
        body=_LINES_ARRIVE,
        grants=[
            *_sees("account", "balance", "line", "proved", "purse", "stock"),
            "insert, update on public.treasury_balance, public.treasury_stock",
            "update on public.treasury_purse",
        ],
    ),
    TriggerFunction(
        "gate.ledger_journal_balances()",
        body=_JOURNAL_BALANCES,
        grants=["insert on public.treasury_proved"],
    ),
    TriggerFunction("gate.ledger_append_only()", body=_APPEND_ONLY),
]


def _append_only(table: str) -> list[Trigger]:
    return [
        Trigger(
            f"never_{verb}",
            f"treasury_{table}",
            f"before {verb} on public.treasury_{table} for each statement",
            "gate.ledger_append_only()",
        )
        for verb in ("update", "delete", "truncate")
    ]


TRIGGERS = [
    Trigger(
        "fund_arrives",
        "treasury_fund",
        "after insert on public.treasury_fund for each row",
        "gate.ledger_fund_arrives()",
    ),
    Trigger(
        "period_arrives",
        "treasury_period",
        "before insert on public.treasury_period for each row",
        "gate.ledger_period_arrives()",
    ),
    Trigger(
        "journal_arrives",
        "treasury_journal",
        "before insert on public.treasury_journal for each row",
        "gate.ledger_journal_arrives()",
    ),
    Trigger(
        "journal_balances",
        "treasury_journal",
        "after insert on public.treasury_journal deferrable initially deferred for each row",
        "gate.ledger_journal_balances()",
    ),
    Trigger(
        "lines_arrive",
        "treasury_line",
        "after insert on public.treasury_line referencing new table as new_lines"
        " for each statement",
        "gate.ledger_lines_arrive()",
    ),
    *_append_only("journal"),
    *_append_only("line"),
]

_OF_OWN_FUND = (
    "(select gate.scope_whole()) or (select f.union_id from public.treasury_fund f"
    " where f.id = fund_id) in (select gate.unions_in_scope())"
)
_UNION = "(select gate.scope_whole()) or union_id in (select gate.unions_in_scope())"
_JOURNAL = (
    f"{_UNION} or exists (select from public.treasury_line seen"
    " where seen.journal_id = treasury_journal.id)"
)

CLASSES = [
    Classify(
        "treasury_fund",
        kind="structure",
        verbs="select insert",
        writes="period.open",
        check=_UNION,
    ),
    Classify(
        "treasury_account",
        kind="structure",
        verbs="select insert",
        writes="period.open",
        check=_OF_OWN_FUND,
    ),
    Classify(
        "treasury_item",
        kind="structure",
        verbs="select insert",
        writes="period.open",
    ),
    Classify(
        "treasury_period",
        kind="structure",
        verbs="select insert",
        writes="period.open",
        check=_OF_OWN_FUND,
    ),
    # Who posts has the fund's owner in her scope; who reads sees what a line of hers is part of.
    Classify(
        "treasury_journal",
        kind="money",
        by="union_id",
        using=_JOURNAL,
        check=_UNION,
        verbs="select insert",
        writes="ledger.post",
    ),
    Classify(
        "treasury_line",
        kind="money",
        by="union_id",
        verbs="select insert",
        writes="ledger.post",
    ),
    # Sums of lines: their audit is the lines', their proof is prove_balances().
    Classify("treasury_balance", kind="money", by="union_id", audited=False),
    Classify("treasury_stock", kind="money", by="union_id", audited=False),
    Classify("treasury_purse", kind="money", by="union_id", audited=False),
    Classify("treasury_proved", kind="gate", verbs="", audited=False),
    Classify("treasury_closing", kind="money", by="union_id"),
]
