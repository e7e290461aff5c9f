"""Which rules count on which days, when the changes of a revision begin at different times."""

from datetime import date

import pytest

from gonghui.core.adjudication.history import HistoryFold
from gonghui.core.periods import FOREVER, date_of, day_of
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.timeline import ALWAYS, always, timeline
from tests.core.rulebook.books import CAP, COUNTED, book, edition, revision, shelf, stay

SCHEME = "example/medical"
FEE = "{{at: contribution.fee, is: 70 yuan, effect: {}}}"
RATE = "{{at: benefits.hospital.rate, add: 10 points, effect: {}}}"
LIMIT = "{{at: limits.counts.uses.limit, is: 3, effect: {}}}"


def half_year(**changes):
    """The plain book until the middle of 2022, its period the calendar year."""
    return book({"valid.until": "2022-07-01", **changes})


def mid_year(*changes, **said):
    return revision(*changes, since="2022-07-01", **said)


def shown(segments):
    """Each segment's first day, the day after its last, and fee and rate of its edition."""
    return [
        (
            date_of(one.since).isoformat(),
            date_of(one.until).isoformat() if one.until < FOREVER else "",
            one.edition.fee.plain // 100,
            one.edition.benefits[0].rate.plain // 100,
        )
        for one in segments
    ]


def test_one_edition_is_one_segment(tmp_path):
    assert shown(timeline(shelf(tmp_path, book()), SCHEME)) == [
        ("2022-01-01", "2023-01-01", 80, 50)
    ]
    open_end = shelf(tmp_path, book({"valid.until": None}))
    assert shown(timeline(open_end, SCHEME)) == [("2022-01-01", "", 80, 50)]


def test_a_new_edition_follows_the_old(tmp_path):
    other = book({"edition": "'2023'", "valid": "{from: 2023-01-01}", "contribution.fee": "9 yuan"})
    assert shown(timeline(shelf(tmp_path, other, book()), SCHEME)) == [
        ("2022-01-01", "2023-01-01", 80, 50),
        ("2023-01-01", "", 9, 50),
    ]


@pytest.mark.parametrize(
    ("fee", "rate", "segments"),
    [
        (
            "from_date",
            "from_date",
            [("2022-01-01", "2022-07-01", 80, 50), ("2022-07-01", "2024-01-01", 70, 60)],
        ),
        (
            "next_period",
            "next_period",
            [("2022-01-01", "2022-07-01", 80, 50), ("2022-07-01", "2023-01-01", 80, 50),
             ("2023-01-01", "2024-01-01", 70, 60)],
        ),
        ("whole_period", "whole_period", [("2022-01-01", "2024-01-01", 70, 60)]),
        (
            "next_period",
            "from_date",
            [("2022-01-01", "2022-07-01", 80, 50), ("2022-07-01", "2023-01-01", 80, 60),
             ("2023-01-01", "2024-01-01", 70, 60)],
        ),
        (
            "whole_period",
            "from_date",
            [("2022-01-01", "2022-07-01", 70, 50), ("2022-07-01", "2024-01-01", 70, 60)],
        ),
        (
            "whole_period",
            "next_period",
            [("2022-01-01", "2023-01-01", 70, 50), ("2023-01-01", "2024-01-01", 70, 60)],
        ),
    ],
)  # fmt: skip
def test_a_revision_in_the_middle_of_a_period_counts_change_by_change(
    tmp_path, fee, rate, segments
):
    kept = shelf(tmp_path, half_year(), mid_year(FEE.format(fee), RATE.format(rate)))
    assert joined(shown(timeline(kept, SCHEME))) == joined(segments)


def joined(segments):
    """Without the borders at which nothing but the edition's name changes."""
    found = []
    for segment in segments:
        if found and found[-1][2:] == segment[2:]:
            found[-1] = (found[-1][0], *segment[1:])
        else:
            found.append(segment)
    return found


def test_the_edition_in_force_on_each_day_is_the_named_one(tmp_path):
    kept = shelf(tmp_path, half_year(), mid_year(FEE.format("next_period")))
    program = compile_segments(timeline(kept, SCHEME))

    def name(day: date) -> str | None:
        position = program.at(day_of(day))
        return None if position is None else program.editions[position].name

    assert name(date(2021, 12, 31)) is None
    assert name(date(2022, 6, 30)) == "2022"
    assert name(date(2022, 7, 1)) == "2023"
    assert name(date(2023, 12, 31)) == "2023"
    assert name(date(2024, 1, 1)) is None


def test_a_revision_from_the_first_day_of_a_period_counts_at_once(tmp_path):
    kept = shelf(tmp_path, book(), revision(FEE.format("next_period"), RATE.format("whole_period")))
    segments = timeline(kept, SCHEME)
    assert shown(segments) == [
        ("2022-01-01", "2023-01-01", 80, 50),
        ("2023-01-01", "2024-01-01", 70, 60),
    ]
    assert segments[1].edition is kept.edition(f"{SCHEME}/2023")


