"""Reading a feed: every format gives the same facts; every fault is named, with row and field."""

import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.adapters.medical_insurance import FeedRefused, read_feed, read_feeds
from gonghui.adapters.medical_insurance.mapping import load_mapping
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.fields import EVENT_KINDS, HOSPITAL_LEVELS, INSURED_TYPES
from tests.adapters.medical_insurance.statements import (
    LI,
    MONEY,
    amounts,
    faults,
    read_one,
    reversal,
    statement,
    write_csv,
    write_parquet,
    write_xlsx,
)

ROWS = [statement("S1"), statement("S2", LI, money=amounts(1_000_001, own=333_333))]

CHINESE = {
    "SETL_ID": "结算ID",
    "CERTNO": "身份证号码",
    "MED_TYPE": "医疗类别",
    "HOSP_LV": "医院等级",
    "BEGNDATE": "入院日期",
    "ENDDATE": "出院日期",
    "SETL_TIME": "结算日期",
    "MEDFEE_SUMAMT": "医疗费总额",
    "FULAMT_OWNPAY_AMT": "全自费金额",
    "PRESELFPAY_AMT": "先行自付金额",
    "INSCP_AMT": "符合政策范围金额",
    "ACT_PAY_DEDC": "实际支付起付线",
    "HIFP_PAY": "统筹基金支出",
    "FUND_PAY_SUMAMT": "基金支付总额",
    "PSN_PART_AMT": "个人负担总金额",
    "ACCT_PAY": "个人账户支出",
    "CASH_PAYAMT": "个人现金支出",
    "received_on": "收到日期",
}


def in_chinese(rows):
    words = {"21": "普通住院", "02": "三级甲等"}
    return [
        {CHINESE.get(heading, heading): words.get(cell, cell) for heading, cell in row.items()}
        for row in rows
    ]


# What a file may be


def written(folder, kind):
    match kind:
        case "utf-8" | "utf-8-sig" | "gb18030":
            return write_csv(folder / "feed.csv", ROWS, kind)
        case "chinese":
            return write_csv(folder / "feed.csv", in_chinese(ROWS), "gb18030")
        case "xlsx":
            return write_xlsx(folder / "feed.xlsx", ROWS)
        case "xlsx with numbers":
            return write_xlsx(folder / "feed.xlsx", ROWS, numeric=MONEY.values())
        case "parquet":
            return write_parquet(folder / "feed.parquet", ROWS)
        case "parquet with fractions":
            path = folder / "feed.parquet"
            pl.DataFrame(ROWS).with_columns(
                pl.col(*MONEY.values()).cast(pl.Float64), pl.col("BEGNDATE").str.to_date()
            ).write_parquet(path)
            return path
        case "parquet with decimals":
            path = folder / "feed.parquet"
            pl.DataFrame(ROWS).with_columns(
                pl.col(*MONEY.values()).cast(pl.Decimal(16, 2)),
                pl.col("SETL_TIME").str.to_datetime(),
            ).write_parquet(path)
            return path


@pytest.mark.parametrize(
    "kind",
    [
        "utf-8",
        "utf-8-sig",
        "gb18030",
        "chinese",
        "xlsx",
        "xlsx with numbers",
        "parquet",
        "parquet with fractions",
        "parquet with decimals",
    ],
)
def test_every_kind_of_file_gives_the_same_facts(tmp_path, kind):
    feed = read_feed(written(tmp_path, kind))
    assert faults(feed) == []
    assert feed.rows_in == 2
    first, second = feed.accepted.drop("row", "file").rows(named=True)
    assert first == {
        "settlement_id": "S1",
        "person_id": statement()["CERTNO"],
        "visit_id": "VS1",
        "original_id": None,
        "event_kind": EVENT_KINDS.code("hospital_stay"),
        "admitted_on": parse_day("2022-03-01"),
        "discharged_on": parse_day("2022-03-09"),
        "settled_on": parse_day("2022-03-10"),
        "received_on": parse_day("2022-03-12"),
        "hospital_level": HOSPITAL_LEVELS.code("tertiary"),
        "counts_as_stay": 1,
        "days": 8,
        "proportional_selfpay": first["in_scope"] - 60_000 - first["pool_pay"],
        **amounts(),
    }
    assert second["total_cost"] == 1_000_001
    assert second["own_expense"] == 333_333


