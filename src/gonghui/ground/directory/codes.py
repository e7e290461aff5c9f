"""Numbers of units and ways to reach people: unified social credit codes, phones, bank cards."""

from __future__ import annotations

import re

from stdnum import luhn
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from gonghui.core.errors import N_, Refusal
from gonghui.ground.directory.identity import normalise_number

_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
"""GB 32100. stdnum wants digits in the first two places, where village collectives have N."""
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}[2-9][0-9]{6,7}")


def normalise_credit_code(code: str) -> str:
    """Half-width, upper case, no spaces. The alphabet has no O and no I: these are 0 and 1."""
    return normalise_number(code).replace("O", "0").replace("I", "1")


def check_credit_code(code: str) -> Refusal | None:
    """Why a unified social credit code in its normal form cannot be right."""
    if len(code) != 18:
        return Refusal(
            N_("The unified social credit code has {length} characters instead of 18."),
            N_("Copy it from the unit's certificate; an older registration number is not it."),
            field="credit_code",
            length=len(code),
        )
    if not _CREDIT_CODE.fullmatch(code):
        return Refusal(
            N_("The unified social credit code holds a character it cannot hold."),
            N_("Copy it from the unit's certificate; it has no I, O, S, V and Z."),
            field="credit_code",
        )
    if code[17] != uscc.calc_check_digit(code):
        return Refusal(
            N_("The unified social credit code's check character does not fit."),
            N_("Compare it with the unit's certificate, character by character."),
            field="credit_code",
        )
    return None


def normalise_phone(phone: str) -> str:
    """Digits only, without the country's code; an extension stays behind an x."""
    plain = re.sub(r"[()（）.,/]", "", normalise_number(phone))
    plain = re.sub(r"(转|EXT|X|#)", "x", plain, count=1)
    for prefix in ("+86", "0086"):
        plain = plain.removeprefix(prefix)
    if plain.startswith("86") and _MOBILE.fullmatch(plain[2:]):
        plain = plain[2:]
    return plain


def check_phone(phone: str) -> Refusal | None:
    """Why a phone number in its normal form cannot be right."""
    number, _, extension = phone.partition("x")
    if _MOBILE.fullmatch(number) and not extension:
        return None
    if _LANDLINE.fullmatch(number) and (extension.isdigit() or not extension):
        return None
    return Refusal(
        N_("This is no mobile number of 11 digits and no landline with its area code."),
        N_("Check the number; a number abroad is kept as a remark."),
        field="phone",
    )


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-4:]}"


def check_bank_card(number: str) -> Refusal | None:
    """Why a card number in its normal form cannot be right; account numbers have no such rule."""
    if number.isascii() and number.isdigit() and 15 <= len(number) <= 19:
        try:
            luhn.validate(number)
            return None
        except ValidationError:  # said below, in words
            pass
    return Refusal(
        N_("The bank card number does not fit its check digit."),
        N_("Compare it with the card, digit by digit."),
        field="bank_card",
    )
