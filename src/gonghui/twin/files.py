"""The city on disk, in the files that an office would have been sent.

``feed/2022-01.csv`` … hold what arrived in each month, in GB18030 as many insurers still write;
the few that arrived after the year are in one workbook. Everything is made in a folder beside the
wanted one, which it then replaces; the same seed gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter
import yaml
from numpy.typing import NDArray

from gonghui.core.periods import date_of
from gonghui.core.rulebook.fields import NONE
from gonghui.twin.city import City
from gonghui.twin.events import Column, per_person
from gonghui.twin.folders import replacing
from gonghui.twin.published import ASSUMED, PUBLISHED, SOURCE, SYNTHETIC, Targets
from gonghui.twin.tables import covers_table, feed_table, persons_table, units_table, yuan

PUBLISHED_FILE = "published.yaml"
LATE_WORKBOOK = "late.xlsx"
_YEAR = "2022"
_MADE = datetime(2023, 7, 1)
"""The day that the workbook calls its own; the clock would give other bytes each time."""


def write_city(city: City, folder: Path, rules: Mapping[str, str]) -> list[Path]:
    """Write all files of the city to a folder that is new, empty or an earlier city; their paths.

    ``rules``: the editions under which it was calibrated, by id, with their hashes.
    """
    with replacing(folder, PUBLISHED_FILE) as made:
        _write_csv(units_table(city), made / "units.csv", "utf-8-sig")
        _write_csv(persons_table(city), made / "persons.csv", "utf-8-sig")
        _write_csv(covers_table(city), made / "covers.csv", "utf-8")
        (made / "feed").mkdir()
        months = feed_table(city).with_columns(month=pl.col("收到日期").str.head(7))
        in_year = pl.col("month").str.starts_with(_YEAR)
        for (month,), rows in months.filter(in_year).partition_by("month", as_dict=True).items():
            _write_csv(rows.drop("month"), made / "feed" / f"{month}.csv", "gb18030")
        _write_workbook(months.filter(~in_year).drop("month"), made / "feed" / LATE_WORKBOOK)
        account = yaml.safe_dump(
            account_of(city, rules), allow_unicode=True, sort_keys=False, width=100
        )
        (made / PUBLISHED_FILE).write_text(account, encoding="utf-8")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def account_of(city: City, rules: Mapping[str, str]) -> dict[str, Any]:
    """What is published, what is assumed, and what the city comes to."""
    return {
        "说明": SYNTHETIC,
        "来源": SOURCE,
        "随机种子": city.seed,
        "公布": {entry.name: {"事项": entry.label, "数值": entry.value} for entry in PUBLISHED},
        "假定": {
            entry.name: {"事项": entry.label, "数值": entry.value, "理由": entry.because}
            for entry in ASSUMED
        },
        "校准": {
            "所依实施细则": dict(rules),
            "费用水平": city.cost_level,
            "申请倾向": round(city.outcome.slope, 4),
            "申请倾向含义": "某人申请的机会与其应得金额的这一次方成正比；0为人人相同",
        },
        "结果": _results(city, Targets()),
    }


def _results(city: City, targets: Targets) -> dict[str, Any]:
    """Paid by the cut-off, and in all; payable and never filed; payable, had all been filed."""
    outcome, rows = city.outcome, city.settlements
    paid = outcome.paid_on != NONE
    spans = {
        f"截至{date_of(targets.cut_off)}给付": paid & (outcome.paid_on <= targets.cut_off),
        "全年结算的给付（含以后到账）": paid,
    }
    results = {label: _sums(city, outcome.payout, which) for label, which in spans.items()}
    unfiled = outcome.filed_on == NONE
    results["符合条件而从未申请"] = _sums(city, outcome.payable, unfiled)
    results["如果全部申请"] = _sums(city, outcome.payable, np.ones_like(unfiled))
    return {"结算笔数": int(rows["person"].size), **results}


def _sums(city: City, fen: Column, which: NDArray[np.bool_]) -> dict[str, Any]:
    amounts = np.where(which, fen, 0)
    each = per_person(city.settlements, amounts, len(city.people))
    return {
        "人数": int((each > 0).sum()),
        "笔数": int((amounts > 0).sum()),
        "金额（元）": yuan(np.array([amounts.sum()]))[0],
    }


def _write_csv(table: pl.DataFrame, path: Path, encoding: str) -> None:
    text = table.write_csv(line_terminator="\r\n")
    path.write_bytes(text.encode(encoding))


def _write_workbook(table: pl.DataFrame, path: Path) -> None:
    """Amounts as numbers, as a spreadsheet would have them; everything else as text."""
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False})
    book.set_properties({"title": SYNTHETIC, "created": _MADE})
    sheet = book.add_worksheet("结算")
    sheet.write_row(0, 0, table.columns)
    for place, name in enumerate(table.columns):
        if name.endswith(("AMT", "PAY", "DEDC")):
            sheet.write_column(1, place, [Decimal(amount) for amount in table[name]])
        else:
            sheet.write_column(1, place, table[name].to_list())
    book.close()
