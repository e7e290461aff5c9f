"""The identity documents that unions meet, and the words people use for them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from gonghui.core.errors import N_

RESIDENT = "resident"
RESIDENCE_HK_MO = "residence_hk_mo"
RESIDENCE_TW = "residence_tw"
FOREIGN_PERMANENT = "foreign_permanent"
PASSPORT = "passport"
PASS_HK_MO = "pass_hk_mo"
PASS_TW = "pass_tw"
OFFICER = "officer"
SOLDIER = "soldier"
BIRTH_CERTIFICATE = "birth_certificate"
HOUSEHOLD_REGISTER = "household_register"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document; ``words`` are what rosters write in the column of kinds."""

    code: str
    label: str
    words: tuple[str, ...]


DOCUMENT_KINDS: dict[str, DocumentKind] = {
    kind.code: kind
    for kind in (
        DocumentKind(
            RESIDENT,
            N_("resident identity card"),
            ("居民身份证", "身份证", "二代身份证", "一代身份证", "临时身份证", "公民身份号码"),
        ),
        DocumentKind(
            RESIDENCE_HK_MO,
            N_("residence permit for residents of Hong Kong and Macao"),
            ("港澳居民居住证", "港澳居住证", "香港居民居住证", "澳门居民居住证"),
        ),
        DocumentKind(
            RESIDENCE_TW,
            N_("residence permit for residents of Taiwan"),
            ("台湾居民居住证", "台湾居住证", "台居证"),
        ),
        DocumentKind(
            FOREIGN_PERMANENT,
            N_("permanent residence card of a foreigner"),
            ("外国人永久居留身份证", "外国人永久居留证", "永居证", "外国人居留证"),
        ),
        DocumentKind(
            PASSPORT, N_("passport"), ("护照", "中国护照", "外国护照", "普通护照", "因私护照")
        ),
        DocumentKind(
            PASS_HK_MO,
            N_("mainland travel permit for residents of Hong Kong and Macao"),
            ("港澳居民来往内地通行证", "港澳通行证", "港澳居民通行证", "回乡证"),
        ),
        DocumentKind(
            PASS_TW,
            N_("mainland travel permit for residents of Taiwan"),
            ("台湾居民来往大陆通行证", "台湾居民通行证", "台胞证", "台湾通行证"),
        ),
        DocumentKind(
            OFFICER, N_("officer's card"), ("军官证", "警官证", "文职干部证", "武警警官证")
        ),
        DocumentKind(SOLDIER, N_("soldier's card"), ("士兵证", "军士证", "义务兵证", "武警士兵证")),
        DocumentKind(
            BIRTH_CERTIFICATE, N_("medical certificate of birth"), ("出生医学证明", "出生证明")
        ),
        DocumentKind(
            HOUSEHOLD_REGISTER, N_("household register"), ("户口簿", "户口本", "居民户口簿")
        ),
    )
}

NATIONAL_FORM = frozenset({RESIDENT, RESIDENCE_HK_MO, RESIDENCE_TW, FOREIGN_PERMANENT})
"""Kinds with a number of GB 11643: eighteen characters, birth date, sex, check character."""

_CODE_BY_WORD = {word: kind.code for kind in DOCUMENT_KINDS.values() for word in kind.words}


def document_kind_named(words: str) -> str | None:
    """The kind a roster's column of kinds means: by its code, or by what people write."""
    plain = "".join(unicodedata.normalize("NFKC", words).split())
    plain = plain.replace("臺", "台").split("(")[0]
    return plain if plain in DOCUMENT_KINDS else _CODE_BY_WORD.get(plain)
