"""An empty take-over workbook: people, units, payouts made, opening balances."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from gonghui.core.errors import N_
from gonghui.programmes.mutualaid.rosters.columns import columns
from gonghui.programmes.mutualaid.rosters.findings import Translate
from gonghui.programmes.mutualaid.takeover.reading import Account
from gonghui.programmes.mutualaid.takeover.sheets import KINDS, words

_PEOPLE = ("serial", "unit_code", "unit_name", "name", "document_kind", "document_number")
_MORE = ("phone", "category", "hardship", "card", "remark")

HINTS = (
    N_("One sheet each for people, units, payouts made and opening balances; several files are"
       " possible."),
    N_("Units that are here already may be left out."),
    N_("Payouts: every one of this period until the day of the take-over, one a row."),
    N_("Balances: the trial balance of the old books on that day; debits equal credits."),
    N_("Two people then state the totals by hand: units, people, yuan paid, uses, money at the"
       " bank."),
)  # fmt: skip
HELP = "填写说明"


def template_workbook(accounts: Sequence[Account], translate: Translate) -> bytes:
    """An xlsx whose sheets are read again by their headings."""
    stream, known = io.BytesIO(), columns()
    # in_memory: people's numbers are never left behind on a disk.
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        people = [known.labels[name] for name in (*_PEOPLE, *_MORE)]
        sheets = {words().labels["people"]: [*people, *words().offered["people"]]}
        sheets |= {words().labels[kind]: [*words().offered[kind]] for kind in KINDS}
        for name, headings in sheets.items():
            page = book.add_worksheet(name)
            page.set_column(0, len(headings) - 1, 18, text)
            page.write_row(0, 0, headings, bold)
            page.freeze_panes(1, 0)
            if name == words().labels["balances"]:
                for row, account in enumerate(accounts, 1):
                    page.write_row(row, 0, [account.name, account.code])
        page = book.add_worksheet(HELP)
        page.set_column(0, 0, 100)
        page.write_column(0, 0, [translate(hint) for hint in HINTS])
    return stream.getvalue()
