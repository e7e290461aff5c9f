"""What the bank says, kept first and counted afterwards.

What a line becomes is a function of all that was counted about its reference, so that it does not
matter in which order it came or how often: the bank's last word counts, by the bank's own date.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import DefinerFunction

_TAKE = """
declare keeper bigint; kept public.treasury_bankanswer;
begin
  select f.union_id into keeper from public.treasury_fund f where f.id = of_fund;
  perform gate.payout_may('payout.answer', keeper);
  insert into public.treasury_bankanswer (fund_id, union_id, message_id, layout, sealed, sha256,
         taken_on, taken_by_id, taken_at, because, counted)
  values (of_fund, keeper, message, in_layout, sealed_bytes, hash, day, gate.scope_person(),
          clock_timestamp(), why, 0)
  on conflict (fund_id, message_id) do nothing returning * into kept;
  if kept.id is not null then return query select kept.id, true; return; end if;
  select * into kept from public.treasury_bankanswer a
   where a.fund_id = of_fund and a.message_id = message;
  if kept.sha256 <> hash then
    raise check_violation using message = 'another message of the same number',
      constraint = 'payout_message_differs';
  end if;
  return query select kept.id, false;
end"""

_READ = """
declare a public.treasury_bankanswer;
begin
  select * into a from public.treasury_bankanswer x where x.id = of_answer for update;
  perform gate.payout_may('payout.answer', a.union_id);
  if a.rows is not null then return; end if;
  insert into public.treasury_bankanswerrow (answer_id, union_id, place, reference, word, verdict,
         fen, dated_on, code, state, held_because)
  select of_answer, a.union_id, n.at, n.reference, n.word, n.verdict, n.fen, n.dated_on, n.code,
         'waiting', ''
    from unnest(refs, words, verdicts, fens, days, codes)
         with ordinality n (reference, word, verdict, fen, dated_on, code, at);
  update public.treasury_bankanswer x set rows = cardinality(refs) where x.id = of_answer;
