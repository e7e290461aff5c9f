"""How a batch moves from draft to closed: these functions are the only way there is.

Two people are two by ``gate.one_person``, never by account. Each refusal is a check_violation that
names its constraint; ``errors`` has the words.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Trigger, TriggerFunction

STEPS = {
    ("drafted", "checked"): "payout.check",
    ("checked", "approved"): "payout.approve",
    ("approved", "sealed"): "payout.release",
    ("sealed", "released"): "payout.release",
    ("released", "answered"): "payout.answer",
    ("answered", "closed"): "payout.answer",
    ("drafted", "cancelled"): "payout.draft",
    ("checked", "cancelled"): "payout.draft",
    ("approved", "cancelled"): "payout.draft",
}
"""Every step there is, and what it needs. The bank's last answer takes ``released`` on."""

_LINE_STEPS = (
    *("ready>unknown", "ready>paid", "ready>returned", "ready>held", "ready>cancelled"),
    *("unknown>ready", "unknown>sent", "unknown>paid", "unknown>returned", "unknown>held"),
    *("sent>paid", "sent>returned", "sent>held", "held>paid", "held>returned", "held>sent"),
    *("held>unknown", "paid>returned", "returned>paid"),
)

_NEEDED = ", ".join(f"('{old}', '{new}', '{needs}')" for (old, new), needs in STEPS.items())
_MOVES = ", ".join(f"'{old}>{new}'" for old, new in STEPS)
_LINE_MOVES = ", ".join(f"'{step}'" for step in _LINE_STEPS)

_MAY = """
begin
  -- Nobody else learns whether there is such a fund or batch.
  if not gate.scope_writes() or not gate.scope_may(permission) or place is null
     or not gate.in_scope(place) then
    raise insufficient_privilege using message = permission;
  end if;
end"""

_DRAFT = """
declare keeper bigint; digits text; mark text; made bigint; serial integer;
begin
  select f.union_id into keeper from public.treasury_fund f where f.id = of_fund;
  perform gate.payout_may('payout.draft', keeper);
  if exists (select from unnest(unions) u (id) where not gate.in_scope(u.id)) then
    raise insufficient_privilege using message = 'payout.draft';
  end if;
  if exists (select from unnest(account_keys) k (name) where not exists (
       select from public.treasury_account a where a.fund_id = of_fund and a.key = k.name
          and a.kind = 'liability')) then
    raise check_violation using message = 'only what is owed is paid out',
      constraint = 'payout_owed';
  end if;
  perform pg_advisory_xact_lock(hashtext('payout numbers'));
  select count(*) + 1 into serial from public.treasury_payoutbatch b where b.drafted_on = day;
  digits := to_char(day, 'YYYYMMDD') || lpad(serial::text, 3, '0');
  mark := upper(left(replace(gen_random_uuid()::text, '-', ''), 4));
  insert into public.treasury_payoutbatch (fund_id, union_id, number, mark, drafted_on, layout,
         purpose, state, lines, total_fen, payees, payees_sha256, file_name, drafted_by_id,
         drafted_at, cancelled_because)
  select of_fund, keeper, digits, mark, day, in_layout, for_purpose, 'drafted', count(*),
         sum(n.fen), sealed_payees, payees_hash, '', gate.scope_person(), clock_timestamp(), ''
    from unnest(fens) n (fen)
  returning id into made;
  -- In the order of the sources, so that two batches of the same wait instead of dying.
  insert into public.treasury_payoutline (batch_id, union_id, place, source, attempt, reference,
         person_id, account_key, account_blind, fen, state, return_code, posted)
  select made, n.place, n.at, n.source,
         1 + coalesce((select max(l.attempt) from public.treasury_payoutline l
                        where l.source = n.source), 0),
         digits || mark || lpad(n.at::text, 5, '0'), n.person, n.account_key, n.blind, n.fen,
         'ready', '', 0
    from unnest(unions, sources, persons, account_keys, blinds, fens)
         with ordinality n (place, source, person, account_key, blind, fen, at)
   order by n.source;
  -- What came back is paid again on a person's word only.
  if not again and exists (
       select from public.treasury_payoutline n join public.treasury_payoutline o
         on o.source = n.source and o.attempt < n.attempt
        where n.batch_id = made and o.state = 'returned') then
    raise check_violation using message = 'it was returned before',
      constraint = 'payout_again_said';
  end if;
  return made;
end"""

