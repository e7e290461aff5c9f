"""Statements of bank accounts, as the banks export them."""

from gonghui.adapters.bank.findings import Finding, StatementRefused
from gonghui.adapters.bank.mapping import known_mappings, load_mapping
from gonghui.adapters.bank.statements import Statement, StatementLine, read_sheets, read_statement

__all__ = [
    "Finding",
    "Statement",
    "StatementLine",
    "StatementRefused",
    "known_mappings",
    "load_mapping",
    "read_sheets",
    "read_statement",
]
