"""Taking feeds in: once, whichever order; reversals find their originals; nothing half done."""

import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.adapters.medical_insurance import FeedRefused, intake
from gonghui.adapters.medical_insurance.mapping import MAPPINGS
from gonghui.core.adjudication.store import Order, Store
from gonghui.core.errors import Refusal
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.fields import INSURED_TYPES, NONE, SEXES, UNIT_CLASSES
from tests.adapters.medical_insurance.statements import (
    COVERS,
    LI,
    PERSONS,
    WANG,
    ZHANG,
    Desk,
    amounts,
    reversal,
    statement,
    write_csv,
)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "desk")


def outcome(taken):
    assert taken.rows_in == (
        taken.settlements + taken.reversals + taken.known + taken.rows_rejected
    )
    return taken.settlements, taken.reversals, taken.known, taken.rows_rejected


def codes(taken):
    return sorted(taken.rejected["code"])


# Who


def test_facts_of_person_and_cover_stand_beside_the_settlement(tmp_path):
    covers = [row | {"单位类别": "国有企业", "份数": "2"} for row in COVERS]
    desk = Desk(tmp_path / "desk", covers=covers)
    assert outcome(desk.take([statement("S1"), statement("S2", LI)])) == (2, 0, 0, 0)
    facts = desk.events("born_on", "sex", "hardship", "unit_class", "shares", "cover_from")
    state_owned = UNIT_CLASSES.code("state_owned")
    start = parse_day("2022-01-01")
    assert facts == {
        "S1": (parse_day("1970-05-06"), SEXES.code("male"), 1, state_owned, 2, start),
        "S2": (parse_day("1982-12-12"), SEXES.code("female"), 0, state_owned, 2, start),
    }


def test_the_last_day_of_1969_is_a_birthday(desk):
    desk.take([statement("S1", WANG)])
    assert desk.events("born_on") == {"S1": -1}


def test_what_the_insurer_says_of_the_person_comes_first(tmp_path):
    persons = [row | {"医保类型": "职工医保"} for row in PERSONS]
    desk = Desk(tmp_path / "desk", persons=persons)
    desk.take([statement("S1", INSUTYPE="390"), statement("S2", INSUTYPE="")])
    assert desk.events("insured_type") == {
        "S1": INSURED_TYPES.code("resident"),
        "S2": INSURED_TYPES.code("employee"),
    }


def test_people_who_are_not_listed_are_rejected_with_their_number(desk):
    taken = desk.take([statement("S1"), statement("S2", "990800199001010010")])
    assert outcome(taken) == (1, 0, 0, 1)
    assert taken.rejected.select("row", "settlement_id", "field", "value", "code").rows() == [
        (3, "S2", "person_id", "990800199001010010", "person_unknown")
    ]


def test_identities_lie_apart_and_follow_the_lists(desk):
    desk.take([statement("S1")])
    rows = desk.store.identities().rows()
    assert [row[1:] for row in rows] == [
        (WANG, "王五", "U2", "第二中学"),
        (ZHANG, "张三", "U1", "九里山矿"),
        (LI, "李四", "U2", "第二中学"),
    ]
    assert [row[0] for row in rows] == [0, 1, 2]
    newcomer = PERSONS[0] | {"证件号码": "990800199001010010", "姓名": "赵六"}
    write_csv(desk.persons, [newcomer, PERSONS[1] | {"单位名称": "第三中学"}])
    desk.take([statement("S2", "990800199001010010")])
    assert desk.store.identities().select("person", "name", "unit_name").rows() == [
        (0, "王五", "第二中学"),
        (1, "张三", "九里山矿"),
        (2, "李四", "第三中学"),
        (3, "赵六", "九里山矿"),
    ]


# Which cover


def periods(*spans):
    return [{"证件号码": ZHANG, "互助保障开始": start, "互助保障结束": end} for start, end in spans]


YEARS = periods(("2021-01-01", "2022-01-01"), ("2022-01-01", "2023-01-01"))


