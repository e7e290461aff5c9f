"""The structure of an edition: what may stand where, and that everything cites its source."""

from datetime import date

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.periods import FOREVER, day_of
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_clauses, read_edition
from gonghui.core.rulebook.model import Citation, Clause, Waiting
from tests.core.rulebook.books import COUNTED, FILE, book, edition, refused, written

TEXT = """
前言不属于任何条款。

## fee 互助金
互助金筹集标准为每人80元。

### 说明
次级标题属于条款。

## rate
按50%给付。
"""


def test_a_plain_edition_is_read():
    found = edition()
    assert found.id == "example/medical/2022"
    assert (found.valid_from, found.valid_until) == (
        day_of(date(2022, 1, 1)),
        day_of(date(2023, 1, 1)),
    )
    assert found.fee is not None
    assert found.fee.plain == 8_000
    assert found.benefits[0].rate is not None
    assert found.benefits[0].rate.plain == 5_000
    assert found.extends == ""


def test_the_end_of_an_edition_may_be_open_and_its_fee_unknown():
    found = edition({"valid.until": None, "contribution.fee": "unknown"})
    assert found.valid_until == FOREVER
    assert found.fee is None


# Keys


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("benefitz", "benefits"),
        ("answers.dedicing_date", "deciding_date"),
        ("contribution.fees", "fee"),
        ("cover.waitings", "waiting"),
        ("period.month", "months"),
        ("valid.untill", "until"),
        ("governance.issuer", "issued_by"),
        ("limits.count", "counts"),
        ("benefits.hospital.rates", "rate"),
        ("benefits.hospital.minimum.amout", ""),
        ("benefits.hospital.wehn", "when"),
        ("colour", ""),
    ],
)
def test_a_key_the_language_does_not_have_is_refused_with_the_nearest(path, near):
    refusal = refused({path: "x"})
    assert refusal.field == path
    key = path.rpartition(".")[2]
    assert f"has no “{key}” here. Known here: " in refusal.words()
    assert f" → {near}?" in refusal.words() or not near
    line = written(book({path: "x"})).splitlines()[refusal.place.line - 1]
    assert line[refusal.place.column - 1 :].startswith(f'"{key}"')


@pytest.mark.parametrize(
    "path",
    [
        "gonghui", "scheme", "edition", "title", "valid", "valid.from", "governance",
        "governance.document_number", "period", "period.starts", "period.months", "answers",
        "contribution", "contribution.fee", "cover", "cover.starts", "cover.waiting",
        "cover.waiting.kind", "benefits", "limits", "benefits.hospital.id",
        "benefits.hospital.label", "benefits.hospital.events", "benefits.hospital.formula",
        "benefits.hospital.base", "benefits.hospital.minimum", "benefits.hospital.minimum.kind",
        "benefits.hospital.deadline", "benefits.hospital.deadline.kind",
    ],
)  # fmt: skip
def test_what_every_edition_needs_is_missed_by_name(path):
    refusal = refused({path: None})
    assert f"“{path.rpartition('.')[2]}” is missing" in refusal.words()
    above = path.rpartition(".")[0]
    assert refusal.field == ("benefits.1" if path == "benefits.hospital.id" else above)


