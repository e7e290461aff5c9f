"""`gonghui twin`: what it says, and that it touches no other folder."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.doors.cli.small_city import gonghui


@pytest.fixture
def made(monkeypatch):
    """The twin's own tests make the city; here it is as good as made."""
    calls = []

    def make_jiaozuo(folder, compiled, *, seed, working_days):
        calls.append((folder, compiled, seed))
        folder.mkdir()
        (folder / "persons.csv").write_text("", encoding="utf-8")
        assert working_days is not None
        return SimpleNamespace(
            people=[None] * 3,
            tree=SimpleNamespace(headcount=[0, 1, 2]),
            settlements={"person": np.zeros(5)},
        )

    monkeypatch.setattr("gonghui.twin.engine.make_jiaozuo", make_jiaozuo)
    return calls


def test_it_says_what_it_made(made, tmp_path, capsys):
    ending = gonghui(
        "--lang", "en", "twin", "make", tmp_path / "city", "--seed", "7", home=tmp_path
    )
    assert ending == 0
    said = capsys.readouterr().out
    assert said.startswith("Synthetic data: ")
    assert "2 units, 3 people, 5 settlements; seed 7." in said
    assert f"1 files in {tmp_path / 'city'}" in said
    assert made == [(tmp_path / "city", tmp_path / "compiled", 7)]


def test_its_seed_is_the_twins(made, tmp_path):
    from gonghui.twin.city import SEED

    gonghui("twin", "make", tmp_path / "city", home=tmp_path)
    assert made[0][2] == SEED


def test_a_word_is_no_seed(made, tmp_path, capsys):
    assert gonghui("twin", "make", tmp_path / "city", "--seed", "spring", home=tmp_path) == 2
    assert made == []
