"""The SQL that gives one table its class, its row security and its rights."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("personal", "money", "business", "structure", "gate", "machine")
"""What a table holds. `gate`: only definer functions touch it; `machine`: no person, no money."""

_UNION = "(select gate.scope_whole()) or {column} in (select gate.unions_in_scope())"
_PERSON = (
    "(select gate.scope_whole()) or {column} = (select gate.scope_self()) or exists"
    " (select from public.directory_employment known where known.person_id = {table}.{column})"
)
_SIGNED_IN = "(select gate.scope_person()) is not null"


@dataclass(frozen=True, slots=True)
class Classification:
    """What one table holds and who may do what with its rows.

    ``by`` names the column that places a row: one that ends in ``person_id`` by the person, any
    other by the union. ``using`` and ``check`` are conditions of one's own instead; ``writes`` is
    the permission that changing rows needs besides.
    """

    table: str
    kind: str
    by: str | None = None
    verbs: str = "select"
    writes: str = ""
    using: str = ""
    check: str = ""
    audited: bool = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.table}: {self.kind} is no class of tables")
        placed = bool(self.by or self.using)
        if placed != (self.kind in ("personal", "money", "business")):
            raise ValueError(f"{self.table}: exactly personal, money and business rows are placed")

    def statements(self) -> list[str]:
        """The SQL, in order. Run by the table's owner."""
        table = f"public.{self.table}"
        comment = f"class={self.kind}" + (f"; by={self.by}" if self.by else "")
        given = ", ".join(self.verbs.split())
        lines = [
            f"comment on table {table} is '{comment}'",
            f"revoke all on {table} from public, web",
        ]
        if given and self.kind != "gate":
            lines.append(f"grant {given} on {table} to web")
        if self.kind == "machine":
            return lines
        lines += [
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
        ]
        if self.kind != "gate":
            lines += [self._policy(verb) for verb in self.verbs.split()]
        return lines + (audit_triggers(self.table) if self.audited else [])

    def _visible(self) -> str:
        if self.using:
            return self.using
        if self.by is None:
            return _SIGNED_IN
        rule = _PERSON if self.by.endswith("person_id") else _UNION
        return rule.format(table=self.table, column=self.by)

    def _policy(self, verb: str) -> str:
        visible = self._visible()
        changed = f"({self.check or visible}) and (select gate.scope_writes())"
        if self.writes:
            changed += f" and (select gate.scope_may('{self.writes}'))"
        rules = {
            "select": f"using ({visible})",
            "insert": f"with check ({changed})",
            "update": f"using ({changed}) with check ({changed})",
            "delete": f"using ({changed})",
        }
        name = f"{self.table}_{verb}"[:63]
        return f"create policy {name} on public.{self.table} for {verb} to web {rules[verb]}"


def audit_triggers(table: str) -> list[str]:
    """One row of audit for each statement that changes the table, whoever sends it."""
    shown = {
        "insert": "new table as new_rows",
        "update": "old table as old_rows new table as new_rows",
        "delete": "old table as old_rows",
    }
    return [
        f"create trigger noted_{verb} after {verb} on public.{table} referencing {rows}"
        " for each statement execute function gate.note_change()"
        for verb, rows in shown.items()
    ]
