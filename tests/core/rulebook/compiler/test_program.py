"""The program of a scheme: code by shape, numbers in one array, every number with its entry."""

import re
from random import Random

import pytest

from gonghui.core.errors import Refusal
from gonghui.core.rulebook.compiler.layout import FIRST_FREE, Layout
from gonghui.core.rulebook.compiler.memory import Memory
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.compiler.step import kinds_in_order, write_step
from gonghui.core.rulebook.document import parse
from gonghui.core.rulebook.edition import read_edition
from gonghui.core.rulebook.fields import FIELDS
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import Segment, always, timeline
from tests.core.rulebook.books import COUNTED, LUMP, book, edition, shelf
from tests.generators import SHAPES, text

SHELF = Shelf.packaged()
SCHEMES = sorted({name.rpartition("/")[0] for name in SHELF.ids})
PARAMETER = re.compile(r"p\[b \+ (\d+)( \+ )?")


def shaped(name: str, seed: int = 0):
    said = text(SHAPES[name](Random(seed)))
    return read_edition(parse(said.encode(), f"{name}.yaml"), ())


EDITIONS = [pytest.param(SHELF.edition(name), id=name) for name in SHELF.ids]
EDITIONS += [pytest.param(shaped(name), id=name) for name in sorted(SHAPES)]


def step_of(edition_):
    return compile_segments(always(edition_)).steps[0]


# Parameters


@pytest.mark.parametrize("one", EDITIONS)
def test_every_number_of_the_step_is_a_parameter_of_the_edition(one):
    step = step_of(one)
    assert len(step.values) == len(step.paths)
    start = 0
    while start < len(step.paths):
        path = step.paths[start]
        until = start
        while until < len(step.paths) and step.paths[until] == path:
            until += 1
        values = list(step.values[start:until])
        plain = one.parameter(path)
        rows = [each for each in one.parameters if each.path.startswith(f"{path}.rows.")]
        if len(values) == 1 and not rows:
            assert plain is not None, path
            assert plain.path == path
            assert [plain.value] == values
        else:
            assert [each.value for each in rows] == values, path
        start = until


@pytest.mark.parametrize("one", EDITIONS)
def test_every_position_of_the_array_is_read_and_none_beyond_it(one):
    step = step_of(one)
    for lines in (step.bare, step.traced):
        read = {
            (int(position), bool(table))
            for line in lines
            for position, table in PARAMETER.findall(line)
        }
        reached: set[int] = set()
        for position, table in read:
            path = step.paths[position]
            assert position == step.paths.index(path)
            size = step.paths.count(path)
            assert table or size == 1, path
            reached |= set(range(position, position + size))
        assert reached == set(range(len(step.values)))


def test_no_number_of_an_edition_stands_in_its_code():
    odd = {
        "benefits.hospital.rate": "43.21%",
        "benefits.hospital.floor": "{kind: deductible, amount: 987.65 yuan}",
        "benefits.hospital.minimum": "{kind: raised_to, amount: 765.43 yuan}",
        "limits.caps": "[{id: c, label: 最高, amount: 54321.98 yuan, window: ever,"
        " covers: [hospital]}]",
    }
    source = compile_segments(always(edition(odd))).source(traced=True)
    for number in ("4321", "98765", "76543", "5432198"):
        assert not re.search(rf"\b{number}\b", source)


# Shapes


def test_two_editions_that_differ_in_numbers_share_their_code():
    program = compile_segments(timeline(SHELF, "qinhuangdao/medical"))
    first, second = program.steps
    assert len(program.codes) == 1
    assert program.shapes == (0, 0)
    assert (first.bare, first.paths) == (second.bare, second.paths)
    assert first.values != second.values


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_search_over_numbers_compiles_nothing(name):
    one = shaped(name)
    other = read_edition(
        parse(re.sub(r"(\d)%", lambda m: f"{(int(m[1]) + 1) % 10}%", text(SHAPES[name](Random(0)))
                     .replace("100%", "99%")).encode(), "other.yaml"),
        (),
    )  # fmt: skip
    programs = [compile_segments(always(each)) for each in (one, other)]
    assert programs[0].shape == programs[1].shape
    assert programs[0].source(compiled=True) == programs[1].source(compiled=True)


@pytest.mark.parametrize(
    "changes",
    [
        COUNTED,
        {"answers.rounding.mode": "down"},
        {"answers.claims": "automatic"},
        {"benefits.hospital.base": "own_expense"},
        {"benefits.hospital.floor": "{kind: deductible, amount: 5 yuan}"},
        {"benefits.hospital.rate": "{by: away, rows: {yes: 5%, no: 5%}}"},
        {"benefits.+": LUMP},
        {"eligibility": "[{id: a, label: 条件, require: {in_service: yes}}]"},
    ],
)
def test_another_structure_is_another_shape(changes):
    assert step_of(edition(changes)).shape != step_of(edition()).shape
    plain, other = (compile_segments(always(edition(each))) for each in ({}, changes))
    assert plain.shape != other.shape


def test_words_that_move_no_money_are_no_part_of_the_shape():
    renamed = {"title": "另一个", "benefits.hospital.label": "别的", "contribution.fee": "9 yuan"}
    assert step_of(edition(renamed)).shape == step_of(edition()).shape


