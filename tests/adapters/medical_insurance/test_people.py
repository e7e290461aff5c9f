"""The lists of persons and covers: rows in = accepted + repeated + rejected."""

import pytest

from gonghui.adapters.medical_insurance import read_covers, read_persons
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.fields import NONE, SEXES
from tests.adapters.medical_insurance.statements import (
    COVERS,
    LI,
    PERSONS,
    WANG,
    ZHANG,
    write_csv,
    write_parquet,
    write_xlsx,
)


def read(reader, folder, rows):
    listing = reader(write_csv(folder / "list.csv", rows))
    rejected = len(set(listing.rejected["row"]))
    assert listing.rows_in == listing.accepted.height + listing.repeated + rejected
    return listing


def codes(listing):
    return listing.rejected["code"].to_list()


@pytest.mark.parametrize(("write", "name"), [(write_xlsx, "p.xlsx"), (write_parquet, "p.parquet")])
def test_lists_come_as_workbooks_and_parquet_too(tmp_path, write, name):
    listing = read_persons(write(tmp_path / name, PERSONS))
    assert listing.accepted["person_id"].to_list() == [ZHANG, LI, WANG]


def test_birth_and_sex_are_read_off_the_identity_number(tmp_path):
    listing = read(read_persons, tmp_path, PERSONS)
    assert listing.accepted.select("born_on", "sex").rows() == [
        (parse_day("1970-05-06"), SEXES.code("male")),
        (parse_day("1982-12-12"), SEXES.code("female")),
        (-1, SEXES.code("male")),
    ]


def test_what_the_list_states_is_kept_unless_it_contradicts_the_number(tmp_path):
    rows = [row | {"出生日期": "1970-05-06", "性别": "女"} for row in PERSONS]
    listing = read(read_persons, tmp_path, rows)
    assert listing.accepted.select("person_id", "sex").rows() == [(ZHANG, SEXES.code("female"))]
    assert codes(listing) == ["born_differs"] * 2


@pytest.mark.parametrize(
    ("number", "accepted"),
    [
        (ZHANG[:17] + "5", None),
        ("99080019701306001X", None),  # no thirteenth month
        ("E12345678", "E12345678"),
        ("９９０８００１９７００５０６００１６", ZHANG),
        (" 990800197005060016 ", ZHANG),
        ("990800 197005060016", None),
        ("", None),
    ],
)
def test_certificate_numbers(tmp_path, number, accepted):
    listing = read(read_persons, tmp_path, [PERSONS[0] | {"证件号码": number}])
    assert listing.accepted["person_id"].to_list() == ([accepted] if accepted else [])


def test_other_certificates_say_nothing_of_birth(tmp_path):
    listing = read(read_persons, tmp_path, [PERSONS[0] | {"证件号码": "E12345678"}])
    assert listing.accepted.select("born_on", "sex").rows() == [(NONE, SEXES.code("unknown"))]


def test_repeated_rows_count_once_and_contradictions_not_at_all(tmp_path):
    rows = [PERSONS[0], PERSONS[0], PERSONS[1], PERSONS[1] | {"姓名": "李斯"}, PERSONS[1]]
    listing = read(read_persons, tmp_path, rows)
    assert listing.accepted["person_id"].to_list() == [ZHANG]
    assert listing.repeated == 1
    assert codes(listing) == ["person_conflict"] * 3


def cover(start, end, person=ZHANG):
    return {"证件号码": person, "互助保障开始": start, "互助保障结束": end}


def test_covers_know_when_the_one_before_ended(tmp_path):
    rows = [cover("2022-01-01", "2023-01-01"), cover("2020-07-01", "2021-07-01"), *COVERS[1:]]
    rows = [{k: row[k] for k in rows[0]} for row in rows]
    listing = read(read_covers, tmp_path, rows)
    facts = listing.accepted.select("person_id", "cover_from", "previous_cover_until").rows()
    ended = {(person, start): before for person, start, before in facts}
    assert ended == {
        (ZHANG, parse_day("2020-07-01")): NONE,
        (ZHANG, parse_day("2022-01-01")): parse_day("2021-07-01"),
        (LI, parse_day("2022-01-01")): NONE,
        (WANG, parse_day("2022-01-01")): NONE,
    }


def test_overlapping_covers(tmp_path):
    rows = [
        cover("2022-01-01", "2023-01-01"),
        cover("2022-12-31", "2023-12-31"),
        cover("2022-12-31", "2023-12-31"),
        cover("2024-01-01", "2025-01-01"),
        cover("2022-01-01", "2023-01-01"),
    ]
    listing = read(read_covers, tmp_path, rows)
    assert listing.rejected.select("row", "code").rows() == [
        (3, "cover_overlap"),
        (4, "cover_overlap"),
    ]
    assert listing.repeated == 1


def test_a_cover_ends_after_it_begins(tmp_path):
    assert codes(read(read_covers, tmp_path, [cover("2022-01-01", "2022-01-01")])) == [
        "days_reversed"
    ]
