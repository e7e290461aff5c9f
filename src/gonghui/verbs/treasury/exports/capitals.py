"""Amounts in the capital numerals that vouchers and receipts carry: 壹佰贰拾叁元肆角伍分."""

from __future__ import annotations

from gonghui.core.errors import N_, Refusal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("万亿", "亿", "万", "")
LARGEST_FEN = 10**18 - 1


def in_capitals(fen: int) -> str:
    """By the rules for filling in bills: 零 once for a gap, 整 after yuan and after jiao."""
    if abs(fen) > LARGEST_FEN:
        raise Refusal(
            N_("The amount is too large to be written in words."), N_("Check the amount.")
        )
    yuan, cents = divmod(abs(fen), 100)
    jiao, last = divmod(cents, 10)
    said = f"{_integer(yuan)}元" if yuan else ""
    if not cents:
        said = f"{said or '零元'}整"
    else:
        if jiao:
            # A gap at the end of the yuan is read, too: 10.50 is 壹拾元零伍角.
            said += "零" if yuan and yuan % 10 == 0 else ""
            said += f"{_DIGITS[jiao]}角"
        elif yuan:
            said += "零"
        said += f"{_DIGITS[last]}分" if last else "整"
    return f"负{said}" if fen < 0 else said


def _integer(number: int) -> str:
    """Groups of four digits, each with its name. Noughts before a digit of the group, and a whole
    group of them, are read as one 零; those at the end of a group are not read."""
    digits = f"{number:016d}"
    said, gap = "", False
    for group, name in enumerate(_GROUPS):
        four = digits[4 * group : 4 * group + 4]
        if four == "0000":
            gap = True
            continue
        for digit, place in zip(four, _PLACES, strict=True):
            if digit == "0":
                gap = True
                continue
            if gap and said:
                said += "零"
            gap = False
            said += _DIGITS[int(digit)] + place
        gap = False
        # 万亿 and 亿 share a name when both have digits: 壹万贰仟亿.
        both = name == "万亿" and digits[4:8] != "0000"
        said += "万" if both else name
    return said
