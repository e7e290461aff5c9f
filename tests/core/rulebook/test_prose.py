"""The readable document: nothing left out, nothing said twice, every assumption marked."""

import json
import re
from collections import Counter
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.rulebook import prose
from gonghui.core.rulebook.edition import read_edition
from gonghui.core.rulebook.readable import Heading, Provision, Source, Table, markdown
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.wording import Wording

SHELF = Shelf.packaged()
EDITIONS = [SHELF.edition(name) for name in SHELF.ids]
JIAOZUO = SHELF.edition("jiaozuo/medical/2022")
CLASSES = SHELF.edition("example/class-ordinal/2024")


def provisions(edition):
    document = prose.document(Wording(edition))
    return [block for block in document.blocks if isinstance(block, Provision)]


def named(edition, label):
    return next(one for one in provisions(edition) if one.label == label)


def section(edition, title):
    """What stands under a heading, to the next."""
    blocks = prose.document(Wording(edition)).blocks
    start = blocks.index(Heading(1, title)) + 1
    ends = [place for place in range(start, len(blocks)) if isinstance(blocks[place], Heading)]
    return blocks[start : ends[0] if ends else None]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_every_parameter_is_told_once(edition):
    told = Counter()

    class Listening(prose.Sources):
        def of(self, parameters):
            told.update(parameter.path for parameter in parameters)
            return super().of(parameters)

    teller = prose._Teller(Wording(edition))
    teller._sources = Listening(Wording(edition))
    teller.document()
    assert told == Counter(parameter.path for parameter in edition.parameters)


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_nothing_shipped_falls_through_to_the_end(edition):
    assert Heading(1, "Further statements") not in prose.document(Wording(edition)).blocks


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_every_provision_bears_where_it_comes_from(edition):
    free = {"Who may take part", "Found by people", "Fee per person and period"}
    others = {one.label for one in edition.classes if one.test is None}
    for one in provisions(edition):
        assert one.sources or one.label in free | others, one


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_a_clauses_words_stand_once_and_every_reason_is_given(edition):
    sources = [source for one in provisions(edition) for source in one.sources]
    quoted = Counter(source.words for source in sources if source.words)
    assert set(quoted.values()) <= {1}
    cited = {parameter.citation.clause for parameter in edition.parameters} - {""}
    assert quoted.keys() == {edition.clause(identifier).words for identifier in cited}
    reasons = {parameter.citation.because for parameter in edition.assumptions}
    assert {source.because for source in sources} - {""} == reasons


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_what_is_assumed_is_listed_at_the_end(edition):
    *_, table = prose.document(Wording(edition)).blocks
    if not edition.assumptions:
        assert not isinstance(table, Table)
        return
    reasons = list(dict.fromkeys(row[2] for row in table.rows if row[2] != "as above"))
    assert set(reasons) == {parameter.citation.because for parameter in edition.assumptions}


def test_a_number_stands_with_its_clause_and_its_words():
    fee = named(JIAOZUO, "Fee per person and period")
    assert fee.text == "80 yuan"
    assert fee.sources == (Source(clause="互助金", words=JIAOZUO.clause("fee").words),)


def test_what_no_source_states_is_marked_with_its_reason():
    base = named(JIAOZUO, "Base")
    assert base.text.endswith(" [assumed]")
    assert base.sources == (
        Source(because=JIAOZUO.parameter("benefits.hospital.base").citation.because),
    )


def test_where_only_a_part_is_assumed_it_is_said_which():
    period = named(JIAOZUO, "Mutual-aid period")
    assert "[assumed]" not in period.text
    stated, assumed = period.sources
    assert (stated.clause, stated.about) == ("启动", "(first day of a period) ")
    assert assumed.about == "(length of a period) "
    assert assumed.because.startswith("一个互助保障期的长度未载明")


def test_bands_by_hospital_level_are_one_table():
    bands = named(JIAOZUO, "Bands")
    assert bands.table == Table(
        ("hospital level", "primary", "secondary", "tertiary", "unrated"),
        (
            ("up to 5,000 yuan", "50%", "45%", "40%", "40%"),
            ("above 5,000 yuan up to 20,000 yuan", "55%", "50%", "45%", "45%"),
            ("above 20,000 yuan", "60%", "55%", "50%", "50%"),
        ),
    )


def test_a_table_over_two_facts_has_one_down_and_one_across():
    *_, floor = [one for one in provisions(CLASSES) if one.label == "Floor"]
    assert floor.table == Table(
        ("class of person", "stay 1", "from stay 2 on"),
        (
            ("特困职工或劳动模范", "650 yuan", "325 yuan"),
            ("其他职工", "1,300 yuan", "650 yuan"),
        ),
    )


