"""Mappings are data that strangers write; messages are data in two languages."""

import string

import pytest
import yaml

from gonghui.adapters.medical_insurance import FeedRefused, errors
from gonghui.adapters.medical_insurance.mapping import KEYS, MAPPINGS, load_mapping
from gonghui.core.rulebook.fields import FIELDS

SHIPPED = sorted(path.stem for path in MAPPINGS.glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_mappings_are_sound_and_titled_in_both_languages(name):
    mapping = load_mapping(name)
    assert mapping.title.keys() >= {"zh", "en"}
    assert mapping.headings.keys() <= FIELDS.keys() | KEYS[mapping.format].keys()


def test_the_national_names_are_known():
    national = load_mapping("national")
    codes = {name.casefold() for field in FIELDS.values() for name in field.national}
    codes -= {"brdy", "gend"}
    heard = {heading for headings in national.headings.values() for heading in headings}
    assert codes <= heard
    assert {"setl_id", "init_setl_id", "mdtrt_id", "certno", "refd_setl_flag", "vali_flag"} <= heard


def test_a_mapping_elsewhere_extends_one_that_ships_unless_one_lies_beside_it(tmp_path):
    ours = "extends: national\ntitle: {zh: 甲, en: a}\ncolumns: {pool_pay: [统筹]}\n"
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(ours, "utf-8")
    mapping = load_mapping(tmp_path / "one.yaml")
    assert mapping.headings["pool_pay"] == ("统筹",)
    assert mapping.identities == load_mapping("national").identities
    beside = (MAPPINGS / "national.yaml").read_text("utf-8") + "\ninterim: refuse\n"
    (tmp_path / "national.yaml").write_text(beside, "utf-8")
    assert not load_mapping(tmp_path / "two.yaml").takes_interim


BASE = "format: settlements\ntitle: {zh: 甲, en: a}\ncolumns: {settlement_id: [A]}\n"
NEEDED = "needed: {columns: [settlement_id], cells: []}\n"

BROKEN = [
    ("", "not a mapping"),
    ("- 1\n", "not a mapping"),
    ("a: [", "flow"),
    ("extends: nobody\n", "没有这个文件"),
    ("extends: ours\n", "extends itself"),
    (BASE, "needed"),
    (BASE.replace("settlements", "payments") + NEEDED, "format must be one of"),
    (BASE.replace("settlement_id", "settlement") + NEEDED, "unknown columns"),
    (BASE.replace("[A]", "[A], visit_id: [A]") + NEEDED, "feeds two columns"),
    (BASE.replace("[A]", "[A], pool_pay: [HIFMI_PAY], fund_total: [HIFMI_PAY]") + NEEDED, "two"),
    (BASE + NEEDED.replace("[settlement_id]", "[colour]"), "unknown: colour"),
    (BASE + NEEDED + "codes: {event_kind: {'1': holiday}}\n", "holiday"),
    (BASE + NEEDED + "identities: [{left: total_cost, right: total + 1}]\n", "total"),
    (BASE + NEEDED + "derived: [{field: colour, is: total_cost}]\n", "unknown: colour"),
    (BASE + NEEDED + "interim: perhaps\n", "interim must be one of"),
]


@pytest.mark.parametrize(("text", "complaint"), BROKEN)
def test_a_broken_mapping_is_refused_by_name(tmp_path, text, complaint):
    path = tmp_path / "ours.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(FeedRefused, match=complaint):
        load_mapping(path)


def test_a_fact_fed_from_another_heading_leaves_its_own_to_nobody():
    bridge = load_mapping("bridge-example")
    assert bridge.headings["civil_servant_pay"] == ("hifmi_pay",)
    assert bridge.headings["supplementary_pay"] == ()
    fed = [heading for headings in bridge.headings.values() for heading in headings]
    assert len(fed) == len(set(fed))
    assert bridge.identities == load_mapping("national").identities


def test_every_message_is_complete_in_both_languages():
    chinese, english = errors.messages("zh"), errors.messages("en")
    assert chinese.keys() == english.keys()
    for code, message in chinese.items():
        other = english[code]
        for mine, theirs in ((message.wrong, other.wrong), (message.do, other.do)):
            assert mine and theirs, code
            assert placeholders(mine) == placeholders(theirs) <= {"value"}, code
        assert any("一" <= character <= "鿿" for character in message.wrong), code


def test_every_code_is_used_and_every_use_has_words():
    folder = MAPPINGS.parent
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    codes = yaml.safe_load((folder / "messages.yaml").read_text("utf-8"))
    assert [code for code in codes if f'"{code}"' not in source] == []


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
