"""Who signed a head, and where the key is."""

from __future__ import annotations

import stat
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gonghui.core.errors import Refusal
from gonghui.ground.audit import signing
from gonghui.ground.audit.chain import Head
from gonghui.ground.audit.services.heads import evening_sheet, write_sheet
from tests.ground.audit.judging import verifier

HEAD = Head("3f0c", 4, "sha256", 61, "ab" * 32, "2026-11-23T15:59:59.000001Z", "", "")


@pytest.fixture
def key(tmp_path):
    return signing.make_key(tmp_path / "keys")


@pytest.fixture
def public(key, tmp_path):
    return (tmp_path / "keys" / signing.PUBLIC).read_bytes()


def test_a_signature_holds_for_the_head_it_was_made_for_only(key, public):
    head = signing.signed(HEAD, key)
    assert signing.signature_holds(head, public)
    for forged in (
        replace(head, hash="cd" * 32),
        replace(head, last=60),
        replace(head, at="2026-11-24T15:59:59.000001Z"),
        replace(head, chain="77aa"),
        replace(head, key="0" * 16),
        replace(head, signature="00" * 64),
        replace(head, signature="no"),
        replace(head, signature=""),
    ):
        assert not signing.signature_holds(forged, public), forged


def test_a_signature_of_another_key_does_not_hold(key, public):
    other = signing.Ed25519Signer(Ed25519PrivateKey.generate())
    assert not signing.signature_holds(signing.signed(HEAD, other), public)
    assert not signing.signature_holds(signing.signed(HEAD, key), b"no key")


def test_the_key_is_kept_for_oneself_and_never_overwritten(key, tmp_path):
    path = tmp_path / "keys" / signing.PRIVATE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(Refusal, match="a key already"):
        signing.make_key(tmp_path / "keys")
    assert path.read_bytes() == before
    assert signing.load_key(tmp_path / "keys").key == key.key


def test_a_missing_key_is_said(tmp_path):
    with pytest.raises(Refusal, match="no key to sign"):
        signing.load_key(tmp_path)


def test_another_scheme_is_plugged_in(monkeypatch):
    monkeypatch.setattr(signing, "_checks", dict(signing._checks))
    head = replace(HEAD, scheme="sm2", key="hsm 1", signature="0a")
    with pytest.raises(Refusal, match="not installed"):
        signing.signature_holds(head, b"")
    signing.plug_in(
        "sm2", lambda public, message, given: given == b"\n" and message == head.signed()
    )
    assert signing.signature_holds(head, b"")


def test_the_sheet_is_paper_for_people_and_a_file_for_the_verifier(key, public, tmp_path):
    head = signing.signed(HEAD, key)
    sheet = evening_sheet(head, city="示例市总工会", waiting=3)
    write_sheet(tmp_path / "heads" / "sheet.txt", sheet)
    assert "单    位　示例市总工会\n封存时间　2026年11月23日 23:59:59（北京时间）" in sheet
    assert "          abababab abababab abababab abababab\n" in sheet
    (read,) = signing.heads_in(tmp_path / "heads" / "sheet.txt")
    assert read == head
    assert signing.signature_holds(read, public)
    (judged,) = verifier.heads_in(str(tmp_path / "heads" / "sheet.txt"))
    assert (judged.block, judged.hash) == (4, "ab" * 32)


def test_a_sheet_is_never_written_over_another(tmp_path):
    write_sheet(tmp_path / "sheet.txt", "first")
    with pytest.raises(FileExistsError):
        write_sheet(tmp_path / "sheet.txt", "second")
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.txt"]
    assert (tmp_path / "sheet.txt").read_text() == "first"


def test_a_head_that_was_touched_is_refused(key, tmp_path):
    head = signing.signed(HEAD, key)
    line = f"{head.digest()} {head.line().decode()}\n"
    (tmp_path / "head.txt").write_text(line.replace(",4,", ", 4,"))
    with pytest.raises(Refusal, match="cannot be read"):
        list(signing.heads_in(tmp_path / "head.txt"))