def test_an_assumed_figure_among_stated_ones_is_marked_in_the_table():
    floor = named(CLASSES, "Floor")
    assert floor.table.rows == (("amount", "1,800 yuan※", "1,800 yuan"),)


def test_a_long_table_shows_the_commonest_figure_once():
    jilin = SHELF.edition("jilin-university/medical/2022")
    benefit = jilin.benefits[0]
    rows = tuple(f"d{n}" for n in range(21))
    from gonghui.core.rulebook.figures import table_of
    from gonghui.core.rulebook.model import Dimension, Number
    from gonghui.core.rulebook.tables import CODES

    diseases = Dimension("disease", tuple(CODES["disease"].words))
    number = Number(f"{benefit.path}.amount", "fen", (0, 500, 500, *[100] * 18), (diseases,))
    table = table_of(Wording(jilin), [("", number)])
    assert len(rows) == len(diseases.rows)
    assert table.rows == (
        ("malignant tumour, acute myocardial infarction", "5 yuan"),
        ("other", "0 yuan"),
        ("all others", "1 yuan"),
    )


def test_the_last_day_in_force_is_the_one_before_until():
    assert prose.in_force(Wording(JIAOZUO)) == "from 2022-01-01 to 2022-12-31"
    assert prose.in_force(Wording(replace(JIAOZUO, valid_until=2_932_897))) == "from 2022-01-01 on"


def test_the_gates_amount_is_decided_by_people():
    paragraph, *found = section(SHELF.edition("jiaozuo/medical/2022-revised"), "大额自费救助")
    assert "市总工会党组 decides the amount" in paragraph.text
    line = next(one for one in found if one.label == "Line of the gate")
    assert line.text == "100,000 yuan; above it; exactly at it is not enough"


def test_the_changes_of_a_revision_tell_when_they_count():
    *_, change = section(SHELF.edition("jiaozuo/medical/2022-revised"), "Validity")
    assert change.label == "From the next period"
    assert change.text.startswith("fee per person and period, ")
    assert "享受次数 · number" in change.text


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.id)
def test_the_markdown_is_whole(edition):
    text = markdown(prose.document(Wording(edition)))
    assert "****" not in text
    assert not re.search(r"\{\w*\}", text)
    for table in re.findall(r"(?:^ *\|.*\n)+", text, re.MULTILINE):
        widths = {line.replace(r"\|", "").count("|") for line in table.splitlines()}
        assert len(widths) == 1
    assert json.dumps(asdict(prose.document(Wording(edition))))


def test_a_bar_in_a_cell_does_not_break_the_table():
    document = prose.document(Wording(JIAOZUO))
    document = replace(document, blocks=(Table(("a", "b"), (("x|y", "1"),)),))
    assert r"| x\|y | 1 |" in markdown(document)


CONDITIONS = [
    ("in_service: no", "not in service"),
    ("hospital_level: [二级, 三级]", "hospital level: secondary, tertiary"),
    ("personal_total: {at_least: 500 yuan}", "personal total at least 500 yuan"),
    ("days: {above: 3, below: 30}", "days above 3 and days below 30"),
    ("age: {at: cover_from, from: 16, to: 60}", "aged 16 to 60 on cover from"),
    ("age: {at: deciding_date, from: 18}", "aged 18 or more on deciding date"),
    ("age: {at: cover_from, to: 60}", "aged 60 or less on cover from"),
    ("retired: no", "not retired"),
    ("not: {left_unit: yes}", "not (has left the unit)"),
    ("any: [{retired: no}, {all: [{enrolled_before: yes}, {hardship: yes}]}]",
     "not retired or (renewal and hardship)"),
    ("uses: {of: uses, below: 2}", "享受次数 so far below 2"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "words"), CONDITIONS)
def test_conditions_say_what_they_ask(condition, words, tmp_path):
    from gonghui.core.rulebook.document import parse

    shelf = SHELF.folder / "jiaozuo" / "medical"
    text = (shelf / "2022.yaml").read_text(encoding="utf-8")
    assert "require: {in_service: yes}" in text
    node = parse(
        text.replace("require: {in_service: yes}", f"require: {{{condition}}}").encode(), "x"
    )
    edition = read_edition(node, JIAOZUO.clauses)
    assert Wording(edition).test(edition.eligibility[0].test) == words


@given(st.integers(0, 10**9))
def test_amounts_are_shown_to_the_fen(fen):
    shown = Wording(JIAOZUO).amount(fen).removesuffix(" yuan").replace(",", "")
    yuan, _, part = shown.partition(".")
    assert int(yuan) * 100 + int(part or 0) == fen
