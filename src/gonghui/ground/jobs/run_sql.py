"""The functions through which a run is ordered, taken, held, ended and put back.

Ordering needs a scope. Taking, holding and ending do not: a worker has none until it has the run's
errand. What they let ``web`` do is bounded: it learns the arguments of a run that waits, and a
token that is worth nothing without a key that PostgreSQL does not have.
"""

from __future__ import annotations

from gonghui.ground.borders.protect import Classify, DefinerFunction, Statements

QUEUE_TABLES = ("jobs", "events", "workers", "periodic_defers")
_QUEUE_FUNCTIONS = (
    "defer_jobs_v1(procrastinate_job_to_defer_v1[])",
    "fetch_job_v2(character varying[], bigint)",
    "finish_job_v1(bigint, procrastinate_job_status, boolean)",
    "register_worker_v1()",
    "unregister_worker_v1(bigint)",
    "update_heartbeat_v1(bigint)",
    "prune_stalled_workers_v1(double precision)",
)
_QUEUE_TYPES = ("job_status", "job_event_type", "job_to_defer_v1")
_QUEUE_SEQUENCES = ("jobs", "events", "periodic_defers")

QUEUE = [
    *(
        Classify(f"procrastinate_{table}", kind="machine", verbs="select insert update delete")
        for table in QUEUE_TABLES
    ),
    Statements(
        [
            *(
                f"grant execute on function public.procrastinate_{function} to web"
                for function in _QUEUE_FUNCTIONS
            ),
            *(f"grant usage on type public.procrastinate_{name} to web" for name in _QUEUE_TYPES),
            *(
                f"grant usage on sequence public.procrastinate_{name}_id_seq to web"
                for name in _QUEUE_SEQUENCES
            ),
        ]
    ),
]
"""What ``web`` needs of the queue, which runs under it: exactly this."""

TABLES = [
    Classify("jobs_run", kind="business", by="union_id", verbs="select", audited=False),
    Classify(
        "jobs_once",
        kind="business",
        using="person_id = (select gate.scope_person())",
        check="person_id = (select gate.scope_person())",
        verbs="select insert update",
        audited=False,
    ),
]

_ORDER = """
declare place bigint := (gate.scope()).union_id; made public.jobs_run;
begin
  if gate.scope_person() is null or place is null then
    raise insufficient_privilege using message = 'no scope';
  end if;
  insert into public.jobs_run (task, key, union_id, arguments, token, state, turn, fence, lease,
                               attempts, most_attempts, progress, due_at, ordered_at)
  values (of_task, with_key, place, with_arguments, under_token, 'waiting',
    -- Unions take turns: nobody stands further forward than the next to be served, and each
    -- further run of one union one place further back.
    greatest(coalesce((select min(r.turn) from public.jobs_run r where r.state = 'waiting'), 0),
             coalesce((select max(r.turn) from public.jobs_run r
                        where r.state = 'waiting' and r.union_id = place), -1) + 1),
    0, lasting, 0, most, 0, coalesce(not_before, now()), now())
  on conflict (union_id, task, key) do nothing returning * into made;
  if made.id is null then
    return query select r.id, r.turn, r.due_at, false from public.jobs_run r
      where r.union_id = place and r.task = of_task and r.key = with_key;
  else
    return query select made.id, made.turn, made.due_at, true;
  end if;
end"""

_TAKE = """
  update public.jobs_run r
     set state = 'running', fence = r.fence + 1, attempts = r.attempts + 1, worker_id = worker,
         lease_until = clock_timestamp() + r.lease, begun_at = clock_timestamp()
    from (select w.id from public.jobs_run w
           where w.id = run and w.state = 'waiting' and w.due_at <= clock_timestamp()
             for update skip locked) free
   where r.id = free.id
  returning r.task, r.key, r.union_id, r.arguments, r.token, r.fence, r.attempts,
            r.most_attempts, r.progress, r.turn"""

_HOLD = """
  update public.jobs_run r
     set lease_until = clock_timestamp() + r.lease, progress = coalesce(reached, r.progress)
   where r.id = run and r.fence = held and r.state = 'running'
  returning true"""