def test_line_ends_blank_lines_and_blanks_around_cells_mean_nothing(tmp_path):
    path = write_csv(tmp_path / "feed.csv", ROWS)
    text = path.read_bytes().decode()
    spaced = text.replace("\r\nS1,", "\r\n  S1　,").replace("\r\n", "\n\n")
    path.write_text(spaced + "," * (len(ROWS[0]) - 1) + "\n\n", "utf-8", newline="")
    feed = read_feed(path)
    assert feed.accepted["settlement_id"].to_list() == ["S1", "S2"]
    assert feed.accepted["row"].to_list() == [3, 5]
    assert feed.rows_in == 2


def test_tabs_may_part_the_cells(tmp_path):
    path = write_csv(tmp_path / "feed.txt", ROWS)
    path.write_text(path.read_text("utf-8").replace(",", "\t"), "utf-8")
    assert read_feed(path).accepted.height == 2


def test_a_heading_alone_is_a_day_without_settlements(tmp_path):
    path = tmp_path / "feed.csv"
    path.write_text(",".join(ROWS[0]) + "\n", "utf-8")
    assert read_feed(path).rows_in == 0


def test_line_breaks_within_quotes_are_part_of_the_cell(tmp_path):
    note = '说明：\n"复查", 后结'
    feed = read_one(tmp_path, ROWS[0] | {"备注": note}, ROWS[1] | {"备注": "无"})
    assert feed.accepted.height == 2
    assert feed.ignored_headings == ("备注",)


def test_files_read_together_keep_their_names_and_rows(tmp_path):
    without = [{k: v for k, v in row.items() if k != "OVERLMT_SELFPAY"} for row in ROWS]
    paths = [
        write_csv(tmp_path / "a.csv", [statement("S1"), statement("S2", HOSP_LV="?")]),
        write_csv(tmp_path / "b.csv", without),
        write_csv(tmp_path / "c.csv", [statement("S3", HOSP_LV="?"), statement("S4")]),
    ]
    feeds = read_feeds(paths)
    assert [feed.name for feed in feeds] == ["a.csv", "b.csv", "c.csv"]
    places = ["file", "row", "settlement_id"]
    assert [row for feed in feeds for row in feed.accepted.select(places).rows()] == [
        ("a.csv", 2, "S1"),
        ("b.csv", 2, "S1"),
        ("b.csv", 3, "S2"),
        ("c.csv", 3, "S4"),
    ]
    assert [row for feed in feeds for row in feed.rejected.select(places).rows()] == [
        ("a.csv", 3, "S2"),
        ("c.csv", 2, "S3"),
    ]
    assert [feed.rows_rejected for feed in feeds] == [1, 0, 1]


# Files that are refused as a whole


def refused(path, **options):
    with pytest.raises(FeedRefused) as error:
        read_feed(path, **options)
    words = error.value.words_in("zh"), error.value.words_in("en")
    assert all(path.name in line for line in words)
    assert all("{" not in line for line in words)
    assert str(error.value) == words[0]
    return error.value


def test_no_such_file(tmp_path):
    assert refused(tmp_path / "feed.csv").code == "file_missing"


def test_an_empty_file(tmp_path):
    (tmp_path / "feed.csv").touch()
    assert refused(tmp_path / "feed.csv").code == "file_empty"


def test_an_unknown_kind_of_file(tmp_path):
    (tmp_path / "feed.docx").write_bytes(b"PK")
    assert refused(tmp_path / "feed.docx").code == "file_kind"


def test_a_wrong_encoding_names_the_line(tmp_path):
    path = write_csv(tmp_path / "feed.csv", ROWS)
    path.write_bytes(path.read_bytes().replace(b"S2", b"S2\xff\xff"))
    error = refused(path)
    assert (error.code, error.place.line) == ("file_encoding", 3)


def test_text_in_sixteen_bits(tmp_path):
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        error = refused(write_csv(tmp_path / "feed.csv", ROWS, encoding))
        assert error.code == "file_sixteen_bits"
        assert "另存为 UTF-8" in error.words_in("zh")
        assert "Save as UTF-8" in error.words_in("en")


def test_a_byte_that_is_no_text(tmp_path):
    path = write_csv(tmp_path / "feed.csv", ROWS)
    path.write_bytes(path.read_bytes().replace(b"S2", b"S\x002"))
    assert refused(path).code == "file_binary"
    path.write_bytes(b"SETL_ID,CER\rTNO\nS1,2\n")
    assert refused(path).code == "file_binary"


def test_a_missing_column_names_its_headings(tmp_path):
    rows = [{k: v for k, v in row.items() if k != "CASH_PAYAMT"} for row in ROWS]
    error = refused(write_csv(tmp_path / "feed.csv", rows))
    assert (error.code, error.field, error.place.line) == ("heading_missing", "个人现金支出", 1)
    assert "psn_cash_pay" in error.words_in("zh")