@pytest.mark.parametrize(
    ("covers", "settled", "cover_from", "previous"),
    [
        (YEARS, "2022-03-10", "2022-01-01", "2022-01-01"),
        (YEARS, "2022-01-01", "2022-01-01", "2022-01-01"),
        (YEARS, "2021-12-31", "2021-01-01", None),
        (YEARS, "2023-05-01", "2022-01-01", "2022-01-01"),  # outside: the last one before
        (YEARS, "2020-05-01", "2021-01-01", None),  # outside: the first one after
        (periods(("2022-06-01", "2023-01-01")), "2022-03-10", "2022-06-01", None),
    ],
)
def test_the_cover_in_force(tmp_path, covers, settled, cover_from, previous):
    desk = Desk(tmp_path / "desk", covers=covers)
    desk.take([statement("S1", SETL_TIME=settled)])
    ended = NONE if previous is None else parse_day(previous)
    assert desk.events("cover_from", "previous_cover_until") == {
        "S1": (parse_day(cover_from), ended)
    }


def test_someone_without_any_cover_has_no_dates_of_one(desk):
    write_csv(desk.covers, COVERS[1:])
    assert outcome(desk.take([statement("S1")])) == (1, 0, 0, 0)
    assert desk.events("cover_from", "cover_until") == {"S1": (NONE, NONE)}


def test_the_deciding_date_chooses_the_cover(tmp_path):
    desk = Desk(tmp_path / "desk", covers=YEARS)
    row = statement(BEGNDATE="2021-12-20", ENDDATE="2022-01-03", SETL_TIME="2022-01-03")
    desk.take([row], order=Order("admitted_on", "settlement_number"))
    assert desk.events("cover_from") == {"S1": parse_day("2021-01-01")}


# Once


def test_a_statement_sent_again_is_known(desk):
    rows = [statement("S1"), statement("S2", LI)]
    assert outcome(desk.take(rows)) == (2, 0, 0, 0)
    before = desk.events("total_cost", "received_on")
    later = [row | {"received_on": "2022-04-01"} for row in rows]
    taken = desk.take(later)
    assert outcome(taken) == (0, 0, 2, 0)
    assert taken.touched.size == 0
    assert desk.events("total_cost", "received_on") == before


def test_a_source_may_leave_out_a_column_of_nothing(desk):
    row = statement("S1")
    desk.take([row])
    assert outcome(desk.take([{k: v for k, v in row.items() if k != "OVERLMT_SELFPAY"}])) == (
        *(0, 0, 1, 0),
    )


def test_the_same_id_with_other_content_is_rejected(desk):
    desk.take([statement("S1")])
    taken = desk.take([statement("S1", money=amounts(2_900_000)), statement("S2")])
    assert outcome(taken) == (1, 0, 0, 1)
    assert codes(taken) == ["other_content"]
    assert desk.events("total_cost")["S1"] == 2_845_411


@pytest.mark.parametrize("field", ["CERTNO", "HOSP_LV", "SETL_TIME", "CAL_IPT_CNT"])
def test_whatever_differs_is_other_content(desk, field):
    other = {"CERTNO": LI, "HOSP_LV": "05", "SETL_TIME": "2022-03-11", "CAL_IPT_CNT": "0"}[field]
    desk.take([statement("S1")])
    assert codes(desk.take([statement("S1", **{field: other})])) == ["other_content"]


def test_two_contents_in_one_batch_leave_neither(desk):
    rows = [statement("S1"), statement("S1", money=amounts(2_900_000)), statement("S2")]
    taken = desk.take(rows[:1], rows[1:])
    assert outcome(taken) == (1, 0, 0, 2)
    assert codes(taken) == ["conflicting_content"] * 2


def test_of_equal_rows_in_one_batch_the_earliest_counts(desk):
    rows = [statement("S1", received_on=day) for day in ("2022-03-20", "2022-03-12")]
    assert outcome(desk.take(rows)) == (1, 0, 1, 0)
    assert desk.events("received_on") == {"S1": parse_day("2022-03-12")}