_END = """
  update public.jobs_run r
     set state = to_state, lease_until = null, worker_id = null, last_error = because,
         due_at = coalesce(not_before, r.due_at),
         ended_at = case when to_state = 'waiting' then null else clock_timestamp() end
   where r.id = run and r.fence = held and r.state = 'running'
     and to_state in ('done', 'failed', 'waiting')
  returning true"""

_SWEEP = """
begin
  -- Rows that somebody holds this moment are passed by: he is alive.
  update public.jobs_run r
     set state = case when r.attempts >= r.most_attempts then 'failed' else 'waiting' end,
         ended_at = case when r.attempts >= r.most_attempts then clock_timestamp() end,
         lease_until = null, worker_id = null, due_at = clock_timestamp(), last_error = because
   where r.id in (
     select s.id from public.jobs_run s
      where s.state = 'running' and (s.lease_until < clock_timestamp() or not exists (
              select from public.procrastinate_workers w where w.id = s.worker_id
                 and w.last_heartbeat > clock_timestamp() - silent))
        for update skip locked);
  return query
    select r.id, r.turn, r.due_at from public.jobs_run r
     where r.state = 'waiting' and not exists (
       select from public.procrastinate_jobs j
        where j.status = 'todo' and j.task_name = 'jobs.run'
          and (j.args ->> 'run_id')::bigint = r.id)
     order by r.turn limit 1000;
end"""

_MEND = """
declare mended public.jobs_run;
begin
  if not gate.scope_may('job.retry') or not gate.scope_writes() then
    raise insufficient_privilege using message = 'job.retry';
  end if;
  update public.jobs_run r
     set state = to_state, attempts = 0, due_at = now(), token = coalesce(under_token, r.token),
         ended_at = case when to_state = 'waiting' then null else r.ended_at end
   where r.id = run and r.state = 'failed' and gate.in_scope(r.union_id)
     and to_state in ('waiting', 'dropped')
  returning r.* into mended;
  return query select mended.id, mended.turn where mended.id is not null;
end"""

_TOUCH = ["select, insert, update on public.jobs_run"]

FUNCTIONS = [
    DefinerFunction(
        "gate.order_run(of_task text, with_key text, with_arguments jsonb, under_token bytea,"
        " lasting interval, most integer, not_before timestamptz)",
        returns="table (id bigint, turn bigint, due_at timestamptz, made boolean)",
        body="\n#variable_conflict use_column" + _ORDER,
        grants=_TOUCH,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.take_run(run bigint, worker bigint)",
        returns="table (task text, key text, union_id bigint, arguments jsonb, token bytea,"
        " fence bigint, attempts integer, most_attempts integer, progress bigint, turn bigint)",
        language="sql",
        body=_TAKE,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.hold_run(run bigint, held bigint, reached bigint)",
        returns="boolean",
        language="sql",
        body=_HOLD,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.end_run(run bigint, held bigint, to_state text, because jsonb,"
        " not_before timestamptz)",
        returns="boolean",
        language="sql",
        body=_END,
        callable_by="web",
    ),
    DefinerFunction(
        "gate.sweep_runs(silent interval, because jsonb)",
        returns="table (id bigint, turn bigint, due_at timestamptz)",
        body="\n#variable_conflict use_column" + _SWEEP,
        grants=["select on public.procrastinate_workers, public.procrastinate_jobs"],
        callable_by="web",
    ),
    DefinerFunction(
        "gate.mend_run(run bigint, to_state text, under_token bytea)",
        returns="table (id bigint, turn bigint)",
        body="\n#variable_conflict use_column" + _MEND,
        callable_by="web",
    ),
]

_PRUNE = """
declare runs bigint; onces bigint;
begin
  -- What is done protects from being ordered again; so nothing young is ever taken away.
  if before is null or before > now() - interval '30 days' then
    raise check_violation using message = 'too young to be taken away', constraint = 'run_kept';
  end if;
  delete from public.jobs_run r where r.state in ('done', 'dropped') and r.ended_at < before;
  get diagnostics runs = row_count;
  delete from public.jobs_once o where o.at < before;
  get diagnostics onces = row_count;
  return query select runs, onces;
end"""

PRUNING = [
    DefinerFunction(
        "gate.prune_runs(before timestamptz)",
        returns="table (runs bigint, onces bigint)",
        body="\n#variable_conflict use_variable" + _PRUNE,
        grants=["select, delete on public.jobs_run, public.jobs_once"],
        callable_by="keeper",
    ),
]