_STEP = f"""
declare b public.treasury_payoutbatch; needed text;
  self bigint := gate.one_person(gate.scope_person());
begin
  select * into b from public.treasury_payoutbatch x where x.id = of_batch for update;
  select s.needs into needed from (values {_NEEDED}) s (old, new, needs)
   where s.new = to_state order by s.old = b.state desc limit 1;
  perform gate.payout_may(coalesce(needed, 'payout.draft'), b.union_id);
  if b.state || '>' || to_state not in ({_MOVES}) then
    raise check_violation using message = 'no such step from here', constraint = 'payout_step';
  end if;
  if to_state in ('checked', 'approved', 'sealed', 'released')
     and self = gate.one_person(b.drafted_by_id)
     or to_state = 'released' and self in (gate.one_person(b.checked_by_id),
                                           gate.one_person(b.approved_by_id)) then
    raise check_violation using message = 'somebody else does this', constraint = 'payout_another';
  end if;
  return b;
end"""

_MOVE = """
begin
  perform gate.payout_step(of_batch, to_state);
  if to_state not in ('checked', 'approved', 'released', 'closed', 'cancelled') then
    raise check_violation using message = 'no such step', constraint = 'payout_step';
  end if;
  update public.treasury_payoutbatch b set state = to_state,
         checked_by_id = case to_state when 'checked' then gate.scope_person()
                         else b.checked_by_id end,
         checked_at = case to_state when 'checked' then clock_timestamp() else b.checked_at end,
         approved_by_id = case to_state when 'approved' then gate.scope_person()
                          else b.approved_by_id end,
         approved_at = case to_state when 'approved' then clock_timestamp()
                       else b.approved_at end,
         released_by_id = case to_state when 'released' then gate.scope_person()
                          else b.released_by_id end,
         released_at = case to_state when 'released' then clock_timestamp()
                       else b.released_at end,
         closed_by_id = case to_state when 'closed' then gate.scope_person()
                        else b.closed_by_id end,
         closed_at = case to_state when 'closed' then clock_timestamp() else b.closed_at end,
         cancelled_by_id = case to_state when 'cancelled' then gate.scope_person()
                           else b.cancelled_by_id end,
         cancelled_at = case to_state when 'cancelled' then clock_timestamp()
                        else b.cancelled_at end,
         cancelled_because = case to_state when 'cancelled' then because
                             else b.cancelled_because end
   where b.id = of_batch;
  if to_state = 'cancelled' then
    update public.treasury_payoutline l set state = 'cancelled' where l.batch_id = of_batch;
  end if;
end"""

_SEAL = """
declare b public.treasury_payoutbatch; held bigint; at_least bigint; under_way numeric;
  counted bigint; summed numeric;
begin
  b := gate.payout_step(of_batch, 'sealed');
  select count(*), sum(l.fen) into counted, summed
    from public.treasury_payoutline l where l.batch_id = of_batch;
  if (counted, summed) is distinct from (b.lines::bigint, b.total_fen::numeric)
     or (counted, summed) is distinct from (of_lines::bigint, of_fen::numeric) then
    raise check_violation using message = 'the file is of other lines',
      constraint = 'payout_sealed_whole';
  end if;
  -- The lock makes two batches of one fund be sealed one after the other.
  select p.held_fen, coalesce(p.floor_fen, 0) into held, at_least
    from public.treasury_purse p where p.fund_id = b.fund_id for update;
  select coalesce(sum(l.fen), 0) into under_way
    from public.treasury_payoutline l join public.treasury_payoutbatch o on o.id = l.batch_id
   where o.fund_id = b.fund_id and o.state in ('sealed', 'released')
     and l.state in ('ready', 'sent', 'unknown', 'held');
  if held - under_way - summed < at_least then
    raise check_violation using message = 'the fund would fall below its floor',
      constraint = 'payout_floor';
  end if;
  update public.treasury_payoutbatch x set state = 'sealed', file = sealed_file,
         file_name = called, file_sha256 = file_hash, sealed_by_id = gate.scope_person(),
         sealed_at = clock_timestamp()
   where x.id = of_batch;
end"""

