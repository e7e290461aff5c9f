"""The twin under the shipped editions: read back from its files, it gives the published figures.

The way is that of the main job: feed, lists and covers through the adapter into a store, the store
through the compiled fold; nothing is taken from the twin's memory.
"""

import numpy as np
import pytest
import yaml

from gonghui.adapters.medical_insurance.intake import ingest
from gonghui.core.adjudication.columns import ColumnFold
from gonghui.core.adjudication.store import Order, Store
from gonghui.core.periods import parse_day
from gonghui.core.rulebook.compiler.program import compile_segments
from gonghui.core.rulebook.fields import NONE
from gonghui.core.rulebook.shelf import Shelf
from gonghui.core.rulebook.timeline import always, timeline
from gonghui.twin.engine import SCHEME, make_jiaozuo
from gonghui.twin.unions import MINE


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="module")
def folder(compiled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("jiaozuo") / "twin"
    make_jiaozuo(folder, compiled)
    return folder


@pytest.fixture(scope="module")
def intake(folder, tmp_path_factory):
    made = tmp_path_factory.mktemp("store")
    answers = timeline(Shelf.packaged(), SCHEME)[0].edition.answers
    report = ingest(
        sorted((folder / "feed").iterdir()),
        persons=folder / "persons.csv",
        covers=folder / "covers.csv",
        store=made / "store",
        rejects=made / "rejects.csv",
        order=Order(answers.deciding_date, answers.same_day_order),
    )
    return report, Store.open(made / "store")


@pytest.fixture(scope="module")
def store(intake):
    return intake[1]


def payouts(store, segments, compiled, **changed):
    """The rows of the store with their ``payout``; ``changed`` replaces whole columns before."""
    fold = ColumnFold(compile_segments(segments), compiled)
    names = {"person", "paid_on", "filed_on", "discharged_on", "hardship", *fold.columns}
    parts = []
    for part in range(store.manifest.partitions):
        columns = store.read(part, sorted(names))
        columns |= {name: change(columns) for name, change in changed.items()}
        results, _ = fold.results(columns)
        amount = np.zeros(columns["person"].size, dtype=np.int64)
        np.add.at(amount, results.row, results.amount)
        parts.append({**columns, "payout": amount})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def paid_by(rows, day):
    paid = (rows["paid_on"] != NONE) & (rows["paid_on"] <= parse_day(day))
    return np.bincount(rows["person"], np.where(paid, rows["payout"], 0)).astype(np.int64)


@pytest.fixture(scope="module")
def decided(store, compiled):
    return payouts(store, timeline(Shelf.packaged(), SCHEME), compiled)


def test_nothing_is_turned_away(intake, folder):
    report, store = intake
    assert report.rows_rejected == 0
    assert report.rejected.height == 0
    assert report.rows_in == report.settlements + report.reversals
    account = yaml.safe_load((folder / "published.yaml").read_text("utf-8"))
    assert store.rows == account["结果"]["结算笔数"]


def test_people_paid_and_the_sum(decided):
    each = paid_by(decided, "2022-10-31")
    assert (each > 0).sum() == 1_120
    assert each.sum() == 960_290_00


def test_the_most_in_hardship(decided, store):
    each = paid_by(decided, "2022-10-31")
    hardship = np.unique(decided["person"][decided["hardship"] == 1])
    most = hardship[np.argmax(each[hardship])]
    assert each[most] == 27_970_00 == paid_by(decided, "2022-03-31")[most]
    identities = store.identities()
    assert identities["unit_name"].filter(identities["person"] == most).to_list() == [MINE]


def test_the_mark_of_hardship_changes_no_amount(decided, store, compiled):
    unmarked = payouts(
        store,
        timeline(Shelf.packaged(), SCHEME),
        compiled,
        hardship=lambda columns: np.zeros_like(columns["hardship"]),
    )
    assert np.array_equal(unmarked["payout"], decided["payout"])


def test_what_was_paid_is_what_has_a_day_of_payment(decided):
    assert np.array_equal(decided["payout"] > 0, decided["paid_on"] != NONE)


def test_the_account_is_what_the_files_give(decided, folder):
    account = yaml.safe_load((folder / "published.yaml").read_text("utf-8"))
    whole = account["结果"]["全年结算的给付（含以后到账）"]
    assert whole["笔数"] == (decided["payout"] > 0).sum()
    assert whole["人数"] == np.unique(decided["person"][decided["payout"] > 0]).size
    hashes = compile_segments(timeline(Shelf.packaged(), SCHEME)).hashes
    assert tuple(account["校准"]["所依实施细则"].values()) == hashes


def test_under_the_revision_nobody_is_paid_less(decided, store, compiled):
    revised = always(Shelf.packaged().edition(f"{SCHEME}/2022-revised"))
    # Stays that ended before the cover began are no more covered by the revision.
    after = payouts(store, revised, compiled)
    before = np.bincount(decided["person"], decided["payout"])
    gained = np.bincount(after["person"], after["payout"]) - before
    assert gained.min() >= 0
    assert (gained > 0).sum() > 1_000
