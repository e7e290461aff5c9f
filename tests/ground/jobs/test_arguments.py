"""Arguments are ids, codes, hashes and days."""

import hashlib

import pytest

from gonghui.ground.jobs.arguments import PersonalArgument, check_arguments


@pytest.mark.parametrize(
    "value",
    [
        0,
        7,
        5_017_200_00,
        True,
        None,
        "",
        "roster.check",
        "unit_a/2026-03",
        "2026-03-02",
        "2026-03-02T09:30:00+08:00",
        hashlib.sha256(b"11").hexdigest(),
        "13800138000" * 4,  # looks like a hash
        [1, 2, 3],
        ["a", "b"],
    ],
)
def test_harmless(value):
    check_arguments({"value": value})


@pytest.mark.parametrize(
    "value",
    [
        "410802197001011234",
        "41080219700101123X",
        "410802700101123",
        "id:410802197001011234",
        "4108-0219-7001-0112-34",
        "6222020000000000000",
        "13800138000",
        "+8613800138000",
        "138-0013-8000",
        13800138000,
        410802197001011234,
        "王建国",
        "a b",
        "someone@example.invalid\n",
        "x" * 201,
        1.5,
        {"name": "a"},
        b"bytes",
        [13800138000],
        ["a", "王"],
        list(range(10_001)),
    ],
)
def test_anything_that_may_be_about_a_person_raises(value):
    with pytest.raises(PersonalArgument) as raised:
        check_arguments({"value": value})
    assert "13800138000" not in str(raised.value)