def test_a_change_that_never_comes_to_count_lengthens_nothing(tmp_path):
    ended = mid_year(FEE.format("next_period"), RATE.format("from_date"))
    ended["valid"]["until"] = "2022-09-01"
    assert shown(timeline(shelf(tmp_path, half_year(), ended), SCHEME)) == [
        ("2022-01-01", "2022-07-01", 80, 50),
        ("2022-07-01", "2022-09-01", 80, 60),
    ]


def test_going_back_over_the_period_ends_where_the_scheme_begins(tmp_path):
    late = book({"valid": "{from: 2022-03-01, until: 2022-07-01}"})
    kept = shelf(tmp_path, late, mid_year(FEE.format("whole_period")))
    assert joined(shown(timeline(kept, SCHEME))) == [("2022-03-01", "2024-01-01", 70, 50)]


def test_the_period_that_counts_is_that_of_the_extended_edition(tmp_path):
    school_year = half_year(**{"period.starts": "2021-09-25"})
    kept = shelf(tmp_path, school_year, mid_year(FEE.format("next_period")))
    assert joined(shown(timeline(kept, SCHEME))) == [
        ("2022-01-01", "2022-09-25", 80, 50),
        ("2022-09-25", "2024-01-01", 70, 50),
    ]


def test_a_change_still_to_come_waits_through_the_next_revision_too(tmp_path):
    first = revision(FEE.format("next_period"), name="b", since="2022-03-01")
    first["valid"]["until"] = "2022-06-01"
    second = revision(RATE.format("from_date"), name="c", since="2022-06-01")
    second |= {"extends": f"{SCHEME}/b"}
    kept = shelf(tmp_path, book({"valid.until": "2022-03-01"}), first, second)
    assert joined(shown(timeline(kept, SCHEME))) == [
        ("2022-01-01", "2022-06-01", 80, 50),
        ("2022-06-01", "2023-01-01", 80, 60),
        ("2023-01-01", "2024-01-01", 70, 60),
    ]


def test_one_edition_may_be_applied_to_all_days():
    plain = edition()
    (segment,) = always(plain)
    assert (segment.since, segment.until, segment.edition) == (ALWAYS, FOREVER, plain)


# What was used before a revision in mid-period counts after it


def decided(folder, base, revised, *history):
    fold = HistoryFold(compile_segments(timeline(shelf(folder, base, revised), SCHEME)))
    return [
        (row.edition.name, row.amount_fen // 100, row.reason.name.lower(),
         [(use.number, use.limit) for use in row.uses])
        for row in fold.fold(history)
    ]  # fmt: skip


def test_uses_before_a_revision_count_after_it(tmp_path):
    rows = decided(
        tmp_path,
        half_year(**COUNTED),
        mid_year(LIMIT.format("from_date"), RATE.format("from_date")),
        stay(1, "2022-02-01"),
        stay(2, "2022-03-01"),
        stay(3, "2022-04-01"),
        stay(4, "2022-07-01"),
        stay(5, "2022-08-01"),
        stay(6, "2023-01-01"),
    )
    assert rows == [
        ("2022", 500, "paid", [(1, 2)]),
        ("2022", 500, "paid", [(2, 2)]),
        ("2022", 0, "count_used_up", []),
        ("2023", 600, "paid", [(3, 3)]),
        ("2023", 0, "count_used_up", []),
        ("2023", 600, "paid", [(1, 3)]),
    ]


def test_money_drawn_before_a_revision_counts_after_it(tmp_path):
    capped = half_year(**{"limits.caps": f"[{CAP.replace('30000', '700')}]"})
    raised = "{at: limits.caps.ceiling.amount, add: 200 yuan, effect: from_date}"
    rows = decided(
        tmp_path,
        capped,
        mid_year(raised),
        stay(1, "2022-02-01"),
        stay(2, "2022-03-01"),
        stay(3, "2022-07-01"),
        stay(4, "2023-01-01", "2000"),
    )
    assert [(amount, reason) for _, amount, reason, _ in rows] == [
        (500, "paid"),
        (200, "cut"),
        (200, "cut"),
        (900, "cut"),
    ]


def test_a_kind_that_a_revision_adds_starts_from_nothing(tmp_path):
    added = """
    {at: benefits, effect: from_date, is: [
      {id: outpatient, label: 门诊, events: [outpatient], formula: lump_sum, amount: 9 yuan,
       minimum: {kind: none}, deadline: {kind: none}}]}
    """
    rows = decided(
        tmp_path, half_year(), mid_year(added), stay(1, "2022-06-30"), stay(2, "2022-07-01")
    )
    assert [(name, reason) for name, _, reason, _ in rows] == [
        ("2022", "paid"),
        ("2023", "event_not_covered"),
    ]