_INTEND = """
declare b public.treasury_payoutbatch; open_one bigint; made bigint; tried integer;
  self bigint := gate.one_person(gate.scope_person());
begin
  select * into b from public.treasury_payoutbatch x where x.id = of_batch for update;
  perform gate.payout_may('payout.release', b.union_id);
  if exists (select from public.treasury_payouthold h where h.lifted_at is null) then
    raise check_violation using message = 'held since a restore', constraint = 'payout_held';
  end if;
  if b.state <> 'released' or self in (gate.one_person(b.drafted_by_id),
       gate.one_person(b.checked_by_id), gate.one_person(b.approved_by_id)) then
    raise check_violation using message = 'no such step from here', constraint = 'payout_step';
  end if;
  select a.id into open_one from public.treasury_payoutattempt a
   where a.batch_id = of_batch and a.outcome not in ('not_sent', 'refused');
  if open_one is not null then
    -- Whoever began it is gone: what became of it only the bank can say.
    update public.treasury_payoutattempt a set outcome = 'unknown', ended_at = clock_timestamp()
     where a.id = open_one and a.outcome = '';
    return query select open_one, false;
    return;
  end if;
  select count(*) + 1 into tried from public.treasury_payoutattempt a where a.batch_id = of_batch;
  if tried = 1 and not exists (select from public.treasury_payoutline l
       where l.batch_id = of_batch and l.state not in ('unknown', 'paid', 'returned')) then
    -- Of a restored backup, made before it left: it may have left since. It is asked about.
    insert into public.treasury_payoutattempt (batch_id, union_id, number, gateway, file_sha256,
           intended_by_id, intended_at, outcome, told, ended_at)
    values (of_batch, b.union_id, 1, by_gateway, b.file_sha256, gate.scope_person(),
            clock_timestamp(), 'unknown', 'restored', clock_timestamp()) returning id into made;
    return query select made, false;
    return;
  end if;
  if exists (select from public.treasury_payoutline l
              where l.batch_id = of_batch and l.state <> 'ready') then
    raise check_violation using message = 'the bank has spoken about it already',
      constraint = 'payout_never_twice';
  end if;
  insert into public.treasury_payoutattempt (batch_id, union_id, number, gateway, file_sha256,
         intended_by_id, intended_at, outcome, told)
  values (of_batch, b.union_id, tried, by_gateway, b.file_sha256, gate.scope_person(),
          clock_timestamp(), '', '') returning id into made;
  update public.treasury_payoutline l set state = 'unknown' where l.batch_id = of_batch;
  return query select made, true;
end"""

_END_ATTEMPT = """
declare a public.treasury_payoutattempt;
begin
  select * into a from public.treasury_payoutattempt x where x.id = of_attempt;
  perform from public.treasury_payoutbatch b where b.id = a.batch_id for update;
  perform gate.payout_may('payout.release', a.union_id);
  update public.treasury_payoutattempt x set outcome = with_outcome, told = left(bank_told, 200),
         ended_at = clock_timestamp()
   where x.id = of_attempt and x.outcome = '';
  if not found then return false; end if;
  if with_outcome <> 'unknown' then
    update public.treasury_payoutline l
       set state = case with_outcome when 'accepted' then 'sent' else 'ready' end
     where l.batch_id = a.batch_id and l.state = 'unknown';
  end if;
  return true;
end"""

