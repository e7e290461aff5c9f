"""What all papers share: the city's words, days and amounts as they are printed, the record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from gonghui.adapters.pages.setting import set_pages
from gonghui.core.money import format_yuan
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.verbs.treasury.exports.capitals import in_capitals

NOT_STATED = "未载明"
_WORDS = ("contribution", "benefit", "fee", "period", "participant", "unit", "officer")
_CONTACT = ("address", "post_code", "phone", "hours", "website")


def said(profile: Profile, path: str) -> str:
    """What the profile says; papers print what it leaves unknown as just that."""
    return profile.find(path) or NOT_STATED


def frame(profile: Profile, kind: str, seal: str) -> dict[str, Any]:
    """What stands on every paper: its name, who issues it, whom to ask, where the seal goes."""
    return {
        "title": profile.word(kind),
        "issuer": profile.find("bodies.office.name") or profile.text("union.name"),
        "union": profile.text("union.name"),
        "seal": said(profile, f"seals.{seal}"),
        "unit": said(profile, "currency.unit"),
        "words": {word: profile.word(word) for word in _WORDS},
        "contact": {part: said(profile, f"contact.{part}") for part in _CONTACT},
    }


def day(one: date) -> str:
    """2022年6月1日."""
    return f"{one.year}年{one.month}月{one.day}日"


def span(first: date, before: date) -> str:
    """Both days are within: a reader does not know half-open spans."""
    return f"{day(first)}至{day(before - timedelta(days=1))}"


def amount(profile: Profile, fen: int) -> dict[str, str]:
    """In figures and in words that cannot be altered."""
    head = profile.find("currency.in_capitals") or ""
    return {"figures": format_yuan(fen), "capitals": f"{head}{in_capitals(fen)}"}


def paper(template: str, data: Mapping[str, Any]) -> bytes:
    """The paper as a PDF."""
    return set_pages(template_path(template), {"paper": json.dumps(data, ensure_ascii=False)})


def template_path(name: str) -> Path:
    return Path(str(files(__package__) / "templates" / f"{name}.typ"))


def fingerprint(made: bytes) -> bytes:
    """What the record keeps of a paper: whoever shows one later can be told whether it is ours."""
    return hashlib.sha256(made).digest()
