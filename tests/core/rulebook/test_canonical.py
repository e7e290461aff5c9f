"""The hash of an edition: blind to how it is written, open-eyed for what it says."""

from copy import deepcopy
from dataclasses import replace

import pytest
import yaml

from gonghui.core.errors import Refusal
from gonghui.core.rulebook import quantities
from gonghui.core.rulebook.canonical import canonical_bytes, edition_hash
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_clauses, read_edition
from gonghui.core.rulebook.shelf import Shelf
from tests.core.rulebook.books import COUNTED, book, edition, written

SHELF = Shelf.packaged()
TEXT = "## fee 互助金\n互助金筹集标准为每人80元。\n"
RICH = COUNTED | {
    "classes": "[{id: a, label: 甲, when: {hardship: yes, away: no}},"
    " {id: b, label: 乙, otherwise: yes}]",
    "eligibility": "[{id: a, label: 条件, require: {医院等级: [二级, 三级], 在职: yes}}]",
    "benefits.hospital.rate": "{by: hospital_level, rows: {一级: 60%, 二级: 55%, otherwise: 50%}}",
    "participation": "{minimum: 80%, small_unit: {up_to: 10, minimum: 100%}}",
    "contribution.fee": "{is: 80 yuan, clause: fee}",
}


def rich(changes=None) -> str:
    return edition_hash(edition(RICH | (changes or {}), clauses=TEXT))


@pytest.mark.parametrize(
    "otherwise",
    [
        {"contribution.fee": "{is: 80.00元, clause: fee}"},
        {"contribution.fee": "{clause: fee, is: '80   yuan'}"},
        {
            "benefits.hospital.rate": "{rows: {otherwise: 50 %, secondary: 55.0%, primary: 60%},"
            " by: [hospital_level]}"
        },
        {
            "benefits.hospital.rate": "{by: hospital_level, rows: {未定级: 50%, 三级: 50%,"
            " 二级: 55%, 一级: 60%}}"
        },
        {
            "eligibility": "[{require: {in_service: true, HOSP_LV: [tertiary, secondary]},"
            " label: 条件, id: a}]"
        },
        {"benefits.hospital.events": "[住院]"},
        {"benefits.hospital.base": "个人负担总金额"},
        {"benefits.hospital.base": "((PSN_PART_AMT))"},
        {"valid": "{until: 2023-1-1, from: 2022-1-1}"},
        {"participation": "{small_unit: {minimum: 100.00%, up_to: '10'}, minimum: 80%}"},
        {"participation": "{minimum: {is: 80%}, small_unit: {up_to: 10, minimum: 100%}}"},
        {
            "because": "自拟",
            "benefits.hospital.assumed": "true",
            "benefits.hospital.because": "自拟",
        },
    ],
)
def test_another_spelling_has_the_same_hash(otherwise):
    assert rich(otherwise) == rich()


def test_the_order_of_keys_comments_and_layout_leave_no_trace():
    said = book(RICH)
    turned = turned_round(said)
    assert list(turned) != list(said)
    laid_out = "# 一条说明\n" + yaml.dump(turned, allow_unicode=True, sort_keys=False)
    clauses = read_clauses(TEXT)
    found = read_edition(parse(laid_out.encode(), "other.yaml"), clauses)
    assert edition_hash(found) == rich()
    crlf = laid_out.replace("\n", "\r\n").encode("utf-8-sig")
    assert (
        edition_hash(read_edition(parse(crlf, "x"), read_clauses(TEXT.replace("\n", "\r\n"))))
        == rich()
    )


def turned_round(part):
    """The same with the keys of every mapping in the opposite order."""
    if isinstance(part, dict):
        return {key: turned_round(part[key]) for key in reversed(part)}
    return [turned_round(item) for item in part] if isinstance(part, list) else part


def test_composed_and_decomposed_letters_are_the_same_text():
    # é in one sign or in two: a file that passed through another system says the same.
    assert rich({"title": "caf\u00e9"}) == rich({"title": "cafe\u0301"})