_BATCH_MOVES = f"""
begin
  if tg_op = 'DELETE' or old.state <> new.state and old.state || '>' || new.state not in ({_MOVES})
  then
    raise check_violation using message = 'no such step', constraint = 'payout_step';
  end if;
  if (old.id, old.fund_id, old.union_id, old.number, old.mark, old.drafted_on, old.layout,
      old.purpose, old.lines, old.total_fen, old.payees, old.payees_sha256, old.drafted_by_id)
     is distinct from
     (new.id, new.fund_id, new.union_id, new.number, new.mark, new.drafted_on, new.layout,
      new.purpose, new.lines, new.total_fen, new.payees, new.payees_sha256, new.drafted_by_id)
     or old.state not in ('drafted', 'checked', 'approved')
        and (old.file, old.file_name, old.file_sha256, old.sealed_by_id)
            is distinct from (new.file, new.file_name, new.file_sha256, new.sealed_by_id) then
    raise check_violation using message = 'a batch is frozen', constraint = 'payout_frozen';
  end if;
  return new;
end"""

_LINE_MOVED = f"""
begin
  if tg_op = 'INSERT' then
    if not exists (select from public.treasury_payoutbatch b
                    where b.id = new.batch_id and b.state = 'drafted') then
      raise check_violation using message = 'a batch is frozen', constraint = 'payout_frozen';
    end if;
    return new;
  end if;
  if tg_op = 'DELETE' or (old.id, old.batch_id, old.union_id, old.place, old.source, old.attempt,
      old.reference, old.person_id, old.account_key, old.account_blind, old.fen) is distinct from
     (new.id, new.batch_id, new.union_id, new.place, new.source, new.attempt, new.reference,
      new.person_id, new.account_key, new.account_blind, new.fen) then
    raise check_violation using message = 'a line is frozen', constraint = 'payout_frozen';
  end if;
  if old.state <> new.state and old.state || '>' || new.state not in ({_LINE_MOVES}) then
    raise check_violation using message = 'no such step of a line', constraint = 'payout_step';
  end if;
  return new;
end"""

_BATCHES = "public.treasury_payoutbatch, public.treasury_payoutline"

FUNCTIONS = [
    DefinerFunction(
        "gate.payout_may(permission text, place bigint)",
        returns="void",
        body=_MAY,
        callable_by="",
    ),
    DefinerFunction(
        "gate.payout_step(of_batch bigint, to_state text)",
        returns="public.treasury_payoutbatch",
        body=_STEP,
        grants=[f"select, insert, update on {_BATCHES}"],
        callable_by="",
    ),
    DefinerFunction(
        "gate.draft_payouts(of_fund bigint, day date, in_layout text, for_purpose text,"
        " sealed_payees bytea, payees_hash bytea, unions bigint[], sources text[],"
        " persons bigint[], account_keys text[], blinds bytea[], fens bigint[], again boolean)",
        returns="bigint",
        body=_DRAFT,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.move_payout(of_batch bigint, to_state text, because text)",
        returns="void",
        body=_MOVE,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.seal_payout(of_batch bigint, sealed_file bytea, called text, file_hash bytea,"
        " of_lines bigint, of_fen bigint)",
        returns="void",
        body=_SEAL,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.intend_payout(of_batch bigint, by_gateway text)",
        returns="table (attempt_id bigint, fresh boolean)",
        body=_INTEND,
        grants=["select, insert, update on public.treasury_payoutattempt"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.end_payout_attempt(of_attempt bigint, with_outcome text, bank_told text)",
        returns="boolean",
        body=_END_ATTEMPT,
        callable_by="web",
    ),
    TriggerFunction("gate.payout_batch_moves()", body=_BATCH_MOVES),
    TriggerFunction("gate.payout_line_moves()", body=_LINE_MOVED),
]

TRIGGERS = [
    Trigger(
        "batch_moves",
        "treasury_payoutbatch",
        "before update or delete on public.treasury_payoutbatch for each row",
        "gate.payout_batch_moves()",
    ),
    Trigger(
        "line_moves",
        "treasury_payoutline",
        "before insert or update or delete on public.treasury_payoutline for each row",
        "gate.payout_line_moves()",
    ),
]

_SEEN = (
    "((select gate.scope_whole()) or union_id in (select gate.unions_in_scope()))"
    " and (select gate.scope_may('ledger.read'))"
)

CLASSES = [
    Classify(f"treasury_{table}", kind="money", using=_SEEN)
    for table in (
        *("payoutbatch", "payoutline", "payoutattempt"),
        *("bankanswer", "bankanswerrow", "bankbalance"),
    )
]