# Source


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_source_of_a_shipped_scheme_compiles(scheme):
    program = compile_segments(timeline(SHELF, scheme))
    for source in (
        program.source(),
        program.source(traced=True),
        program.source(compiled=True),
    ):
        compile(source, scheme, "exec")


@pytest.mark.parametrize("one", EDITIONS)
def test_the_traced_step_is_the_bare_one_and_what_it_writes_down(one):
    step = step_of(one)
    computing = [line for line in step.traced if not line.lstrip().startswith("t[")]
    blocks = [line.rstrip() for line in computing]
    assert [line for line in blocks if line.strip()] == [line.rstrip() for line in step.bare]
    written = [line for line in step.traced if line.lstrip().startswith("t[")]
    assert len(written) == len(step.trace)


@pytest.mark.parametrize("one", EDITIONS)
def test_every_traced_value_and_every_comment_leads_to_an_entry_of_the_edition(one):
    step = step_of(one)
    entries = {parameter.path for parameter in one.parameters}
    entries |= {each.path for each in one.benefits}
    entries |= {f"classes.{each.id}" for each in one.classes}

    def stands(path: str) -> bool:
        above = one.parameter(path) is not None or path in entries
        return above or any(each.startswith(f"{path}.") for each in entries)

    for traced in step.trace:
        assert stands(traced.path), traced
        assert not traced.kind or traced.kind in {each.id for each in one.benefits}
    for line in step.bare:
        _, _, cited = line.partition("  # ")
        for path in filter(None, cited.split(", ")):
            assert stands(path), line


@pytest.mark.parametrize("one", EDITIONS)
def test_a_traced_value_is_named_once_for_its_kind(one):
    names = [(each.kind, each.name) for each in step_of(one).trace if "band" not in each.name]
    assert len(set(names)) == len(names)


# Programs of several editions


def test_editions_of_one_scheme_lie_behind_one_another():
    program = compile_segments(timeline(SHELF, "jiaozuo/medical"))
    first, second = program.steps
    assert program.bases == (0, len(first.values))
    assert program.parameters == first.values + second.values
    assert program.starts[1] == program.ends[0]
    assert [program.at(day) for day in (program.starts[0] - 1, program.starts[0])] == [None, 0]
    assert [program.at(program.ends[0]), program.at(program.ends[1])] == [1, None]
    assert program.hashes[0] != program.hashes[1]


def test_facts_are_taken_in_the_order_of_the_dictionary():
    for scheme in SCHEMES:
        fields = compile_segments(timeline(SHELF, scheme)).fields
        assert list(fields) == [name for name in FIELDS if name in fields]


@pytest.mark.parametrize(
    ("key", "other"),
    [("deciding_date", "discharged_on"), ("same_day_order", "largest_cost_first")],
)
def test_editions_that_order_a_history_differently_are_refused(tmp_path, key, other):
    later = book({"edition": "'2023'", "valid": "{from: 2023-01-01}", f"answers.{key}": other})
    kept = shelf(tmp_path, book(), later)
    with pytest.raises(Refusal) as caught:
        compile_segments(timeline(kept, "example/medical"))
    assert f"“{key}” differs between example/medical/2022 and example/medical/2023" in str(
        caught.value
    )


def test_every_edition_of_a_scheme_knows_every_place_of_its_state():
    plain = edition()
    counted = edition(COUNTED | {"edition": "'2023'", "valid": "{from: 2023-01-01}"})
    segments = [
        Segment(plain.valid_from, plain.valid_until, plain),
        Segment(counted.valid_from, counted.valid_until, counted),
    ]
    program = compile_segments(segments)
    (place,) = program.layout.places
    assert (place.what, place.whose, place.window) == ("uses", "uses", "period")
    index = program.layout.places[place]
    assert f"    s[o + {index}] = 0" in "\n".join(program.steps[0].bare)


def test_places_are_given_once_behind_the_fixed_ones():
    layout = Layout()
    first = layout.index("uses", "a", "period")
    assert first == FIRST_FREE
    assert layout.index("uses", "b", "period") == FIRST_FREE + 1
    assert layout.index("uses", "a", "period") == first
    assert layout.index("uses", "a", "ever") == FIRST_FREE + 2
    assert layout.size == FIRST_FREE + 3
    assert [index for _, index in layout.of("period")] == [FIRST_FREE, FIRST_FREE + 1]


def test_kinds_are_taken_in_the_declared_order():
    two = {
        "benefits.+": LUMP.replace("[death]", "[hospital_stay]"),
        "answers.kind_order": "[death, hospital]",
    }
    assert [kind.id for kind in kinds_in_order(edition(two))] == ["death", "hospital"]
    assert [kind.id for kind in kinds_in_order(edition())] == ["hospital"]


def test_another_number_is_another_value_at_the_same_position():
    one, other = edition(), edition({"benefits.hospital.rate": "60%"})
    first, second = (write_step(each, Memory((each,)), Layout()) for each in (one, other))
    changed = [
        path for path, a, b in zip(first.paths, first.values, second.values, strict=True) if a != b
    ]
    assert changed == ["benefits.hospital.rate"]
    assert (first.bare, first.traced, first.paths) == (second.bare, second.traced, second.paths)
