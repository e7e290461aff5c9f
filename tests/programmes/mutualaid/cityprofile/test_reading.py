"""City profiles: closed keys, every text said, assumed or unknown, and the two that ship."""

from pathlib import Path

import pytest
import yaml

from gonghui.core.errors import Refusal
from gonghui.programmes.mutualaid.cityprofile.reading import read_profile

PROFILES = Path(__file__).parents[4] / "src" / "gonghui" / "books" / "profiles"
EXAMPLE = (PROFILES / "example.yaml").read_text(encoding="utf-8")
SHIPPED = sorted(PROFILES.glob("*.yaml"))


def profile(said=EXAMPLE):
    return read_profile(said.encode(), "city.yaml")


def changed(old, new):
    assert old in EXAMPLE
    return EXAMPLE.replace(old, new, 1)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_profiles_that_ship_are_read(path):
    found = read_profile(path.read_bytes(), path.name)
    assert found.code == path.stem
    assert found.text("scheme.code") == f"{path.stem}/medical"


def test_jiaozuo_says_only_what_a_source_says_or_marks_it():
    path = PROFILES / "jiaozuo.yaml"
    found = read_profile(path.read_bytes(), path.name)
    plain = {"scheme.code", "currency.unit", "currency.small_unit", "currency.in_capitals"}
    for where, said in found.entries.items():
        marked = said.source or (said.assumed and said.because) or not said.known
        assert marked or where in plain, where
    assert {"bank_accounts.mutual_aid.number", "contact.phone", "documents.heads.edition"} <= set(
        found.unknown
    )


def test_a_document_gets_its_number():
    assert profile().document_number("edition", 2022, 15) == "示工发〔2022〕15号"


def test_what_is_unknown_is_never_printed():
    found = profile()
    assert found.find("contact.website") is None
    with pytest.raises(Refusal, match="does not say") as caught:
        found.text("contact.website")
    assert "contact.website" in caught.value.words()
    with pytest.raises(Refusal):
        found.text("contact.fax")


def test_two_files_that_say_the_same_have_one_hash():
    other = changed("name: 示例市总工会", "name: {is: 示例市总工会}")
    assert profile(other).sha256 == profile().sha256
    more = changed("name: 示例市总工会", "name: {is: 示例市总工会, source: 印章}")
    assert profile(more).sha256 != profile().sha256


def test_a_city_may_have_a_road_of_its_own():
    road = (
        "road:\n"
        "  - {id: decision, name: 审议, body: committee, needs: [minute], decides: yes}\n"
        "  - {id: issued, name: 印发, body: office, needs: [], publishes: yes}\n"
    )
    assert [one.id for one in profile(EXAMPLE + road).road.steps] == ["decision", "issued"]
    assert len(profile().road.steps) == 6


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("gonghui: profile/1", "gonghui: profile/2", "not a format this version reads"),
        ("code: example\n", "code: 示例\n", "not an identifier"),
        (
            "  short: 市总工会",
            "  shirt: 市总工会",
            "“shirt” here. Known here: name, short",
        ),
        ("  hours: 工作日8:30—17:30\n", "", "“hours” is missing"),
        ("  phone: 0990-0000000", "  phone: ''", "nothing is written"),
        ("  phone: 0990-0000000", "  phone: {is: 110, assumed: yes}", "needs its reason"),
        (
            "  phone: 0990-0000000",
            "  phone: {is: 110, assumed: yes, because: 猜, source: 报}",
            "not both",
        ),
        ("  phone: 0990-0000000", "  phone: {is: unknown, assumed: yes, because: 猜}", "unknown"),
        ("  phone: 0990-0000000", "  phone: [1, 2]", "a single value is needed"),
        ("  phone: 0990-0000000", "  phone: &a 0990", "not used here"),
        ('division_code: "990100"', 'division_code: "9901"', "“9901” cannot stand here"),
        ('number: "9900000000000000001"', 'number: "99000 00"', "cannot stand here"),
        ("code: example/medical", "code: other/medical", "“other/medical” cannot stand here"),
        ("code: example/medical", "code: unknown", "cannot be unknown"),
        ("  name: 示例市总工会", "  name: unknown", "cannot be unknown"),
        ("credit_code: unknown", "credit_code: 123", "instead of 18"),
        ("{head}〔{year}〕{number}号", "{head}{number}号", "made of {year}, {number}"),
        ("{head}〔{year}〕{number}号", "{head}〔{year}〕{number}{clerk}", "made of {year}"),
        ("{head}〔{year}〕{number}号", "{head〔{year}〕{number}号", "made of {year}"),
        (
            "  committee: {name: 示例市职工医疗互助管理委员会, short: 管委会}\n",
            "",
            "needs the body",
        ),
        ("bodies:\n  committee:", "bodies:\n  parliament:", "no entry “parliament” here"),
        ("funds:\n  mutual_aid:", "funds:\n  互助金:", "not an identifier"),
        ("  mutual_aid: 职工医疗互助金", "  other: 职工医疗互助金", "no entry “mutual_aid” here"),
        ("  benefit: 互助金给付", "  payment: 互助金给付", "no entry “payment” here"),
    ],
)
def test_what_a_profile_cannot_say_is_refused_with_its_place(old, new, words):
    with pytest.raises(Refusal) as caught:
        profile(changed(old, new))
    assert words in caught.value.words()
    assert caught.value.place.file == "city.yaml"
    assert caught.value.place.line > 0
    assert caught.value.todo


def test_every_key_left_out_is_missed():
    """Control of the closed keys: no section can be dropped without a word."""
    tree = yaml.safe_load(EXAMPLE)
    for section in tree:
        without = {key: value for key, value in tree.items() if key != section}
        with pytest.raises(Refusal):
            profile(yaml.safe_dump(without, allow_unicode=True))