end"""

# A word is the last if none of a later day stands beside it; on one day a return comes after.
_FOLD = """
  with said as (
    select distinct on (l.id) l.id, r.verdict, r.dated_on, r.code
      from public.treasury_payoutline l
      join public.treasury_bankanswerrow r on r.reference = l.reference and r.state = 'counted'
     where l.id = any(of_lines)
     order by l.id, (r.verdict in ('paid', 'returned')) desc, r.dated_on desc,
              (r.verdict = 'returned') desc, r.id),
  told as (
    select l.*, s.verdict, s.dated_on, s.code,
           case when s.verdict in ('paid', 'returned') then s.verdict
                when exists (select from public.treasury_bankanswerrow d
                              where d.reference = l.reference and d.state = 'held'
                                and d.held_because = 'amount_differs') then 'held'
                when s.verdict = 'accepted' then 'sent'
                when l.state = 'held' then 'unknown'
                else l.state end as becomes
      from public.treasury_payoutline l left join said s on s.id = l.id
     where l.id = any(of_lines))
  select t.id, t.reference, t.union_id, t.account_key, t.fen, t.becomes, t.dated_on, t.code,
         -- Posted: paid, and not returned since.
         case when t.becomes = 'paid' and t.state <> 'paid' then t.fen
              when t.becomes = 'returned' and t.state = 'paid' then -t.fen
              else 0 end,
         t.posted
    from told t
   where t.becomes <> t.state and not (t.becomes = 'sent' and t.state in ('paid', 'returned'))
   order by t.id"""

_COUNT = """
declare a public.treasury_bankanswer; keeper bigint; lines bigint[]; chosen bigint[];
begin
  if of_answer is not null then
    select * into a from public.treasury_bankanswer x where x.id = of_answer for update;
    keeper := a.union_id;
  else
    select b.union_id into keeper from public.treasury_payoutbatch b where b.id = of_batch;
  end if;
  if not gate.scope_may('payout.answer') then
    perform gate.payout_may('payout.release', keeper);
  else
    perform gate.payout_may('payout.answer', keeper);
  end if;
  if of_answer is not null then
    select array_agg(r.id) into chosen from public.treasury_bankanswerrow r
     where r.answer_id = of_answer and r.place > a.counted and r.place <= through;
    update public.treasury_bankanswer x set counted = least(through, x.rows)
     where x.id = of_answer;
  else
    select array_agg(r.id) into chosen from public.treasury_bankanswerrow r
      join public.treasury_payoutline l on l.reference = r.reference
     where l.batch_id = of_batch and r.state = 'waiting';
  end if;
  -- The batches first, as everybody locks them; then their lines in one order.
  perform from public.treasury_payoutbatch b
    where b.id in (select l.batch_id from public.treasury_payoutline l
                     join public.treasury_bankanswerrow r on r.reference = l.reference
                    where r.id = any(chosen)) order by b.id for update;
  select array_agg(l.id) into lines from (
    select x.id from public.treasury_payoutline x
     where x.reference in (select r.reference from public.treasury_bankanswerrow r
                            where r.id = any(chosen)) order by x.id for update) l;
  update public.treasury_bankanswerrow r
     set state = case when b.id is null or b.state not in ('released', 'answered', 'closed')
                      then 'waiting'
                      when judged.why = '' then 'counted' else 'held' end,
         held_because = case when b.id is null or b.state not in ('released', 'answered', 'closed')
                        then '' else judged.why end
    from public.treasury_bankanswerrow o
    left join public.treasury_payoutline l on l.reference = o.reference
    left join public.treasury_payoutbatch b on b.id = l.batch_id
    left join public.treasury_bankanswer w on w.id = o.answer_id
    cross join lateral (select case
       when b.fund_id <> w.fund_id then 'other_fund'
       when o.verdict = 'unknown' then 'word_unknown'
       when o.fen is null and o.verdict = 'paid' then 'amount_missing'
       when o.fen <> l.fen then 'amount_differs'
       when o.verdict = 'paid' and l.state = 'returned' and o.dated_on > l.returned_on
            and exists (select from public.treasury_payoutline n where n.source = l.source
                           and n.attempt > l.attempt and n.state <> 'cancelled')
         then 'issued_anew'
       else '' end) judged (why)
   where r.id = o.id and o.id = any(chosen) and o.state = 'waiting';
  return query select f.* from gate.payout_fold(coalesce(lines, '{}')) f;
end"""

_BOOK = """
declare f record; j record; wanted text; held_by bigint; done bigint[] := '{}'; key_id bigint;
begin
  -- Nothing is believed: what becomes of each line is worked out again, here.
  for f in select x.*, l.batch_id, b.fund_id, b.union_id as keeper, n.journal,
                  a.id as account_id
             from gate.payout_fold(of_lines) x
             join public.treasury_payoutline l on l.id = x.line_id
             join public.treasury_payoutbatch b on b.id = l.batch_id
             join public.treasury_account a on a.fund_id = b.fund_id and a.key = l.account_key
             left join unnest(of_lines, journals) n (line, journal) on n.line = x.line_id
            order by x.line_id loop
    if not gate.scope_may('payout.answer') then
      perform gate.payout_may('payout.release', f.keeper);
    else
      perform gate.payout_may('payout.answer', f.keeper);
    end if;
    if f.posts <> 0 then
      select x.id, x.source, x.fund_id,
             (select sum(l.fen) from public.treasury_line l
               where l.journal_id = x.id and l.account_id = f.account_id
                 and l.union_id = f.union_id) as owed,
             (select sum(l.fen) from public.treasury_line l
                join public.treasury_account c on c.id = l.account_id
               where l.journal_id = x.id and c.cash) as cash,
             (select count(*) from public.treasury_line l where l.journal_id = x.id) as lines
        into j from public.treasury_journal x where x.id = f.journal;
      if j.id is null or j.fund_id <> f.fund_id or j.owed is distinct from f.posts
         or j.cash is distinct from -f.posts or j.lines <> 2
         or split_part(j.source, ':', 2) is distinct from f.reference
         or split_part(j.source, ':', 1) not in ('payout', 'payout-return')
         or exists (select from public.treasury_payoutline o
                     where f.journal in (o.journal_id, o.return_journal_id)) then
        raise check_violation using message = 'paid is posted', constraint = 'payout_paid_posted';
      end if;
    end if;
    update public.treasury_payoutline l
       set state = f.becomes, return_code = case f.becomes when 'returned' then f.code
                                            else l.return_code end,
           paid_on = case f.becomes when 'paid' then f.dated_on else l.paid_on end,
           returned_on = case f.becomes when 'returned' then f.dated_on else l.returned_on end,
           posted = l.posted + case when f.posts > 0 then 1 else 0 end,
           journal_id = case when f.posts > 0 then f.journal else l.journal_id end,
           return_journal_id = case when f.posts < 0 then f.journal
                               else l.return_journal_id end
     where l.id = f.line_id;
    done := done || f.batch_id;
  end loop;
  update public.treasury_payoutbatch b set state = 'answered'
   where b.id = any(done) and b.state = 'released' and not exists (
     select from public.treasury_payoutline l
      where l.batch_id = b.id and l.state not in ('paid', 'returned'));
