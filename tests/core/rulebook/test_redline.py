"""The redline: every difference, no other, under the clause that ordered it."""

from dataclasses import replace

import pytest

from gonghui.core.rulebook import redline
from gonghui.core.rulebook.canonical import edition_hash
from gonghui.core.rulebook.readable import Heading, Paragraph, Table
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.wording import Wording

SHELF = Shelf.packaged()
BEFORE = SHELF.edition("jiaozuo/medical/2022")
AFTER = SHELF.edition("jiaozuo/medical/2022-revised")


def blocks(old, new):
    return redline.document(Wording(old), Wording(new)).blocks


def test_the_revision_of_jiaozuo():
    found = {one.path: one for one in redline.changes(BEFORE, AFTER)}
    fee = found["contribution.fee"]
    assert (fee.old.value, fee.new.value, fee.difference) == (8000, 7000, -1000)
    assert fee.effect.effect == "next_period"
    rates = [one for path, one in found.items() if path.startswith("benefits.hospital.bands")]
    assert len(rates) == 12
    assert {one.difference for one in rates} == {1000}  # ten points, on each of three by four
    assert {one.effect.at for one in rates} == {"benefits.hospital.bands.rows.*.rate"}
    assert found["limits.counts.uses.limit"].difference == 1
    assert found["limits.caps.year_ceiling.amount"].difference == 2_000_000
    others = {path for path in found if not path.startswith(("benefits", "gates"))}
    assert others == {
        "contribution.fee",
        "limits.counts.uses.limit",
        "limits.caps.year_ceiling.amount",
    }


def test_what_is_added_has_no_before():
    gate = next(one for one in redline.changes(BEFORE, AFTER) if one.path.endswith("line.above"))
    assert (gate.old, gate.new.value, gate.difference) == (None, 10_000_000, None)
    assert gate.effect.at == "gates"


def test_backwards_what_was_added_is_removed():
    gate = next(one for one in redline.changes(AFTER, BEFORE) if one.path.endswith("line.above"))
    assert gate.new is None
    assert gate.stated.value == 10_000_000
    shown = [block for block in blocks(AFTER, BEFORE) if isinstance(block, Table)]
    assert any("removed" in row for table in shown for row in table.rows)


@pytest.mark.parametrize("name", SHELF.ids)
def test_an_edition_does_not_differ_from_itself(name):
    edition = SHELF.edition(name)
    assert redline.changes(edition, edition) == ()
    assert any(isinstance(block, Paragraph) for block in blocks(edition, edition))


@pytest.mark.parametrize("name", SHELF.ids)
def test_every_changed_parameter_is_found(name):
    """Each parameter is changed by itself; the redline shows that one and no other."""
    edition = SHELF.edition(name)
    compared = [
        one for one in edition.parameters if not one.path.startswith(("valid.", "changes."))
    ]
    for parameter in compared:
        value = parameter.value + 1 if isinstance(parameter.value, int) else "other"
        changed = replace(parameter, value=value)
        spoilt = replace(
            edition,
            parameters=tuple(changed if one is parameter else one for one in edition.parameters),
        )
        (found,) = redline.changes(edition, spoilt)
        assert (found.old, found.new) == (parameter, changed)


def test_changes_stand_under_their_clause_with_its_words():
    shown = blocks(BEFORE, AFTER)
    titles = [block.text for block in shown if isinstance(block, Heading)]
    assert titles == [
        "互助金", "给付标准", "享受次数", "年度累计最高", "大额自费救助", "Without a clause",
        "Names", "Words of other clauses",
    ]  # fmt: skip
    fee = shown.index(Heading(1, "互助金"))
    assert shown[fee + 1] == Paragraph(AFTER.clause("fee").words)
    assert shown[fee + 2].rows == (
        ("fee per person and period", "80 yuan", "70 yuan", "−10 yuan",
         "from the next period [assumed]"),
    )  # fmt: skip


def test_both_sides_show_what_is_assumed():
    rates = next(
        block
        for block in blocks(BEFORE, AFTER)
        if isinstance(block, Table) and len(block.rows) == 12
    )
    assert rates.rows[1][1:4] == ("50% [assumed]", "60% [assumed]", "+10 points")


def test_an_assumption_that_became_a_clause_is_a_change():
    before, after = (SHELF.edition(f"qinhuangdao/medical/{year}") for year in (2017, 2018))
    (fee,) = [one for one in redline.changes(before, after) if one.path == "contribution.fee"]
    assert fee.difference == 0
    rows = [
        row for block in blocks(before, after) if isinstance(block, Table) for row in block.rows
    ]
    assert ("fee per person and period", "50 yuan [assumed]", "50 yuan", "now stated") in [
        row[:4] for row in rows
    ]


def test_a_label_alone_is_shown_too():
    benefit = replace(BEFORE.benefits[0], label="住院补助")
    renamed = replace(BEFORE, benefits=(benefit,))
    assert edition_hash(renamed) != edition_hash(BEFORE)
    *_, table = blocks(BEFORE, renamed)
    assert blocks(BEFORE, renamed)[-3] == Paragraph("No statement differs.")
    assert table.rows == (("benefits.hospital", "住院互助保障金", "住院补助"),)


def test_the_head_shows_title_and_span():
    head = blocks(BEFORE, AFTER)[0]
    rows = {row[0]: row[1:] for row in head.rows}
    assert rows["Title"] == (BEFORE.title, AFTER.title)
    assert rows["In force"] == (
        "from 2022-01-01 to 2022-12-31 [assumed]",
        "from 2023-01-01 to 2023-12-31 [assumed]",
    )
