"""docs/reference/rule-book-language.md shows what the reader reads, and leaves out no choice."""

import re
from pathlib import Path

import pytest
import yaml

from gonghui.core.adjudication.cases import differences, read_case
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import STEPS, read_clauses, read_edition
from gonghui.core.rulebook.questions import QUESTIONS
from gonghui.core.rulebook.reasons import Reason
from gonghui.core.rulebook.tables import DIMENSIONS
from tests.core.rulebook.books import COUNTED, book, edition, fold, shelf

PAGE = (Path(__file__).parents[3] / "docs/reference/rule-book-language.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WORDS = set(re.findall(r"[a-z][a-z0-9_]+", " ".join(re.findall(r"`[^`\n]+`", PAGE))))


def example(beginning: str) -> str:
    (found,) = [each for each in EXAMPLES if beginning in each]
    return found


def clauses_for(text: str):
    cited = dict.fromkeys(re.findall(r"clause: ([a-z_]+)", text))
    return read_clauses("".join(f"## {clause}\n条文。\n" for clause in cited))


@pytest.fixture
def shown():
    text = example('edition: "2022"')
    return read_edition(parse(text.encode(), "example.yaml"), clauses_for(text))


def test_the_edition_of_the_page_is_an_edition(shown):
    assert shown.id == "pinghu/medical/2022"
    assert shown.caps[0].amount.plain == 3_000_000


def test_the_case_of_the_page_holds_under_the_edition_of_the_page(shown):
    case = read_case(example("事件: 住院").encode(), "case.yaml", shown.id)
    assert differences(case, fold(shown)) == []


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_yaml_that_a_rule_book_may_hold(text):
    assert parse(text.replace("[ … ]", "[]").encode(), "example.yaml").content


def test_the_conditions_tables_and_gates_of_the_page_are_read():
    conditions = example("id: in_service")
    found = edition({"eligibility": conditions})
    assert [one.id for one in found.eligibility] == ["in_service", "level", "age", "retired"]
    tables = example("by: hospital_level")
    said = yaml.load(tables, yaml.BaseLoader)
    classes = """
    [{id: special, label: 甲, when: {hardship: yes}}, {id: ordinary, label: 乙, otherwise: yes}]
    """
    whole = book({"classes": classes, "benefits.hospital.floor": "{kind: deductible}"})
    whole["benefits"][0]["rate"] = said["rate"] | {
        "rows": said["rate"]["rows"] | {"otherwise": "50%"}
    }
    whole["benefits"][0]["floor"]["amount"] = said["deductible"]
    read = edition(base=whole).benefits[0]
    assert read.rate.values == (5_000, 6_000, 5_500, 5_000)
    assert read.floor.amount.values == (65_000, 32_500, 130_000, 65_000)
    gates = yaml.load(example("id: special_grant"), yaml.BaseLoader)["gates"]
    assert edition(base=book() | {"gates": gates}).gates[0].line.plain == 10_000_000


def test_the_revision_of_the_page_is_applied(tmp_path):
    text = example("extends: jiaozuo/medical/2022").replace("{…}", "{document_number: unknown}")
    text = text.replace("title: …", "title: 修订").replace("[ … ]", "[]")
    revision = yaml.load(text.replace("because: …", "because: 未载明"), yaml.BaseLoader)
    base = {
        "scheme": "jiaozuo/medical",
        "benefits.hospital.rate": None,
        "benefits.hospital.bands": "{method: progressive, ends: upper_inclusive,"
        " rows: [{from: 0 yuan, rate: 60%}]}",
    }
    texts = {"jiaozuo/medical/2022-revised": "".join(
        f"## {clause}\n条文。\n" for clause in ("fee", "rates", "uses", "special")
    )}  # fmt: skip
    found = shelf(tmp_path, book(COUNTED | base), revision, texts=texts)
    revised = found.edition("jiaozuo/medical/2022-revised")
    assert revised.fee.plain == 7_000
    assert revised.benefits[0].bands.rows[0].result.plain == 7_000
    assert revised.counts[0].limit.plain == 3


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.key)
def test_the_page_asks_every_question_and_lists_its_choices(question):
    assert question.key.rpartition(".")[2] in WORDS
    choices = set(question.choices) if "order" not in question.choices else set(STEPS)
    assert choices <= WORDS


def test_the_page_knows_every_reason_and_every_dimension():
    # What the door refuses and what a person decides are told elsewhere.
    told = {reason.name.lower() for reason in Reason} - {"input_refused", "decide_by_hand"}
    assert told <= WORDS
    assert set(DIMENSIONS) <= WORDS
