"""The city as tables of text, with the headings that the adapter of the medical insurance reads.

What the insurer knows of a settlement stands under its national names; what the scheme's office has
added to the record (received, filed and paid on which day) under Chinese ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gonghui.core.rulebook.fields import (
    AMOUNTS,
    DISEASES,
    EVENT_KINDS,
    FIELDS,
    HOSPITAL_LEVELS,
    INSURED_TYPES,
    NONE,
    SEXES,
    UNIT_CLASSES,
    Vocabulary,
)
from gonghui.twin.city import City
from gonghui.twin.events import Column, Columns, code_of, take
from gonghui.twin.published import FEE_FEN

REMARK = "合成数据"
"""The last column of every table."""

_MEDICAL_TYPES = {"hospital_stay": "21", "chronic_outpatient": "14"}
_HOSPITAL_LEVELS = {"unrated": "无等级", "primary": "08", "secondary": "05", "tertiary": "02"}
_INSURED_TYPES = {"employee": "310", "resident": "390"}
_IN_SERVICE, _RETIRED = "11", "12"


def units_table(city: City) -> pl.DataFrame:
    """Every union of the tree; those that take part have a number of people."""
    unions = city.tree.unions
    return _remarked(
        {
            "单位编号": [union.code for union in unions],
            "单位名称": [union.name for union in unions],
            "上级编号": [
                unions[union.parent].code if union.parent >= 0 else None for union in unions
            ],
            "组织层级": [union.kind for union in unions],
            "单位类别": _labels(UNIT_CLASSES, np.array([union.unit_class for union in unions])),
            "县（市、区）": [union.county or None for union in unions],
            "参加人数": [str(count) if count else None for count in city.tree.headcount],
        }
    )


def persons_table(city: City) -> pl.DataFrame:
    people, facts = city.people, city.people.facts
    return _remarked(
        {
            "人员编号": people.number,
            "证件号码": people.identity_number,
            "姓名": people.name,
            **_unit(city),
            "性别": _labels(SEXES, facts["sex"]),
            "出生日期": _dates(facts["born_on"]),
            "医保类型": _labels(INSURED_TYPES, facts["insured_type"]),
            "在职": _flags(facts["in_service"]),
            "工会会员": _flags(facts["union_member"]),
            "退休日期": _dates(facts["retired_on"]),
            "困难职工": _flags(facts["hardship"]),
            "劳动模范": _flags(facts["model_worker"]),
        }
    )


def covers_table(city: City) -> pl.DataFrame:
    people, facts = city.people, city.people.facts
    return _remarked(
        {
            "证件号码": people.identity_number,
            **_unit(city),
            "单位类别": _labels(UNIT_CLASSES, facts["unit_class"]),
            "互助保障开始": _dates(facts["cover_from"]),
            "互助保障结束": _dates(facts["cover_until"]),
            "互助金": yuan(np.full(len(people), FEE_FEN)),
        }
    )


def feed_table(city: City) -> pl.DataFrame:
    """Settlements and reversals in the order in which they arrive; ``收到日期`` says when."""
    settlements = city.settlements | {
        "filed_on": city.outcome.filed_on,
        "paid_on": city.outcome.paid_on,
        "original": np.full(city.settlements["person"].size, NONE),
    }
    taken_back = np.flatnonzero(settlements["reversed_on"] != NONE)
    records = _records(city, settlements), _records(city, _reversals(settlements, taken_back))
    return pl.concat(records).sort("收到日期", "SETL_ID")


def yuan(fen: Column) -> pl.Series:
    """Exact decimal text: 123450 -> 1234.50."""
    amount = pl.DataFrame({"fen": fen, "size": np.abs(fen)})
    text = amount.select(
        pl.when(pl.col("fen") < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        + (pl.col("size") // 100).cast(pl.String)
        + pl.lit(".")
        + (pl.col("size") % 100).cast(pl.String).str.zfill(2)
    )
    return text.to_series()


def _reversals(settlements: Columns, taken_back: NDArray[np.int64]) -> Columns:
    """The insurer's records that take settlements back: the same with the opposite sign."""
    records = take(settlements, taken_back)
    none = np.full(taken_back.size, NONE)
    opposite = {name: -records[name] for name in AMOUNTS if name in records}
    return (
        records
        | opposite
        | {
            "original": records["settlement"],
            "settlement": int(settlements["settlement"].max()) + 1 + np.arange(taken_back.size),
            "settled_on": records["taken_back_on"],
            "received_on": records["reversed_on"],
            "filed_on": none,
            "paid_on": none,
        }
    )


