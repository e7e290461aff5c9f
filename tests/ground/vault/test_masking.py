"""Numbers that people type into reasons do not reach what is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.ground.vault.masking import masked_reason


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("原件为99080019900101001X", "原件为**************001X"),
        ("原件为99080019900101001x,已核对", "原件为**************001x,已核对"),
        ("打电话139 1234 5678", "打电话*******5678"),
        ("卡号6222-0212-3456-7890-123", "卡号***************0123"),
        ("打电话1391234—5678", "打电话*******5678"),
        ("１３９１２３４５６７８", "*******５６７８"),
        ("  核对 \n 身份 ", "核对 身份"),
        ("护照E12345678", "护照*****5678"),
        ("第12号文,2022-12-31", "第12号文,2022-12-31"),
        ("申请日20221231", "申请日20221231"),
        ("", ""),
    ],
)
def test_only_the_last_four_are_left(typed, kept):
    assert masked_reason(typed) == kept


@given(st.text(), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text())
def test_no_phone_survives(before, phone, after):
    assert phone not in masked_reason(f"{before}{phone}{after}")


@given(st.text())
def test_masked_twice_is_masked_once(text):
    assert masked_reason(masked_reason(text)) == masked_reason(text)