def test_a_column_that_is_there_twice(tmp_path):
    path = tmp_path / "feed.csv"
    path.write_text("SETL_ID,CERTNO,SETL_ID\n1,2,3\n", "utf-8")
    assert refused(path).code == "heading_twice"


def test_no_day_of_receipt(tmp_path):
    rows = [{k: v for k, v in row.items() if k != "received_on"} for row in ROWS]
    path = write_csv(tmp_path / "feed.csv", rows)
    assert refused(path).code == "received_on_missing"
    feed = read_feed(path, received_on=19_100)
    assert feed.accepted["received_on"].to_list() == [19_100, 19_100]


def test_a_broken_parquet_file(tmp_path):
    path = write_parquet(tmp_path / "feed.parquet", ROWS)
    path.write_bytes(path.read_bytes()[:-20])
    assert refused(path).code == "parquet_broken"


# Rows that are turned away

BAD_CELLS = [
    ("MEDFEE_SUMAMT", "abc", "amount_malformed"),
    ("MEDFEE_SUMAMT", "NaN", "amount_malformed"),
    ("MEDFEE_SUMAMT", "inf", "amount_malformed"),
    ("MEDFEE_SUMAMT", "1_000", "amount_malformed"),
    ("MEDFEE_SUMAMT", "+5.00", "amount_malformed"),
    ("MEDFEE_SUMAMT", "５.00", "amount_malformed"),
    ("MEDFEE_SUMAMT", "28,45.11", "amount_commas"),
    ("MEDFEE_SUMAMT", "28454,11", "amount_commas"),
    ("MEDFEE_SUMAMT", "2,8454.11", "amount_commas"),
    ("MEDFEE_SUMAMT", "28454.115", "amount_fraction"),
    ("MEDFEE_SUMAMT", "28454.110001", "amount_fraction"),
    ("MEDFEE_SUMAMT", "-28454.11", "amount_negative"),
    ("MEDFEE_SUMAMT", "1000000000000000000", "amount_too_large"),
    ("MEDFEE_SUMAMT", "1E+18", "amount_too_large"),
    ("MEDFEE_SUMAMT", "10000000.01", "amount_too_large"),
    ("MEDFEE_SUMAMT", "", "value_missing"),
    ("SETL_TIME", "2022-02-30", "day_impossible"),
    ("SETL_TIME", "20220230", "day_impossible"),
    ("SETL_TIME", "2022年13月1日", "day_impossible"),
    ("SETL_TIME", "10/03/2022", "day_malformed"),
    ("SETL_TIME", "44630", "day_malformed"),
    ("SETL_TIME", "2022-03-10T00:00:00Z", "day_malformed"),
    ("SETL_TIME", "1822-03-10", "day_out_of_range"),
    ("SETL_TIME", "", "value_missing"),
    ("ENDDATE", "2022-02-28", "days_reversed"),
    ("HOSP_LV", "77", "code_unknown"),
    ("HOSP_LV", "1", "code_unknown"),  # 一级 here, 三级 there
    ("MED_TYPE", "9999", "code_unknown"),
    ("REFD_SETL_FLAG", "2", "flag_malformed"),
    ("REFD_SETL_FLAG", "1", "reversal_without_original"),
    ("VALI_FLAG", "0", "marked_invalid"),
    ("CERTNO", "4.12801199001011e+17", "digits_lost"),
    ("CERTNO", "", "value_missing"),
    ("SETL_ID", "", "value_missing"),
    ("SETL_ID", "S 1", "text_malformed"),
    ("SETL_ID", "S" * 65, "text_malformed"),
]


NEEDED_AMOUNTS = ("FULAMT_OWNPAY_AMT", "OVERLMT_SELFPAY", "PRESELFPAY_AMT", "INSCP_AMT",
                  "ACT_PAY_DEDC")  # fmt: skip


@pytest.mark.parametrize("heading", [*NEEDED_AMOUNTS, "HOSP_LV"])
def test_a_blank_is_no_zero(tmp_path, heading):
    feed = read_one(tmp_path, statement("S0"), statement("S1", **{heading: ""}))
    assert faults(feed) == [(3, heading, "", "value_missing")]


def test_only_a_hospital_stay_needs_its_level(tmp_path):
    feed = read_one(tmp_path, statement(MED_TYPE="11", HOSP_LV=""))
    assert feed.accepted["hospital_level"].to_list() == [HOSPITAL_LEVELS.code("unrated")]


