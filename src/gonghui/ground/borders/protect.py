"""Migration operations: a table is classified, a definer function or a trigger is made.

Migrations run as ``owner``. A definer function belongs to ``gate``, which bypasses row security
and has no login; so each one checks the scope itself before it does anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from gonghui.ground.borders.policies import Classification

_QUOTE = "$gonghui$"


class Statements(Operation):
    """SQL statements in order. Going back drops what ``undone`` names."""

    reduces_to_sql = True

    def __init__(self, statements: Sequence[str], undone: Sequence[str] = ()) -> None:
        self.statements, self.undone = list(statements), list(undone)

    def state_forwards(self, app_label: str, state: object) -> None:
        """The models stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: object,
        to_state: object,
    ) -> None:
        for statement in self.statements:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: object,
        to_state: object,
    ) -> None:
        for statement in self.undone:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return self.statements[0].split("\n")[0] if self.statements else "nothing"


class Sql(Statements):
    """One statement of its own, such as a constraint that Django cannot say."""

    def __init__(self, statement: str, undone: str = "") -> None:
        super().__init__([statement], [undone] if undone else [])


class Classify(Statements):
    """Gives a table its class, row security, rights and audit: see ``Classification``."""

    def __init__(self, table: str, **said: Any) -> None:  # noqa: ANN401  (Classification's own)
        super().__init__(Classification(table, **said).statements())

    def describe(self) -> str:
        return self.statements[0]


@dataclass(frozen=True, slots=True)
class _Function:
    signature: str
    returns: str
    body: str
    volatility: str
    language: str
    grants: Sequence[str]
    callable_by: str

    def statements(self) -> list[str]:
        """Made by ``gate`` itself, so that making it anew is the same."""
        types = _argument_types(self.signature)
        made = [
            f"create or replace function {self.signature} returns {self.returns}"
            f" language {self.language} {self.volatility} security definer parallel restricted"
            f" set search_path = pg_catalog, public, pg_temp as {_QUOTE}{self.body}{_QUOTE}",
            f"revoke all on function {types} from public",
        ]
        if self.callable_by:
            made.append(f"grant execute on function {types} to {self.callable_by}")
        return [*(f"grant {grant} to gate" for grant in self.grants), *as_gate(made)]


class DefinerFunction(Statements):
    """``gate.name(arg type, …)``: sees all rows, so it must check the scope itself.

    ``grants``: what ``gate`` needs for it, such as ``SELECT ON public.directory_union``.
    ``callable_by`` is "" for one that only other definer functions call.
    """

    def __init__(
        self,
        signature: str,
        *,
        returns: str,
        body: str,
        volatility: str = "volatile",
        language: str = "plpgsql",
        grants: Sequence[str] = (),
        callable_by: str = "web, keeper",
    ) -> None:
        function = _Function(signature, returns, body, volatility, language, grants, callable_by)
        self.signature = signature
        drop = f"drop function if exists {_argument_types(signature)}"
        super().__init__(function.statements(), as_gate([drop]))

    def describe(self) -> str:
        return f"function {self.signature}"


class TriggerFunction(DefinerFunction):
    """``gate.name()`` for triggers that must see all rows."""

    def __init__(self, signature: str, *, body: str, grants: Sequence[str] = ()) -> None:
        super().__init__(
            signature, returns="trigger", body=body, grants=grants, callable_by="owner"
        )


class Trigger(Sql):
    """``name`` on a table, ``when`` = "after insert … for each row" up to the function's name."""

    def __init__(self, name: str, table: str, when: str, function: str) -> None:
        timing, _, rest = when.partition(" for each ")
        constraint = "constraint " if "deferrable" in when else ""
        super().__init__(
            f"create {constraint}trigger {name} {timing} for each {rest}"
            f" execute function {function}",
            f"drop trigger if exists {name} on public.{table}",
        )


def as_gate(statements: Sequence[str]) -> list[str]:
    """The statements as ``gate``, within the migration's transaction."""
    return ["set local role gate", *statements, "reset role"]


def _argument_types(signature: str) -> str:
    """``gate.f(a bigint default 1, b text)`` → ``gate.f(bigint, text)``."""
    name, _, inside = signature.partition("(")
    types = []
    for argument in inside.rsplit(")", 1)[0].split(","):
        words = argument.strip().split(" default ")[0].split()
        if words:
            types.append(" ".join(words[1:]) if len(words) > 1 else words[0])
    return f"{name}({', '.join(types)})"