end"""

_SETTLE = """
declare r public.treasury_bankanswerrow;
begin
  select * into r from public.treasury_bankanswerrow x where x.id = of_row for update;
  perform gate.payout_may('payout.answer', r.union_id);
  if r.state not in ('held', 'waiting') or trim(why) = '' then
    raise check_violation using message = 'nothing is held here', constraint = 'payout_row_held';
  end if;
  update public.treasury_bankanswerrow x set state = 'settled' where x.id = of_row;
  return (select array_agg(l.id) from public.treasury_payoutline l
           where l.reference = r.reference);
end"""

_BALANCE = """
declare keeper bigint; booked bigint;
begin
  select f.union_id into keeper from public.treasury_fund f where f.id = of_fund;
  perform gate.payout_may('payout.answer', keeper);
  select coalesce(sum(l.fen), 0) into booked from public.treasury_line l
    join public.treasury_account a on a.id = l.account_id
   where a.fund_id = of_fund and a.cash and l.booked_on <= of_day;
  insert into public.treasury_bankbalance (fund_id, union_id, day, stated_fen, ledger_fen,
         stated_by_id, stated_at)
  values (of_fund, keeper, of_day, fen, booked, gate.scope_person(), clock_timestamp());
  return booked;
end"""

_USE_COLUMN = "\n#variable_conflict use_column"
_FOLDED = (
    "table (line_id bigint, reference text, union_id bigint, account_key text, fen bigint,"
    " becomes text, dated_on date, code text, posts bigint, times integer)"
)

FUNCTIONS = [
    DefinerFunction(
        "gate.take_bank_answer(of_fund bigint, message text, in_layout text, sealed_bytes bytea,"
        " hash bytea, day date, why text)",
        returns="table (id bigint, fresh boolean)",
        body=_USE_COLUMN + _TAKE,
        grants=["select, insert, update on public.treasury_bankanswer"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.read_bank_answer(of_answer bigint, refs text[], words text[], verdicts text[],"
        " fens bigint[], days date[], codes text[])",
        returns="void",
        body=_READ,
        grants=["select, insert, update on public.treasury_bankanswerrow"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.payout_fold(of_lines bigint[])",
        returns=_FOLDED,
        language="sql",
        volatility="volatile",  # each call sees what stands then
        body=_FOLD,
        callable_by="",
    ),
    DefinerFunction(
        "gate.count_bank_rows(of_answer bigint, through integer, of_batch bigint)",
        returns=_FOLDED,
        body=_USE_COLUMN + _COUNT,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.book_payouts(of_lines bigint[], journals bigint[])",
        returns="void",
        body=_USE_COLUMN + _BOOK,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.settle_bank_row(of_row bigint, why text)",
        returns="bigint[]",
        body=_SETTLE,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.state_bank_balance(of_fund bigint, of_day date, fen bigint)",
        returns="bigint",
        body=_BALANCE,
        grants=["select, insert on public.treasury_bankbalance"],
        callable_by="web",
    ),
]