@pytest.mark.parametrize("mapping", ["persons", "covers"])
def test_a_list_is_no_mapping_of_settlements(tmp_path, mapping):
    error = refused_mapping(tmp_path, mapping)
    assert (error.code, error.values["value"]) == ("mapping_unknown", "bridge-example, national")


def test_a_mapping_that_is_not_there_names_those_that_are(tmp_path):
    error = refused_mapping(tmp_path, "nope")
    assert error.words_in("zh").startswith("nope: 没有这个")
    assert "bridge-example, national" in error.words_in("zh")


def refused_mapping(folder, mapping):
    with pytest.raises(FeedRefused) as error:
        read_one(folder, statement(), mapping=mapping)
    return error.value


@pytest.mark.parametrize(("heading", "cell", "code"), BAD_CELLS)
def test_a_bad_cell_turns_its_row_away(tmp_path, heading, cell, code):
    feed = read_one(tmp_path, statement("S0"), statement("S1", **{heading: cell}), statement("S2"))
    assert feed.accepted["settlement_id"].to_list() == ["S0", "S2"]
    assert (feed.rows_in, feed.rows_rejected) == (3, 1)
    row, _, value, found = faults(feed)[0]
    assert (row, found) == (3, code)
    if code not in ("days_reversed", "marked_invalid", "reversal_without_original"):
        assert value.replace(",", "") == cell.replace(",", "")


def test_commas_in_the_right_places_are_read(tmp_path):
    grouped = {heading: f"{float(statement()[heading]):,.2f}" for heading in MONEY.values()}
    assert grouped["MEDFEE_SUMAMT"] == "28,454.11"
    feed = read_one(tmp_path, statement("S1", **grouped))
    assert feed.accepted["total_cost"].to_list() == [2_845_411]


DAYS = ["2022-03-10", "2022/3/10", "2022.3.10", "20220310", "20220310093000", "2022年3月10日",
        "2022-03-10 09:30:00", "2022-03-10T09:30:00.000000", "2022/3/10 9:30"]  # fmt: skip


@pytest.mark.parametrize("text", DAYS)
def test_ways_to_write_a_day(tmp_path, text):
    feed = read_one(tmp_path, statement(SETL_TIME=text))
    assert feed.accepted["settled_on"].to_list() == [parse_day("2022-03-10")]


def test_the_noise_of_binary_fractions_is_no_fraction_of_a_fen(tmp_path):
    feed = read_one(tmp_path, statement("S1", MEDFEE_SUMAMT="28454.110000000001"))
    assert feed.accepted["total_cost"].to_list() == [2_845_411]


def test_a_stay_of_a_hundred_years_is_refused(tmp_path):
    feed = read_one(tmp_path, statement(BEGNDATE="1922-03-01"))
    assert faults(feed) == [(2, "住院天数", "36533", "number_malformed")]


def test_columns_without_a_heading_and_columns_called_row_do_no_harm(tmp_path):
    rows = [row | {"row": "7", "": "8", " ": "9"} for row in ROWS]
    assert read_one(tmp_path, *rows).ignored_headings == ()
    feed = read_feed(write_parquet(tmp_path / "feed.parquet", rows))
    assert feed.accepted["row"].to_list() == [1, 2]


