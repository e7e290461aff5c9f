"""The bytes that are hashed."""

from __future__ import annotations

import json

import pytest

from gonghui.ground.audit.canonical import EVENT, details_text, entry_line, line
from gonghui.ground.audit.chain import Block, digests_of

EVENT_VALUES = [
    *(7, 901, "2026-01-05T01:00:00.000001Z", 3, "post:3", 3, 12, "roster.booked"),
    *("mutualaid_rosterfile", 5, 4, None, "", None, "ab" * 32, "r1", '{"rows":3}'),
]


def test_a_line_is_written_as_the_page_shows():
    assert entry_line(EVENT, 41, EVENT_VALUES).decode() == (
        '["e",41,7,901,"2026-01-05T01:00:00.000001Z",3,"post:3",3,12,"roster.booked",'
        '"mutualaid_rosterfile",5,4,null,"",null,'
        f'"{"ab" * 32}","r1","{{\\"rows\\":3}}"]'
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("李·买买提 𬱖", '"李·买买提 𬱖"'),
        ('"\\/', '"\\"\\\\/"'),
        ("\b\t\n\f\r\x00\x1f", '"\\b\\t\\n\\f\\r\\u0000\\u001f"'),
        ("\x7f\u2028\ufeff", '"\x7f\u2028\ufeff"'),
    ],
)
def test_only_what_json_demands_is_escaped(text, written):
    assert line(text).decode() == f"[{written}]"


def test_postgresql_escapes_alike(database, as_keeper):
    """So that a line can be made from the tables with psql, too."""
    for code in [*range(1, 160), 0x2028, 0x2029, 0xFEFF, 0x2CC56]:
        text = chr(code)
        said = as_keeper.execute("select to_json(%s::text)::text", [text]).fetchone()[0]
        assert line(text).decode() == f"[{said}]", code


def test_a_line_of_another_length_is_a_fault():
    with pytest.raises(ValueError, match="18 values for 17 fields"):
        entry_line(EVENT, 1, [*EVENT_VALUES, None])


def test_details_are_the_same_in_any_order_and_spelling():
    one = details_text({"b": [1, None, True], "a": {"名": "e\u0301"}})
    other = details_text({"a": {"名": "é"}, "b": (1, None, True)})
    assert one == other == '{"a":{"名":"é"},"b":[1,null,true]}'


@pytest.mark.parametrize("details", [{"fen": 1.5}, {"a": {1, 2}}, {1: "a"}, {"a": object()}])
def test_details_hold_what_is_exact_only(details):
    with pytest.raises(TypeError):
        details_text(details)


@pytest.mark.parametrize(
    "details",
    [
        {"a": "证件 11010519491231002X"},
        {"a": ["11010519491231002x"]},
        {"a": {"k": "b 11010519491231002X"}},
    ],
)
def test_nobodys_identity_number_is_put_on_record(details):
    with pytest.raises(ValueError, match="identity number"):
        details_text(details)


def test_hashes_and_other_long_numbers_are_no_identity_numbers():
    details = {"hash": "3" + "110105194912310021" * 3, "serial": "110105194912310021"}
    assert json.loads(details_text(details)) == details


def test_a_block_is_hashed_over_what_it_says_and_the_hashes_of_its_lines():
    import hashlib

    lines = [entry_line(EVENT, number, EVENT_VALUES) for number in (1, 2)]
    block = Block("3f0c", 1, "sha256", 1, 2, "t", "0" * 64, "0" * 64, 9, 900)
    zeros = "0" * 64
    said = f'["b","3f0c",1,"sha256",1,2,"t","{zeros}","{zeros}",9,900]'
    digests = b"".join(hashlib.sha256(one).digest() for one in lines)
    assert block.line().decode() == said
    assert block.hash(digests_of(lines, "sha256")) == (
        hashlib.sha256(said.encode() + b"\n" + digests).hexdigest()
    )
