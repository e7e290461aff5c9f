"""Tasks of the tests: what they do can be counted, once too often too."""

from __future__ import annotations

from datetime import timedelta

from django.db import connections
from procrastinate.contrib.django import app

from gonghui.core.errors import Refusal
from gonghui.ground.jobs.errors import TryAgain
from gonghui.ground.jobs.faults import fault
from gonghui.ground.jobs.registry import task

AT_ONCE = {"again_after": timedelta(0)}

TABLE = """
create table if not exists proof_mark (id bigserial primary key, key text, part integer);
grant select, insert on proof_mark to web;
grant usage on sequence proof_mark_id_seq to web;
"""
"""Nothing in it forbids a mark to stand twice."""


def mark(key, part=0):
    with connections["default"].cursor() as cursor:
        cursor.execute("insert into proof_mark (key, part) values (%s, %s)", [key, part])


def marks(connection):
    rows = connection.execute("select key, part from proof_mark order by key, part").fetchall()
    connection.rollback()
    return rows


@task("proof.one", most_attempts=1000, **AT_ONCE)
def one(turn, *, name):
    """Everything in one transaction, which also ends the run."""
    with turn.step(last=True):
        mark(name)
        fault("proof.marked")


@task("proof.steps", most_attempts=1000, lease=timedelta(seconds=2), **AT_ONCE)
def steps(turn, *, name, parts):
    """One transaction a part; what was reached is kept."""
    for part in range(turn.progress, parts):
        fault("proof.between")
        with turn.step(reached=part + 1):
            mark(name, part)
            fault("proof.marked")


@task("proof.refused")
def refused(turn, *, name):
    with turn.step():
        mark(name)
        raise Refusal("“{name}” is wrong.", "Correct it.", name=name)


@task("proof.broken", most_attempts=3, **AT_ONCE)
def broken(turn, *, name):
    with turn.step():
        mark(name)
        raise ValueError("王建国 410802197001011234")


@task("proof.later", most_attempts=4, **AT_ONCE)
def later(turn, *, name):
    if turn.attempt < 3:
        raise TryAgain(Refusal("Busy.", "Wait."))
    with turn.step(last=True):
        mark(name, turn.attempt)


@task("proof.impatient", most_attempts=2, again_after=timedelta(hours=1))
def impatient(turn, *, name):
    raise TryAgain(Refusal("Busy.", "Wait."))


@task("proof.database")
def wrong_sql(turn, *, name):
    with turn.step(), connections["default"].cursor() as cursor:
        cursor.execute("insert into accounts_account (login) values (%s)", [name])


@app.task(name="proof.naive", queue="jobs")
def naive(name):
    """As one would write it without a row of state: the control."""
    mark(name)
    fault("proof.naive_done")