def test_rows_with_too_many_or_too_few_cells(tmp_path):
    path = write_csv(tmp_path / "feed.csv", [statement(f"S{n}") for n in range(5)])
    lines = path.read_text("utf-8").splitlines()
    lines[2] = lines[2].replace("28454.11", "28,454.11", 1)  # the comma is outside quotes
    lines[4] = lines[4][: len(lines[4]) // 2]
    path.write_text("\n".join(lines), "utf-8")
    feed = read_feed(path)
    assert feed.accepted["settlement_id"].to_list() == ["S0", "S2", "S4"]
    assert [(row, code) for row, *_, code in faults(feed)] == [(3, "row_shape"), (5, "row_shape")]
    assert feed.rows_in == 5


def test_an_unpaired_quote_would_swallow_rows(tmp_path):
    path = write_csv(tmp_path / "feed.csv", [statement(f"S{n}") for n in range(5)])
    path.write_text(path.read_text("utf-8").replace("VS3", '"VS3'), "utf-8")
    error = refused(path)
    assert (error.code, error.place.line) == ("file_quotes", 5)


def test_all_that_is_wrong_with_a_row_is_told_at_once(tmp_path):
    feed = read_one(tmp_path, statement(HOSP_LV="77", SETL_TIME="x", MED_TYPE="y"))
    assert {code for *_, code in faults(feed)} == {"code_unknown", "day_malformed"}
    assert feed.rejected.height == 3
    assert feed.rows_rejected == 1


# The insurer's flags


def test_an_interim_bill_is_a_settlement_but_no_stay(tmp_path):
    feed = read_one(tmp_path, statement(MID_SETL_FLAG="1"))
    assert feed.accepted["counts_as_stay"].to_list() == [0]
    said = read_one(tmp_path, statement(MID_SETL_FLAG="1", CAL_IPT_CNT="1"))
    assert said.accepted["counts_as_stay"].to_list() == [1]


def test_a_source_whose_final_bills_repeat_the_interim_ones(tmp_path):
    mapping = tmp_path / "ours.yaml"
    mapping.write_text("extends: national\ninterim: refuse\n", "utf-8")
    national = load_mapping("national")
    (tmp_path / "national.yaml").write_bytes((_mappings() / "national.yaml").read_bytes())
    feed = read_one(tmp_path, statement(MID_SETL_FLAG="1"), mapping=mapping)
    assert [code for *_, code in faults(feed)] == ["interim_refused"]
    assert national.takes_interim


def _mappings():
    from gonghui.adapters.medical_insurance.mapping import MAPPINGS

    return MAPPINGS


def test_reversals_have_negative_amounts_and_name_their_original(tmp_path):
    feed = read_one(tmp_path, statement("S1"), reversal("R1", "S1"))
    assert feed.accepted["original_id"].to_list() == [None, "S1"]
    assert feed.accepted["total_cost"].to_list() == [2_845_411, -2_845_411]


def test_what_the_insurer_says_of_the_person_is_kept_apart_from_what_it_leaves_blank(tmp_path):
    rows = [statement("S1", INSUTYPE="390"), statement("S2", INSUTYPE="")]
    feed = read_one(tmp_path, *rows)
    assert feed.accepted["insured_type"].to_list() == [INSURED_TYPES.code("resident"), None]


def test_the_beginning_of_a_code_may_be_what_counts(tmp_path):
    words = ["1101", "1299", "在职", "退休"]
    feed = read_one(tmp_path, *(statement(f"S{w}", PSN_TYPE=w) for w in words))
    assert feed.accepted["in_service"].to_list() == [1, 0, 1, 0]


# In = accepted + rejected, always

CELLS = st.sampled_from(
    ["", "0", "1", "21", "02", "-5", "28454.11", "28,454.11", "1e18", "NaN", "2022-02-30", "是",
     '"', "a,b", "x\ny", "S1", "=1+1", " ", "９９", "\t", "1" * 70]
)  # fmt: skip


@settings(max_examples=60)
@given(data=st.data(), count=st.integers(0, 12))
def test_every_row_is_accepted_or_rejected(tmp_path_factory, data, count):
    folder = tmp_path_factory.mktemp("feed")
    rows = []
    for number in range(count):
        headings = data.draw(st.lists(st.sampled_from(list(statement())), max_size=3))
        rows.append(statement(f"S{number}", **{h: data.draw(CELLS) for h in headings}))
    path = write_csv(folder / "feed.csv", rows or [statement()])
    if not rows:
        path.write_text(path.read_text("utf-8").splitlines()[0], "utf-8")
    feed = read_feed(path)
    accepted, rejected = set(feed.accepted["row"]), set(feed.rejected["row"])
    assert not accepted & rejected
    assert feed.rows_in == count == len(accepted) + len(rejected)
    assert feed.rows_rejected == len(rejected)
    assert (
        not feed.accepted.select(pl.exclude("visit_id", "original_id"))
        .null_count()
        .sum_horizontal()[0]
    )


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000))
def test_a_file_cut_or_damaged_anywhere_is_refused_or_counted(tmp_path_factory, seed):
    draw = random.Random(seed)
    folder = tmp_path_factory.mktemp("feed")
    path = write_csv(folder / "feed.csv", [statement(f"S{n}") for n in range(8)])
    data = bytearray(path.read_bytes())
    if draw.random() < 0.5:
        del data[draw.randrange(len(data)) :]
    for _ in range(draw.randrange(4)):
        if data:
            data[draw.randrange(len(data))] = draw.randrange(256)
    path.write_bytes(data)
    try:
        feed = read_feed(path)
    except FeedRefused:
        return
    assert feed.rows_in == feed.accepted.height + len(set(feed.rejected["row"]))
