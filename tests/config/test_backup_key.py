"""The keys apart from the backups: in one file, under a passphrase."""

import json
import stat

import pytest

from gonghui.config.backup_key import (
    FILE,
    BackupKey,
    kept_keys,
    make_backup_key,
    new_backup_key,
    open_keys,
    read_backup_key,
    seal_keys,
    write_private,
)
from gonghui.core.errors import Refusal

PASSPHRASE = "correct horse battery"
KEYS = {"vault.json": b'{"masters": 1}', "backup.json": b"\x00\xff"}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    file = tmp_path_factory.mktemp("bundle") / "keys.gonghui"
    write_private(file, seal_keys(KEYS, PASSPHRASE))
    return file


def test_the_keys_come_back_with_the_passphrase(bundle):
    assert open_keys(bundle, PASSPHRASE) == KEYS
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600
    assert b"masters" not in bundle.read_bytes()


def test_another_passphrase_opens_nothing(bundle):
    with pytest.raises(Refusal, match="The passphrase does not open"):
        open_keys(bundle, PASSPHRASE + "!")


def test_a_changed_file_opens_nothing(bundle, tmp_path):
    said = json.loads(bundle.read_text())
    middle = len(said["sealed"]) // 2
    letter = "A" if said["sealed"][middle] != "A" else "B"
    said["sealed"] = said["sealed"][:middle] + letter + said["sealed"][middle + 1 :]
    changed = tmp_path / "changed"
    changed.write_text(json.dumps(said))
    with pytest.raises(Refusal, match="or the file is damaged"):
        open_keys(changed, PASSPHRASE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"format": "gonghui keys 1"}',
        '{"format": "gonghui keys 1", "scrypt": {"n": 99999999999, "r": 8, "p": 1, "salt": "00"},'
        ' "sealed": ""}',
    ],
)
def test_what_is_no_bundle_is_refused(tmp_path, text):
    file = tmp_path / "file"
    file.write_text(text)
    with pytest.raises(Refusal, match="holds no keys kept by Gonghui"):
        open_keys(file, PASSPHRASE)


def test_a_short_passphrase_is_refused():
    with pytest.raises(Refusal, match="too short: it has 6 characters"):
        seal_keys(KEYS, "secret")


def test_all_keys_are_kept_but_the_passwords_of_this_server(tmp_path):
    folder, vault = tmp_path / "keys", tmp_path / "elsewhere" / "v.json"
    for file in (folder / "database.json", folder / "audit-signing.pem", folder / ".half", vault):
        file.parent.mkdir(exist_ok=True)
        file.write_text(file.name)
    make_backup_key(folder)
    assert set(kept_keys(folder, vault)) == {"audit-signing.pem", FILE, "vault.json"}


def test_a_key_is_never_overwritten(tmp_path):
    key = make_backup_key(tmp_path)
    with pytest.raises(FileExistsError):
        make_backup_key(tmp_path)
    assert read_backup_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_missing_key_says_where_to_look(tmp_path):
    with pytest.raises(Refusal, match="no backup key"):
        read_backup_key(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", new_backup_key().text().replace("=", "")])
def test_a_damaged_key_is_refused(text):
    with pytest.raises(Refusal, match="holds no backup key, or it is damaged"):
        BackupKey.of_text(text, "the file")


def test_no_key_is_shown():
    key = new_backup_key()
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)
