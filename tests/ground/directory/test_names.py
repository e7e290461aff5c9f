"""Names as people write them, and what two spellings have in common."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.ground.directory.names import DOTS, check_name, fold_name, pinyin_key, written_name


@pytest.mark.parametrize("dot", [*"·•・‧．", ".", " · ", "", " "])
def test_five_dots_and_none_fold_to_one_name(dot):
    assert fold_name(f"买买提{dot}艾力") == fold_name("买买提·艾力")
    assert written_name(f"买买提{dot}艾力").replace(" ", "") == f"买买提{dot}艾力".replace(" ", "")


def test_different_names_stay_different():
    assert fold_name("王伟") != fold_name("王炜")
    assert fold_name("陈喆") != fold_name("陈哲")


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＪＯＨＮ　Smith", "john smith"), ("陳國華", "陈国华"), ("王峯", "王峰"), ("神", "\ufa19")],
)
def test_width_case_and_variants_fold(one, other):
    assert fold_name(one) == fold_name(other)


def test_a_widened_name_is_stored_without_the_gap():
    assert written_name("王\u3000 伟 ") == "王伟"
    assert written_name("John  Smith\u200b") == "John Smith"
    assert written_name("𬱖 䶮") == "𬱖䶮"
    assert written_name("\ue863") == "䶮"


@given(st.text(max_size=12))
def test_writing_and_folding_twice_change_nothing_more(name):
    written = written_name(name)
    assert written_name(written) == written
    assert unicodedata.is_normalized("NFC", written)
    assert fold_name(fold_name(name)) == fold_name(name)
    assert not set(fold_name(name)) & set(DOTS)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单雄信", "shan xiong xin"),
        ("解缙", "xie jin"),
        ("曾国藩", "zeng guo fan"),
        ("仇英", "qiu ying"),
        ("区伟", "ou wei"),
        ("单于明", "chan yu ming"),
        ("尉迟恭", "yu chi gong"),
        ("尉健", "wei jian"),
        ("王单", "wang dan"),
        ("吕布", "lv bu"),
        ("买买提·艾力", "mai mai ti ai li"),
        ("𬱖", "di"),
        ("John Smith", "johnsmith"),
        ("", ""),
    ],
)
def test_names_by_sound(name, key):
    assert pinyin_key(name) == key


def test_a_character_nobody_can_read_sorts_last():
    assert pinyin_key("王\U0003106c") > pinyin_key("王左")


@given(st.text(max_size=12))
def test_every_name_has_a_key_that_can_be_typed(name):
    assert pinyin_key(name).isascii()


@pytest.mark.parametrize("name", ["", "王" * 61, "王?", "王□伟", "王1", "王\ufffd", "王\ue001"])
def test_what_is_no_name_is_refused(name):
    assert check_name(name) is not None


@pytest.mark.parametrize("name", ["王伟", "买买提·艾力", "𬱖䶮", "Nguyễn Văn A", "O'Neill"])
def test_names_of_all_kinds_are_names(name):
    assert check_name(written_name(name)) is None