@pytest.mark.parametrize(
    "otherwise",
    [
        {"contribution.fee": "{is: 80.01 yuan, clause: fee}"},
        {"contribution.fee": "80 yuan"},
        {"because": "另有原因"},
        {"title": "另一个"},
        {"edition": "'2022a'"},
        {"valid.until": "2023-01-02"},
        {"period.starts": "2022-01-02"},
        {"benefits.hospital.label": "住院"},
        {"benefits.hospital.rate": "{by: hospital_level, rows: {一级: 60%, otherwise: 50%}}"},
        {"benefits.hospital.base": "own_expense"},
        {"benefits.hospital.less": "[commercial_pay]"},
        {"answers.overpayment": "waive"},
        {"answers.steps": "[count, minimum, claim_cap, period_cap, rounding]"},
        {"governance.document_number": "{is: 平工〔2021〕1号}"},
        {"limits.counts.uses.limit": "3"},
        {"participation": "{minimum: 81%, small_unit: {up_to: 10, minimum: 100%}}"},
        {"eligibility": "[]"},
    ],
)
def test_another_word_or_number_has_another_hash(otherwise):
    assert rich(otherwise) != rich()


def test_another_word_of_a_clause_has_another_hash():
    assert edition_hash(edition(RICH, clauses=TEXT.replace("每人", "每名职工"))) != rich()


def test_the_bytes_hold_no_place_and_no_spaces():
    found = canonical_bytes(edition(RICH, clauses=TEXT)).decode()
    assert "book.yaml" not in found
    assert '"line"' not in found
    assert ": " not in found.replace("： ", "")
    assert "互助金筹集标准为每人80元。" in found


def test_every_shipped_edition_has_a_hash_of_its_own_the_same_whenever_it_is_read():
    names = {name: edition_hash(SHELF.edition(name)) for name in SHELF.ids}
    assert len(set(names.values())) == len(names)
    assert all(len(value) == 64 for value in names.values())
    assert {name: edition_hash(Shelf.packaged().edition(name)) for name in SHELF.ids} == names


CHANGED = {
    "fen": lambda text: f"{quantities.amount(text) / 100 + 1:.2f} yuan",
    "rate": lambda text: f"{(quantities.rate(text) - 1) % 10_000 / 100:.2f}%",
    "count": lambda text: str(quantities.count(text) + 1),
}


@pytest.mark.parametrize("name", [name for name in SHELF.ids if not SHELF.edition(name).extends])
def test_each_number_of_a_shipped_edition_counts_for_its_hash(name):
    path = SHELF.folder / f"{name}.yaml"
    said = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    original = SHELF.edition(name)
    seen = {edition_hash(original)}
    changed = 0
    for place, key, text in numbers_of(said):
        unit = next((unit for unit in CHANGED if readable(unit, text)), None)
        if unit is None or key in ("edition", "version"):
            continue
        before, place[key] = place[key], CHANGED[unit](text)
        try:
            found = read_edition(parse(written(said).encode(), path.name), original.clauses)
        except Refusal:
            continue  # bands that no longer meet, a split that no longer adds up, rows turned
        finally:
            place[key] = before
        changed += 1
        digest = edition_hash(replace(found, extends=original.extends))
        assert digest not in seen, (key, text)
        seen.add(digest)
    assert changed >= 3


def numbers_of(part):
    """Every place of a text in a book: its mapping or list, its key, the text."""
    for key, value in part.items() if isinstance(part, dict) else enumerate(part):
        if isinstance(value, str):
            yield part, key, value
        else:
            yield from numbers_of(value)


def readable(unit: str, text: str) -> bool:
    reader = {"fen": quantities.amount, "rate": quantities.rate, "count": quantities.count}[unit]
    try:
        reader(text)
    except Refusal:
        return False
    return True


def test_the_change_of_every_parameter_value_changes_the_hash():
    plain = edition(RICH, clauses=TEXT)
    for position, parameter in enumerate(plain.parameters):
        value = parameter.value + 1 if isinstance(parameter.value, int) else f"{parameter.value}x"
        parameters = list(deepcopy(plain.parameters))
        parameters[position] = replace(parameter, value=value)
        assert edition_hash(replace(plain, parameters=tuple(parameters))) != edition_hash(plain)