def _records(city: City, rows: Columns) -> pl.DataFrame:
    people, person = city.people, rows["person"]
    original = rows["original"]
    numbers = pl.Series(rows["settlement"])
    visits = np.where(
        rows["replaces"] == NONE,
        rows["settlement"],
        city.settlements["settlement"][np.maximum(rows["replaces"], 0)],
    )
    visits = np.where(original == NONE, visits, original)
    return _remarked(
        {
            "SETL_ID": _identifiers("HC22S", numbers),
            "INIT_SETL_ID": _identifiers("HC22S", pl.Series(original)),
            "MDTRT_ID": _identifiers("HC22V", pl.Series(visits)),
            "REFD_SETL_FLAG": np.where(original == NONE, "0", "1"),
            "VALI_FLAG": np.full(person.size, "1"),
            "PSN_NO": people.number[person],
            "CERTNO": people.identity_number[person],
            "PSN_NAME": people.name[person],
            "INSUTYPE": _codes(INSURED_TYPES, _INSURED_TYPES, people.facts["insured_type"][person]),
            "PSN_TYPE": np.where(rows["in_service"] == 1, _IN_SERVICE, _RETIRED),
            "MED_TYPE": _codes(EVENT_KINDS, _MEDICAL_TYPES, rows["event_kind"]),
            "病种": _labels(DISEASES, rows["disease"]),
            "BEGNDATE": _dates(rows["admitted_on"]),
            "ENDDATE": _dates(rows["discharged_on"]),
            "SETL_TIME": _dates(rows["settled_on"]),
            "IPT_DAYS": rows["days"].astype(np.str_),
            "HOSP_LV": _codes(HOSPITAL_LEVELS, _HOSPITAL_LEVELS, rows["hospital_level"]),
            "OUT_FLAG": rows["away"].astype(np.str_),
            "CAL_IPT_CNT": rows["counts_as_stay"].astype(np.str_),
            **{
                FIELDS[name].national[0]: yuan(rows[name])
                for name in AMOUNTS
                if name in rows and FIELDS[name].national
            },
            "收到日期": _dates(rows["received_on"]),
            "申请日期": _dates(rows["filed_on"]),
            "给付日期": _dates(rows["paid_on"]),
        }
    )


def _unit(city: City) -> dict[str, NDArray[np.str_]]:
    unions = city.tree.unions
    return {
        "单位编号": np.array([union.code for union in unions])[city.people.union],
        "单位名称": np.array([union.name for union in unions])[city.people.union],
    }


def _remarked(columns: Mapping[str, Iterable[str | None]]) -> pl.DataFrame:
    text = pl.DataFrame(
        {name: pl.Series(column, dtype=pl.String) for name, column in columns.items()}
    )
    return text.with_columns(pl.lit(REMARK).alias("备注"))


def _labels(vocabulary: Vocabulary, codes: Column) -> pl.Series:
    labels = dict(vocabulary.words.values())
    return pl.Series(codes).replace_strict(labels, return_dtype=pl.String)


def _codes(vocabulary: Vocabulary, national: dict[str, str], codes: Column) -> pl.Series:
    words = {code_of(vocabulary, word): code for word, code in national.items()}
    return pl.Series(codes).replace_strict(words, return_dtype=pl.String)


def _flags(values: Column) -> NDArray[np.str_]:
    return np.where(values == 1, "是", "否")


def _dates(days: Column) -> pl.Series:
    """2022-01-31, or null where no date is stated."""
    text = pl.Series(days.astype(np.int32)).cast(pl.Date).dt.to_string("%Y-%m-%d")
    return text.set(pl.Series(days == NONE), None)


def _identifiers(prefix: str, numbers: pl.Series) -> pl.Series:
    text = prefix + numbers.cast(pl.String).str.zfill(9)
    return text.set(numbers == NONE, None)