# Reversals


def reversed_days(desk):
    days = desk.events("reversed_on")
    return {number: None if day == NONE else day for number, day in days.items()}


@pytest.mark.parametrize("together", [True, False])
def test_a_reversal_marks_its_original(desk, together):
    original, back = statement("S1"), reversal("R1", "S1", received_on="2022-04-02")
    anew = statement("S3", money=amounts(2_500_000), MDTRT_ID="VS1", received_on="2022-04-05")
    if together:
        assert outcome(desk.take([back, anew, original])) == (2, 1, 0, 0)
    else:
        assert outcome(desk.take([original])) == (1, 0, 0, 0)
        taken = desk.take([back, anew])
        assert outcome(taken) == (1, 1, 0, 0)
        assert taken.touched.size == 1
    assert reversed_days(desk) == {"S1": parse_day("2022-04-02"), "S3": None}
    visits = desk.store.settlements().filter(pl.col("visit_id") == "VS1")
    assert set(visits["settlement_id"]) == {"S1", "S3"}


def test_a_reversal_sent_again_is_known(desk):
    rows = [statement("S1"), reversal("R1", "S1")]
    desk.take(rows)
    assert outcome(desk.take(rows)) == (0, 0, 2, 0)


def test_a_reversal_may_state_its_amounts_without_a_sign(desk):
    back = statement("R1", REFD_SETL_FLAG="1", INIT_SETL_ID="S1")
    assert outcome(desk.take([statement("S1"), back])) == (1, 1, 0, 0)


def test_a_reversal_before_its_original_can_be_sent_again_after_it(desk):
    back = [reversal("R1", "S1")]
    taken = desk.take(back)
    assert codes(taken) == ["original_unknown"]
    assert "先送原结算" in desk.rejects.read_text("utf-8-sig")
    desk.take([statement("S1")])
    assert outcome(desk.take(back)) == (0, 1, 0, 0)


UNFIT = [
    ("original_unknown", [reversal("R1", "S9")]),
    ("reversal_other_person", [reversal("R1", "S1", LI)]),
    ("reversal_amount", [statement("R1", sign=-1, money=amounts(2_000_000)) |
                         {"REFD_SETL_FLAG": "1", "INIT_SETL_ID": "S1"}]),
    ("already_reversed", [reversal("R1", "S1"), reversal("R2", "S1", received_on="2022-05-01")]),
    ("original_is_reversal", [reversal("R1", "S1"), reversal("R2", "R1")]),
]  # fmt: skip


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("code", "rows"), UNFIT)
def test_a_reversal_that_does_not_fit(desk, code, rows, together):
    batches = (
        [[statement("S1"), *rows]] if together else [[row] for row in [statement("S1"), *rows]]
    )
    found = [code for batch in batches for code in codes(desk.take(batch))]
    assert found == [code]


def test_the_original_of_a_rejected_row_is_unknown(desk):
    taken = desk.take([statement("S1", HOSP_LV="?"), reversal("R1", "S1")])
    assert codes(taken) == ["code_unknown", "original_unknown"]


