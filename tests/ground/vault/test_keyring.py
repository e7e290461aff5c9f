"""The key file: private, whole, never overwritten, and plain words when it is not so."""

import copy
import json
import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from gonghui.ground.vault.errors import KeyLost, KeysRefused
from gonghui.ground.vault.keyring import (
    Keyring,
    change_keyring,
    keyring_path,
    make_keyring,
    new_keyring,
    read_keyring,
    to_json,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "keys" / "vault.json"


@pytest.mark.parametrize("profile", ["intl", "guomi"])
def test_what_was_made_is_read_again(path, profile):
    made = make_keyring(path, profile)
    assert to_json(read_keyring(path)) == to_json(made)
    assert made.profile.name == profile


def test_only_its_user_may_read_it(path):
    make_keyring(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(path.parent) == [path.name]


def test_two_installations_share_no_key():
    one, other = to_json(new_keyring()), to_json(new_keyring())
    assert one["masters"]["1"]["secret"] != other["masters"]["1"]["secret"]
    assert one["blind"] != other["blind"]


def test_an_existing_one_is_never_overwritten(path):
    make_keyring(path)
    before = path.read_bytes()
    with pytest.raises(KeysRefused, match="key file already"):
        make_keyring(path)
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_one_that_others_could_read_or_change_is_refused(path, mode):
    make_keyring(path)
    path.chmod(mode)
    with pytest.raises(KeysRefused, match="Others could read"):
        read_keyring(path)


def test_a_folder_that_others_write_to_is_refused(path):
    make_keyring(path)
    path.parent.chmod(0o770)
    with pytest.raises(KeysRefused, match="Others could read"):
        read_keyring(path)


def test_nothing_but_a_file_is_a_key_file(path):
    path.parent.mkdir(parents=True, mode=0o700)
    path.symlink_to("/dev/null")
    with pytest.raises(KeysRefused, match="Others could read"):
        read_keyring(path)


def test_a_link_to_a_private_one_is_followed_and_stays(path, tmp_path):
    link = tmp_path / "link.json"
    make_keyring(path)
    link.symlink_to(path)
    change_keyring(link, Keyring.with_new_master)
    assert link.is_symlink()
    assert read_keyring(link).current_key_id == read_keyring(path).current_key_id == 2


def test_a_link_does_not_hide_a_folder_that_others_write_to(path, tmp_path):
    link = tmp_path / "link.json"
    make_keyring(path)
    link.symlink_to(path)
    path.parent.chmod(0o777)
    with pytest.raises(KeysRefused, match="Others could read"):
        read_keyring(link)


def test_a_lost_one_is_said_to_be_lost(path):
    with pytest.raises(KeyLost, match="no key file") as refused:
        read_keyring(path)
    assert str(path) in refused.value.words()


DAMAGES = {
    "cut": lambda said: json.dumps(said)[:-20],
    "another format": lambda said: json.dumps({**said, "format": "gonghui keys 9"}),
    "no list": lambda said: "[]",
    "an unknown profile": lambda said: json.dumps({**said, "profile": "none"}),
    "an unknown algorithm": lambda said: json.dumps(
        {**said, "masters": {"1": {**said["masters"]["1"], "algorithm": "rot13"}}}
    ),
    "a short key": lambda said: json.dumps(
        {**said, "masters": {"1": {**said["masters"]["1"], "secret": "AAAA"}}}
    ),
    "no base64": lambda said: json.dumps({**said, "blind": "*"}),
    "a short blind key": lambda said: json.dumps({**said, "blind": "AAAA"}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_refused_without_showing_what_it_holds(path, damage):
    said = to_json(make_keyring(path))
    path.write_text(DAMAGES[damage](said))
    with pytest.raises(KeysRefused, match="no key file, or it is damaged") as refused:
        read_keyring(path)
    assert said["masters"]["1"]["secret"][:8] not in refused.value.words()


def test_the_current_key_must_be_there(path):
    said = to_json(make_keyring(path))
    path.write_text(json.dumps({**said, "current": 7}))
    with pytest.raises(KeyLost, match="is not among the keys") as refused:
        read_keyring(path)
    assert refused.value.values == {"key": 7, "algorithm": "aes-256-gcm"}


def test_it_lies_in_the_home_unless_the_environment_says_otherwise(tmp_path):
    assert keyring_path(tmp_path, {}) == tmp_path / "keys" / "vault.json"
    assert str(keyring_path(tmp_path, {"GONGHUI_KEYS": "/media/stick/k.json"})) == (
        "/media/stick/k.json"
    )


def test_a_new_master_key_is_current_and_the_old_one_stays(path):
    before = to_json(make_keyring(path))
    change_keyring(path, Keyring.with_new_master)
    after = to_json(read_keyring(path))
    assert after["current"] == 2
    assert after["masters"]["1"] == before["masters"]["1"]
    assert after["blind"] == before["blind"]


def test_new_keys_made_at_the_same_moment_are_all_kept(path):
    make_keyring(path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: change_keyring(path, Keyring.with_new_master), range(16)))
    assert sorted(read_keyring(path).masters) == list(range(1, 18))


def test_a_change_that_is_refused_changes_nothing(path):
    make_keyring(path)
    before = path.read_bytes()
    with pytest.raises(KeysRefused, match="is the current one"):
        change_keyring(path, lambda keyring: keyring.without(1))
    with pytest.raises(KeysRefused, match="not there"):
        change_keyring(path, lambda keyring: keyring.without(9))
    assert path.read_bytes() == before


def test_an_old_key_can_be_taken_out(path):
    make_keyring(path)
    change_keyring(path, Keyring.with_new_master)
    change_keyring(path, lambda keyring: keyring.without(1))
    assert list(read_keyring(path).masters) == [2]


def test_an_unknown_profile_is_refused():
    with pytest.raises(KeysRefused, match="no profile"):
        new_keyring("rot13")


def test_keys_show_themselves_nowhere():
    keyring = new_keyring()
    assert "masters" not in repr(keyring)
    assert repr(keyring.blind_key)[2:12] not in repr(keyring)
    assert repr(keyring.masters[1]) == f"MasterKey(algorithm={keyring.profile.algorithm})"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(keyring)
    with pytest.raises(TypeError, match="not pickled"):
        copy.copy(keyring)


def test_the_soft_provider_says_that_nobody_assessed_it(path):
    assert make_keyring(path).assessment == "not assessed"
    assert json.loads(path.read_text())["assessment"] == "not assessed"
