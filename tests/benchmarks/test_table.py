"""What is measured, how it is summed up and told; nothing here looks at a clock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.children import Answer, Child, ChildFailed, Way
from benchmarks.data import NoRoom, prepared
from benchmarks.measuring import Floor, Goal, Line, Measured, duration, measure
from benchmarks.report import HEAD, row

ROOT = Path(__file__).parents[2]


def counted(limit: int) -> Way:
    """Fails when it has run so often."""
    runs: list[int] = []

    def run() -> Answer:
        runs.append(1)
        if len(runs) > limit:
            raise ValueError("too often")
        return Answer(note="done")

    return Way(run)


def changing() -> Way:
    runs: list[int] = []

    def run() -> Answer:
        runs.append(1)
        return Answer(note=str(len(runs)))

    return Way(run)


def measured(wall: float, floor: float, **changes) -> Measured:
    line = Line("way", counted, (1,), 1_000, Floor(counted, (1,), 1_000), Goal(2, "floor"))
    numbers = {"wall_s": (wall,), "cpu_s": (wall,), "floor_s": (floor,), "floor_cpu_s": (floor,)}
    return Measured(**{"line": line, "answer": Answer(), "peak_bytes": 0, **numbers, **changes})


def test_a_way_and_its_floor_run_by_turns_in_children():
    line = Line("way", counted, (4,), 1_000, Floor(counted, (4,), 500), times=10)
    found = measure(line, repeats=3)
    assert found.answer == Answer(note="done")
    assert len(found.wall_s) == len(found.floor_s) == 3
    assert found.peak_bytes > 10_000_000


def test_what_a_child_raises_is_told():
    with pytest.raises(ChildFailed, match="too often"):
        Child(counted, (0,))
    child = Child(counted, (1,))
    with pytest.raises(ChildFailed, match="too often"):
        child.run()


def test_an_answer_that_changes_is_a_fault():
    child = Child(changing, ())
    with pytest.raises(ChildFailed, match="AssertionError"):
        child.run()


def test_a_goal_is_met_up_to_its_limit():
    assert measured(2.0, 1.0).met
    assert not measured(2.001, 1.0).met
    seconds = Line("way", counted, (1,), 1_000, goal=Goal(1, "s"))
    assert measured(1.0, 1.0, line=seconds).met
    assert measured(1.0, 1.0, line=seconds).of_floor is None


def test_a_scaled_way_is_held_against_the_floor_of_a_settlement():
    floor = Floor(counted, (1,), 1_000)
    line = Line("way", counted, (1,), 10, floor, scaled_to=1_000)
    assert measured(500.0, 1.0, line=line).of_floor == 500


def test_a_row_has_a_cell_under_every_head():
    cells = row(measured(0.3, 0.1), ["rows", "sums"]).split("|")
    assert len(cells) == len(HEAD.splitlines()[0].split("|"))
    assert [cell.strip() for cell in cells[1:9]] == [
        "way", "1,000", "0.3 s (0.3 s – 0.3 s)", "0.1 s", "3.0", "3.0", "≤ 2 ×", "**no**",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(17.34e-6, "17.3 µs"), (0.0521, "52.1 ms"), (0.42, "0.42 s"), (1234.5, "1,234 s")],
)
def test_durations_are_told_in_a_unit_that_suits(seconds, words):
    assert duration(seconds) == words


def test_a_full_disk_is_told_before_anything_is_made(tmp_path):
    with pytest.raises(NoRoom, match="GONGHUI_HOME"):
        prepared(10**15, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_data_is_made_once_and_anew_when_what_makes_it_changes(tmp_path, monkeypatch):
    first = prepared(10_000, tmp_path)
    made_at = first.arrivals.stat().st_mtime_ns
    assert prepared(10_000, tmp_path).arrivals.stat().st_mtime_ns == made_at
    monkeypatch.setattr("inspect.getsource", lambda module: "another")
    second = prepared(10_000, tmp_path)
    assert not first.folder.exists()
    assert second.people == first.people


@pytest.mark.slow
def test_the_whole_table_is_printed(tmp_path):
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks"],
        cwd=ROOT,
        env={**os.environ, "ROWS": "20000", "REPEATS": "3", "GONGHUI_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    table = answer.stdout.splitlines()
    assert len(table) > 20
    assert not any("traceback" in line.lower() for line in table)
