"""Nonces never repeat, whoever draws them: processes forked from one parent, too (P13)."""

import os
from multiprocessing import get_context
from random import Random

import numpy as np
import pytest

from gonghui.ground.vault import sealing
from gonghui.ground.vault.keyring import new_keyring
from gonghui.ground.vault.sealing import NONCE_BYTES, Column, new_data_keys, seal_values

PROCESSES = 8
EACH = 10_000_000 // PROCESSES if os.environ.get("GONGHUI_SOAK") else 20_000
AT_A_TIME = 10_000
START = 5


def encrypt_many(key, path):
    """One child: encrypts and keeps the nonces."""
    with path.open("wb") as file:
        for _ in range(EACH // AT_A_TIME):
            rows = range(AT_A_TIME)
            sealed = seal_values([key] * AT_A_TIME, ["1"] * AT_A_TIME, Column("t", "c"), rows)
            file.write(b"".join(one[START : START + NONCE_BYTES] for one in sealed))


def repeats(folder):
    """How many nonces came up before, in eight processes forked from this one."""
    (key,), _ = new_data_keys(new_keyring(), [1])
    fork = get_context("fork")
    paths = [folder / str(number) for number in range(PROCESSES)]
    children = [fork.Process(target=encrypt_many, args=(key, path)) for path in paths]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * PROCESSES
    nonces = np.concatenate([np.fromfile(path, dtype=f"V{NONCE_BYTES}") for path in paths])
    assert nonces.size == EACH // AT_A_TIME * AT_A_TIME * PROCESSES
    words = nonces.view([("high", ">u8"), ("low", ">u4")])
    words.sort(order=["high", "low"])
    return int(np.count_nonzero(words[1:] == words[:-1]))


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_no_nonce_comes_twice_from_forked_processes(tmp_path):
    assert repeats(tmp_path) == 0


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_control_a_generator_seeded_before_the_fork_repeats_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "urandom", Random(1).randbytes)
    monkeypatch.setattr(f"{__name__}.EACH", AT_A_TIME)
    assert repeats(tmp_path) == AT_A_TIME * (PROCESSES - 1)