# Properties


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_files_and_rows_means_nothing(tmp_path_factory, seed):
    draw = random.Random(seed)
    rows = []
    for number in range(draw.randrange(1, 8)):
        person = draw.choice([ZHANG, LI, WANG, "990800199001010010"])
        own = statement(f"S{number}", person, received_on=f"2022-04-{draw.randrange(1, 28):02d}")
        rows.append(own)
        if draw.random() < 0.3:
            rows.append(own | {"received_on": "2022-03-30"})
        if draw.random() < 0.2:
            rows.append(own | {"HOSP_LV": "05"})
        if draw.random() < 0.5:
            rows.append(reversal(f"R{number}", f"S{number}", person, received_on="2022-05-02"))
        if draw.random() < 0.2:
            rows.append(reversal(f"Q{number}", f"S{number}", person, received_on="2022-05-01"))
    results = []
    for _ in range(2):
        draw.shuffle(rows)
        cut = draw.randrange(len(rows) + 1)
        desk = Desk(tmp_path_factory.mktemp("desk") / "folder")
        taken = desk.take(*(part for part in (rows[:cut], rows[cut:]) if part))
        seen = desk.events("person", "total_cost", "received_on", "reversed_on")
        found = sorted(taken.rejected.select("settlement_id", "code").rows())
        results.append((outcome(taken), seen, found))
    assert results[0] == results[1]


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_batches_sent_again_until_nothing_is_new_end_the_same(tmp_path_factory, seed):
    """Originals and reversals in any order, each batch perhaps repeated: like all at once."""
    draw = random.Random(seed)
    rows = []
    for number in range(6):
        rows.append(statement(f"S{number}", draw.choice([ZHANG, LI])))
        if draw.random() < 0.5:
            rows.append(reversal(f"R{number}", f"S{number}", rows[-1]["CERTNO"]))
    at_once = Desk(tmp_path_factory.mktemp("desk") / "folder")
    at_once.take(rows)
    draw.shuffle(rows)
    piecemeal = Desk(tmp_path_factory.mktemp("desk") / "folder")
    for _ in range(2):
        cut = draw.randrange(1, len(rows))
        piecemeal.take(rows[:cut])
        piecemeal.take(rows[cut:])
    seen = ("person", "total_cost", "reversed_on")
    assert piecemeal.events(*seen) == at_once.events(*seen)


# Whole or not at all


def test_one_refused_file_refuses_the_batch(desk):
    desk.take([statement("S1")])
    before, told = desk.events("total_cost"), desk.rejects.read_bytes()
    broken = desk.folder / "broken.csv"
    broken.write_text("SETL_ID\nS2\n")
    good = write_csv(desk.folder / "good.csv", [statement("S3")])
    with pytest.raises(FeedRefused):
        desk.ingest([good, broken])
    assert desk.events("total_cost") == before
    assert desk.rejects.read_bytes() == told


def test_an_interrupted_intake_can_be_run_again(desk, monkeypatch):
    desk.take([statement("S1")])
    before, told = desk.events("total_cost"), desk.rejects.read_bytes()

    def die(*_):
        raise KeyboardInterrupt

    for target, name in ((Store, "publish"), (intake, "rejects_csv")):
        monkeypatch.setattr(target, name, die)
        with pytest.raises(KeyboardInterrupt):
            desk.take([statement("S2"), statement("S3", "?")])
        monkeypatch.undo()
        assert desk.events("total_cost") == before
        assert desk.rejects.read_bytes() == told
        assert not list(desk.folder.glob("*.new")) + list(desk.folder.glob(".*.new"))
    assert outcome(desk.take([statement("S2")])) == (1, 0, 0, 0)


def test_rejects_and_store_change_together(desk, monkeypatch):
    desk.take([statement("S1")])
    told, seen = desk.rejects.read_bytes(), []
    replace = Path.replace

    def watched(path, target):
        if target.name in ("rejects.csv", "manifest.json"):
            seen.append((target.name, desk.rejects.read_bytes() == told))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    desk.take([statement("S2"), statement("S3", HOSP_LV="?")])
    assert seen == [("rejects.csv", True), ("manifest.json", False)]


def test_everything_beside_the_store_is_for_its_owner_only(desk):
    desk.take([statement("S1"), statement("S2", HOSP_LV="?")])
    files = [path for path in (desk.folder / "store").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"manifest.json", "lock"}
    assert {path.stat().st_mode & 0o777 for path in [*files, desk.rejects]} == {0o600}


def test_a_store_of_another_order_is_refused(desk):
    desk.take([statement("S1")])
    with pytest.raises(FeedRefused) as refused:
        desk.take([statement("S2")], order=Order("discharged_on", "settlement_number"))
    assert refused.value.code == "order_differs"