def test_a_share_has_a_rate_or_bands_and_not_both():
    assert "either one rate or bands" in refused({"benefits.hospital.rate": None}).words()
    both = {"benefits.hospital.bands": "{}"}
    assert "either one rate or bands" in refused(both).words()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"gonghui": "rulebook/2"}, "gonghui", "rulebook/1"),
        ({"valid.until": "2022-01-01"}, "valid", "ends before it begins"),
        ({"valid.from": "2022-02-30"}, "valid.from", "not a date"),
        ({"period.months": "0"}, "period", "at least one month"),
        ({"period.months": "12 months"}, "period.months", "not a whole number"),
        ({"benefits": "[]"}, "benefits", "an id of its own"),
        ({"benefits.hospital.id": "Hospital"}, "benefits.Hospital.id", "not an identifier"),
        ({"benefits.hospital.id": "住院"}, "benefits.住院.id", "not an identifier"),
        ({"benefits.hospital.formula": "share of it"}, "benefits.hospital.formula", "lump_sum"),
        ({"benefits.hospital.events": "[住院, 体检]"}, "benefits.hospital.events.2", "体检"),
        ({"benefits.hospital.events": "住院"}, "benefits.hospital.events", "a list is needed"),
        ({"benefits.hospital.base": "total * 2"}, "benefits.hospital.base", "cannot stand"),
        ({"benefits.hospital.base": "bill"}, "benefits.hospital.base", "no amount"),
        ({"benefits.hospital.less": "[公务员补助, days]"}, "benefits.hospital.less.2", "“days”"),
        ({"benefits.hospital.rate": "0.5"}, "benefits.hospital.rate", "Write 50%, or 0.5%"),
        ({"benefits.hospital.rate": "[50%]"}, "benefits.hospital.rate", "a single value"),
        ({"benefits": "hospital"}, "benefits", "a list is needed"),
        ({"limits": "none"}, "limits", "key: value"),
        ({"contribution.fee": "80"}, "contribution.fee", "without its unit"),
        ({"cover.starts": "tomorrow"}, "cover.starts", "common_date, day_after_upload"),
        ({"cover.waiting.kind": "some"}, "cover.waiting.kind", "first_join"),
        ({"cover.waiting": "{kind: everyone}"}, "cover.waiting", "“length” is missing"),
        ({"cover.waiting": "{kind: everyone, length: 30}"}, "cover.waiting.length", "30 days"),
        ({"cover.waiting": "{kind: first_join, length: 30 days}"}, "cover.waiting", "renewal_gap"),
        (
            {"cover.waiting": "{kind: everyone, length: 1 month, renewal_gap: 0 days}"},
            "cover.waiting.renewal_gap",
            "has no “renewal_gap”",
        ),
        ({"answers.rounding.unit": "0.05 yuan"}, "answers.rounding.unit", "0.01, 0.1, 1, 10"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_place(changes, field, words):
    refusal = refused(changes)
    assert words in refusal.words()
    assert refusal.field == field


def test_waiting_counts_days_or_months():
    def waiting(said: str) -> Waiting:
        return edition({"cover.waiting": said}).cover.waiting

    everyone = waiting("{kind: everyone, length: 1个月}")
    assert everyone.length is not None
    assert (everyone.length.unit, everyone.length.plain) == ("months", 1)
    first = waiting("{kind: first_join, length: 30 days, renewal_gap: 0 days}")
    assert first.length is not None
    assert (first.length.unit, first.length.plain) == ("days", 30)
    assert first.renewal_gap is not None
    assert first.renewal_gap.plain == 0


def test_ids_stand_once():
    twins = {"benefits.+": "{id: hospital, label: 又一个}"}
    assert "an id of its own" in refused(twins).words()
    same = COUNTED | {
        "limits.caps": "[{id: uses, label: 最高, amount: 9 yuan, window: year, covers: [hospital]}]"
    }
    assert "“uses” stands twice" in refused(same).words()


def test_limits_cover_kinds_that_exist():
    refusal = refused(COUNTED | {"limits.counts.1.covers": "[hospital, dental]"})
    assert "There is no benefit “dental”. Benefits are: hospital." in refusal.words()
    assert refusal.field == "limits.counts.uses.covers.2"


# Citing


def test_clauses_are_the_headings_of_the_text():
    assert read_clauses(TEXT) == (
        Clause("fee", "互助金", "互助金筹集标准为每人80元。\n\n### 说明\n次级标题属于条款。"),
        Clause("rate", "", "按50%给付。"),
    )
    assert read_clauses(TEXT.replace("\n", "\r\n")) == read_clauses(TEXT)
    assert read_clauses("") == ()


@pytest.mark.parametrize(
    ("fee", "citation"),
    [
        ("80 yuan", Citation(because="自拟")),
        ("{is: 80 yuan}", Citation(because="自拟")),
        ("{is: 80 yuan, clause: fee}", Citation(clause="fee")),
        ("{is: 80 yuan, assumed: yes, because: 猜的}", Citation(because="猜的")),
    ],
)
def test_a_parameter_cites_what_stands_nearest_above_it(fee, citation):
    found = edition({"contribution.fee": fee}, clauses=TEXT)
    parameter = found.parameter("contribution.fee")
    assert parameter is not None
    assert parameter.citation == citation
    assert (parameter in found.assumptions) == bool(citation.because)


def test_a_citation_holds_for_all_below_that_does_not_say_otherwise():
    said = {"benefits.hospital.clause": "rate", "benefits.hospital.minimum.clause": "fee"}
    cited = edition(said, clauses=TEXT)
    clauses = {
        parameter.path: parameter.citation.clause
        for parameter in cited.parameters
        if parameter.path.startswith("benefits.")
    }
    assert clauses.pop("benefits.hospital.minimum.kind") == "fee"
    assert set(clauses.values()) == {"rate"}


def test_every_parameter_needs_a_clause_or_an_assumption():
    refusal = refused({"assumed": None, "because": None})
    assert "cites no clause" in refusal.words()
    assert "assumed: true" in refusal.words()


@pytest.mark.parametrize(
    "path",
    ["valid.from", "period.starts", "answers.claims", "answers.steps", "answers.rounding.unit",
     "contribution.fee", "cover.starts", "benefits.hospital.events", "benefits.hospital.base",
     "benefits.hospital.rate", "benefits.hospital.floor.kind", "benefits.hospital.deadline.kind"],
)  # fmt: skip
def test_a_wrong_citation_is_refused_wherever_it_stands(path):
    *above, last = path.split(".")
    for cited, words in {
        "clause: nowhere": "The text has no clause “nowhere”",
        "clause: fee, assumed: true, because: x": "not both",
        "clause: fee, because: x": "not both",
        "assumed: true": "An assumption needs its reason",
        "assumed: true, because: ''": "An assumption needs its reason",
        "because: x": "“because” goes with “assumed: true”",
        "assumed: perhaps, because: x": "“because” goes with “assumed: true”",
    }.items():
        place = book()
        for step in above:
            place = place[step] if isinstance(place, dict) else place[0]
        value = written(place[last])
        refusal = refused({path: f"{{is: {value}, {cited}}}"}, clauses=TEXT)
        assert words in refusal.words()
        assert refusal.field.startswith(path)


def test_a_value_beside_its_citation_takes_nothing_else():
    refusal = refused({"contribution.fee": "{is: 80 yuan, clause: fee, amount: 1}"}, clauses=TEXT)
    assert refusal.field == "contribution.fee.amount"


def test_a_refusal_points_at_line_and_column_of_the_value():
    text = written(book()).replace('"80 yuan"', '\n\n   "80"')
    with pytest.raises(Refusal) as caught:
        read_edition(parse(text.encode(), FILE), ())
    line = text[: text.index('"80"')].count("\n") + 1
    assert str(caught.value).startswith(f"{FILE}:{line}:4: contribution.fee: “80” is an amount")


def test_a_parameter_is_found_by_the_nearest_statement_above_its_path():
    found = edition()
    fee = found.parameter("contribution.fee")
    assert found.parameter("contribution.fee.deeper.still") is fee
    assert found.parameter("nowhere") is None
    assert found.clause("nowhere") is None


# Classes and lists of diseases


def test_classes_end_in_everybody_else():
    ok = (
        "[{id: model, label: 劳模, when: {model_worker: yes}},"
        " {id: rest, label: 其他, otherwise: yes}]"
    )
    assert [one.id for one in edition({"classes": ok}).classes] == ["model", "rest"]
    for wrong in (
        "[{id: model, label: 劳模, when: {model_worker: yes}}]",
        "[{id: rest, label: 其他, otherwise: yes}, {id: a, label: b, when: {hardship: yes}}]",
        "[{id: a, label: b}, {id: rest, label: 其他, otherwise: yes}]",
    ):
        assert "the last has “otherwise: yes”" in refused({"classes": wrong}).words()


def test_a_list_of_diseases_names_known_ones_and_may_be_cited_as_a_whole():
    listed = "{major: {version: '2022', label: 大病, diseases: [恶性肿瘤, stroke_sequelae]}"
    asks = {"benefits.hospital.when": "[{id: d, label: 大病, require: {disease_in: major}}]"}
    found = edition({"disease_lists": f"{listed}}}", **asks})
    assert found.parameter("disease_lists.major") is not None
    cited = edition({"disease_lists": f"{listed}, clause: fee}}", **asks}, clauses=TEXT)
    parameter = cited.parameter("disease_lists.major")
    assert parameter is not None
    assert parameter.citation == Citation(clause="fee")
    unknown = "{major: {version: '2022', label: 大病, diseases: [感冒]}}"
    assert "“感冒” is not known" in refused({"disease_lists": unknown}).words()
