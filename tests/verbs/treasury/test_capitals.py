"""Amounts in capital numerals."""

import pytest

from gonghui.core.errors import Refusal
from gonghui.verbs.treasury.exports.capitals import LARGEST_FEN, in_capitals


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (11, "壹角壹分"),
        (100, "壹元整"),
        (101, "壹元零壹分"),
        (110, "壹元壹角整"),
        (123_45, "壹佰贰拾叁元肆角伍分"),
        (10_50, "壹拾元零伍角整"),
        (10_05, "壹拾元零伍分"),
        (100_00, "壹佰元整"),
        (101_00, "壹佰零壹元整"),
        (1001_00, "壹仟零壹元整"),
        (1010_00, "壹仟零壹拾元整"),
        (1409_50, "壹仟肆佰零玖元伍角整"),
        (6007_14, "陆仟零柒元壹角肆分"),
        (1680_32, "壹仟陆佰捌拾元零叁角贰分"),
        (107_000_53, "壹拾万柒仟元零伍角叁分"),
        (16_409_02, "壹万陆仟肆佰零玖元零贰分"),
        (10_000_00, "壹万元整"),
        (10_001_00, "壹万零壹元整"),
        (100_100_00, "壹拾万零壹佰元整"),
        (5_017_200_00, "伍佰零壹万柒仟贰佰元整"),
        (960_290_00, "玖拾陆万零贰佰玖拾元整"),
        (100_000_000_00, "壹亿元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (100_001_000_00, "壹亿零壹仟元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (1_000_000_000_000_00, "壹万亿元整"),
        (1_200_000_000_000_00, "壹万贰仟亿元整"),
        (-5_00, "负伍元整"),
        (LARGEST_FEN, "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_in_capitals(fen, said):
    assert in_capitals(fen) == said


@pytest.mark.parametrize("fen", [LARGEST_FEN + 1, -LARGEST_FEN - 1])
def test_too_large(fen):
    with pytest.raises(Refusal, match="too large"):
        in_capitals(fen)


VALUES = dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True))
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read(said):
    """The fen that a person would read; written without a look at how they are written."""
    sign = -1 if said.startswith("负") else 1
    yuan, _, rest = said.removeprefix("负").rpartition("元")
    jiao = rest[rest.index("角") - 1] if "角" in rest else "零"
    last = rest[rest.index("分") - 1] if "分" in rest else "零"
    return sign * (100 * whole(yuan) + 10 * VALUES[jiao] + VALUES[last])


def whole(said):
    for name, size in (("亿", 10**8), ("万", 10**4)):
        if name in said:
            high, _, low = said.rpartition(name)
            return whole(high) * size + whole(low)
    total, digit = 0, 0
    for character in said:
        if character in UNITS:
            total, digit = total + digit * UNITS[character], 0
        else:
            digit = VALUES[character]
    return total + digit


def test_what_is_written_reads_back():
    import random

    dice = random.Random(2022)
    for _ in range(20_000):
        fen = dice.randint(0, 10 ** dice.randint(1, 18) - 1)
        fen //= 10 ** dice.choice((0, 0, 1, 2, 5))
        assert read(in_capitals(fen)) == fen, in_capitals(fen)
