"""Which lines a seed draws; whoever has the file and the seed draws them with the shell."""

import hashlib
import shutil
import subprocess
from collections import Counter
from fractions import Fraction

import pytest

from gonghui.core.errors import Refusal
from gonghui.programmes.mutualaid.auditing.drawing import Method, draw, key, layers_of, points
from gonghui.programmes.mutualaid.auditing.population import (
    Payment,
    population_of,
    read_population,
)
from gonghui.programmes.mutualaid.auditing.strata import allocate, strata

CLASSES, LEVELS = ("government", "private", "state_owned"), ("1", "2", "3")


def payments(count=200, salt=0):
    """Amounts of a long tail, months and classes mixed, the same in every run."""
    for at in range(count):
        dice = int(hashlib.sha256(f"{salt}/{at}".encode()).hexdigest(), 16)
        fen = 1 + (dice % 997) ** 2 + (50_000_00 if dice % 61 == 0 else 0)
        month = 1 + dice // 7 % 10
        yield Payment(
            f"20221020001AB{at:05d}", fen, f"2022-{month:02d}-15", "benefit",
            CLASSES[dice // 11 % 3], LEVELS[dice // 13 % 3],
        )  # fmt: skip


@pytest.fixture(scope="module")
def year():
    return population_of(payments())


STRATA = [Method("strata", by, weight) for by in ("amount", "unit", "month", "level")
          for weight in ("lines", "money")]  # fmt: skip


@pytest.mark.parametrize("method", [Method(), Method("money"), *STRATA], ids=str)
def test_the_same_seed_draws_the_same_and_another_draws_others(year, method):
    again = population_of(reversed(year.payments))
    assert again.content() == year.content()
    first = draw(year, method, 30, "经审-2022".encode().hex())
    assert first == draw(again, method, 30, "经审-2022".encode().hex())
    assert first != draw(year, method, 30, "another")
    assert sum(one.hits for one in first) == 30
    assert len({one.payment.reference for one in first}) == len(first)
    layers = layers_of(year, method, first)
    assert sum(layer.fen for layer in layers) == year.fen
    assert sum(layer.drawn for layer in layers) == len(first)


def test_a_population_that_grows_keeps_what_was_drawn_unless_the_new_come_before(year):
    before = draw(year, Method(), 30, "s")
    grown = population_of([*year.payments, *list(payments(201))[200:]])
    after = {one.payment.reference for one in draw(grown, Method(), 30, "s")}
    assert len(after & {one.payment.reference for one in before}) >= 29
    assert grown.sha256() != year.sha256()


def test_the_file_is_read_back_and_another_is_refused(year):
    assert read_population(year.content()) == year
    for broken in (
        year.content()[:-1],
        year.content().replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + year.content(),
        year.content().replace(b",benefit,", b",benefit,x,", 1),
        b"reference,fen\n",
    ):
        with pytest.raises(Refusal):
            read_population(broken)


def test_an_outsider_draws_the_same_with_standard_tools(year, tmp_path):
    """The lines of the how-to, run by a shell: no line of Gonghui takes part."""
    if not shutil.which("sha256sum"):
        pytest.skip("no sha256sum here")
    (tmp_path / "population.csv").write_bytes(year.content())
    script = """
    tail -n +2 population.csv | cut -d, -f1 | while read -r ref; do
      echo "$(printf '%s:%s' "$SEED" "$ref" | sha256sum | cut -c1-64) $ref"
    done | LC_ALL=C sort | head -n 30 | cut -d' ' -f2"""
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env={"SEED": "s1", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [one.payment.reference for one in draw(year, Method(), 30, "s1")]
    summed = subprocess.run(
        ["sha256sum", "population.csv"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert summed.stdout.split()[0] == year.sha256().hex()


def test_an_outsider_draws_every_so_many_yuan_again(year):
    """Reckoned as the page tells it, with nothing but hashlib and whole numbers."""
    rows = [line.split(",") for line in year.content().decode().splitlines()[1:]]
    total, size, seed = sum(int(row[1]) for row in rows), 40, "s2"
    rows.sort(key=lambda row: hashlib.sha256(f"{seed}:{row[0]}".encode()).hexdigest())
    start = int(hashlib.sha256(f"{seed}:start".encode()).hexdigest(), 16) % total
    hits: Counter[str] = Counter()
    for i in range(size):
        fen, below = (i * total + start) // size, 0
        for row in rows:
            if below <= fen < below + int(row[1]):
                hits[row[0]] += 1
            below += int(row[1])
    drawn = draw(year, Method("money"), size, seed)
    assert {one.payment.reference: one.hits for one in drawn} == hits
    assert max(hits.values()) > 1  # one above the interval is drawn more than once


def test_every_payment_of_an_interval_and_more_is_drawn(year):
    interval = Fraction(year.fen, 40)
    large = {one.reference for one in year.payments if one.fen >= interval}
    assert large
    for seed in ("a", "b", "c", "d"):
        assert large <= {one.payment.reference for one in draw(year, Method("money"), 40, seed)}


def test_a_fen_is_drawn_as_likely_as_any_other(year):
    """Over 400 seeds the large half of the money is hit as often as the small half."""
    by_size = sorted(year.payments, key=lambda one: one.fen)
    below, half = 0, set()
    for one in by_size:
        below += one.fen
        if below * 2 <= year.fen:
            half.add(one.reference)
    share = Fraction(sum(one.fen for one in by_size if one.reference in half), year.fen)
    hits = [
        sum(one.hits for one in draw(year, Method("money"), 10, str(seed))
            if one.payment.reference in half)
        for seed in range(400)
    ]  # fmt: skip
    assert abs(Fraction(sum(hits), 4000) - share) < Fraction(3, 100)
    # The control: drawn by lines, the many small ones are hit far more often than their money.
    lines = [
        sum(one.payment.reference in half for one in draw(year, Method(), 10, str(seed)))
        for seed in range(100)
    ]
    assert Fraction(sum(lines), 1000) - share > Fraction(20, 100)


def test_points_are_whole_and_one_an_interval():
    for fen, size in ((7, 7), (1_000_001, 30), (10**17 + 3, 5000)):
        found = points(fen, size, "s")
        assert len(set(found)) == size and found[0] >= 0 and found[-1] < fen
        assert all(i * fen // size <= one <= (i + 1) * fen // size for i, one in enumerate(found))


def test_layers_give_by_lines_or_by_money_and_never_more_than_they_hold():
    rows = [Payment(f"r{at}", fen, "2022-01-01", "benefit", "", "") for at, fen in
            enumerate([1_00] * 80 + [1_000_00] * 17 + [100_000_00] * 3)]  # fmt: skip
    layers = strata(rows, "amount")
    assert {name: len(inside) for name, inside in layers.items()} == {
        "0-500": 80, "500-2000": 17, "10000+": 3,
    }  # fmt: skip
    assert allocate(layers, 20, "lines") == {"0-500": 16, "500-2000": 3, "10000+": 1}
    assert allocate(layers, 20, "money") == {"0-500": 1, "500-2000": 16, "10000+": 3}
    assert allocate(layers, 100, "money") == {"0-500": 80, "500-2000": 17, "10000+": 3}
    with pytest.raises(Refusal, match="too few"):
        allocate(layers, 2, "lines")
    assert list(strata(rows, "unit")) == ["-"]
    with pytest.raises(Refusal, match="Bands"):
        strata(rows, "amount", [5, 3])


def test_what_cannot_be_drawn_is_refused(year):
    for size, seed in ((0, "s"), (201, "s"), (10, ""), (10, "a b"), (10, "x" * 65)):
        with pytest.raises(Refusal):
            draw(year, Method(), size, seed)
    with pytest.raises(Refusal, match="Nothing was paid"):
        draw(population_of([]), Method(), 1, "s")


def test_the_key_is_the_hash_of_seed_and_reference():
    said = "9a5a2c4ee0b5b4a7"
    assert key(said, "R1") == hashlib.sha256(b"9a5a2c4ee0b5b4a7:R1").hexdigest()