def test_two_at_once_are_not_let_in(desk):
    desk.take([statement("S1")])
    with desk.store.change(), pytest.raises(Refusal, match="Somebody else"):
        desk.take([statement("S2")])


def test_a_batch_without_rows_changes_nothing(desk):
    desk.take([statement("S1")])
    empty = desk.folder / "empty.csv"
    empty.write_text(",".join(statement()) + "\n")
    assert outcome(desk.ingest([empty])) == (0, 0, 0, 0)
    assert set(desk.events("total_cost")) == {"S1"}


# The rejects file


def test_the_rejects_file_tells_a_clerk_what_to_do(desk):
    desk.take([statement("S1", MEDFEE_SUMAMT="-1.00", HOSP_LV="=HYPERLINK(1)")])
    data = desk.rejects.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    table = pl.read_csv(data, infer_schema=False)
    assert table.columns[:5] == ["文件", "行号", "编号", "字段", "值"]
    cells = {(row[3], row[4]) for row in table.rows()}
    assert ("HOSP_LV", "'=HYPERLINK(1)") in cells
    assert ("医疗费总额", "'-1.00") in cells
    assert set(table["行号"]) == {"2"}
    assert set(table["编号"]) == {"S1"}
    assert not table.select("问题", "处理办法").null_count().sum_horizontal()[0]


def test_the_rejects_file_tells_no_identity_number(desk):
    stranger, mistyped = "990800199001010010", "990800198212120021"
    write_csv(desk.persons, [*PERSONS, PERSONS[0] | {"证件号码": mistyped}])
    write_csv(desk.covers, [*COVERS, COVERS[0] | {"互助保障开始": "2022-06-01"}])
    spaced = "990800 19900101 0010"
    taken = desk.take([statement("S1", stranger), statement("S2", spaced)])
    assert stranger in taken.rejected["value"]
    told = desk.rejects.read_text("utf-8-sig")
    for number in (stranger, mistyped, spaced, ZHANG):
        assert number not in told
    assert "19900101" not in told
    assert "990800********0010" in told
    assert "990800********0021" in told
    assert told.count("990800********0016") == 2  # the row of a list is known by it, too


def test_the_rejects_take_nobodys_place(desk):
    batch = [statement("S1")]
    for path in (desk.persons, desk.covers, desk.folder / "feed-9.csv"):
        desk.batches, desk.rejects = 8, path
        with pytest.raises(FeedRefused) as refused:
            desk.take(batch)
        assert refused.value.code == "rejects_over_input"
    notes = desk.folder / "notes.csv"
    notes.write_text("mine", "utf-8")
    desk.rejects = notes
    with pytest.raises(FeedRefused) as refused:
        desk.take(batch)
    assert refused.value.code == "rejects_over_other"
    assert notes.read_text("utf-8") == "mine"
    mapping = desk.folder / "ours.yaml"
    mapping.write_text((MAPPINGS / "national.yaml").read_text("utf-8"), "utf-8")
    desk.rejects = mapping
    with pytest.raises(FeedRefused, match=r"ours\.yaml"):
        desk.take(batch, mapping=str(mapping))
    assert not (desk.folder / "store").exists()


def test_a_link_to_an_input_is_that_input(desk):
    desk.rejects = desk.folder / "link.csv"
    desk.rejects.symlink_to(desk.persons)
    with pytest.raises(FeedRefused) as refused:
        desk.take([statement("S1")])
    assert refused.value.code == "rejects_over_input"


def test_the_rejects_file_speaks_english_too(desk):
    desk.take([statement("S1", HOSP_LV="77")], language="en")
    assert "does not know the code" in desk.rejects.read_text("utf-8-sig")


def test_no_rejects_leave_a_heading(desk):
    desk.take([statement("S1")])
    assert desk.rejects.read_text("utf-8-sig").splitlines() == [
        "文件,行号,编号,字段,值,问题,处理办法,代码"
    ]
