"""The token under which a job acts for whoever ordered it, as its row keeps it.

PostgreSQL keeps the token's hash only; the row keeps the token wrapped under a key that lies
outside the database, bound to the job it was given for. A row whose arguments somebody changed does
not open.
"""

from __future__ import annotations

import json

from gonghui.ground.accounts.services.sessions import open_errand
from gonghui.ground.borders.scope import Actor
from gonghui.ground.jobs.arguments import Arguments
from gonghui.ground.vault.services.keys import provider


def wrapped_errand(actor: Actor, task: str, key: str, union_id: int, arguments: Arguments) -> bytes:
    """A fresh errand of this actor for this job."""
    token = open_errand(actor).encode()
    return provider().wrap([token], [_context(task, key, union_id, arguments)])[0]


def unwrapped(wrapped: bytes, task: str, key: str, union_id: int, arguments: Arguments) -> Actor:
    """The actor of a job. Refused when the row is not as it was ordered, or the key is lost."""
    context = _context(task, key, union_id, arguments)
    return Actor(provider().unwrap([wrapped], [context])[0].decode())


def _context(task: str, key: str, union_id: int, arguments: Arguments) -> bytes:
    said = json.dumps([task, key, union_id, arguments], sort_keys=True, ensure_ascii=True)
    return b"errand\0" + said.encode()
