"""Three of five people bring the keys back; two of them could as well be strangers."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.ground.vault.errors import KeysRefused
from gonghui.ground.vault.escrow import (
    Share,
    combine,
    from_text,
    new_passphrase,
    share_text,
    split,
    text_from_shares,
    to_text,
)
from gonghui.ground.vault.keyring import Keyring, change_keyring, make_keyring, read_keyring
from gonghui.ground.vault.sealing import (
    Column,
    new_data_keys,
    open_data_keys,
    open_values,
    seal_values,
)

COLUMN = Column("directory_personnumber", "cipher")
SECRET = bytes(range(64))


def test_every_three_of_five_give_the_secret():
    shares = split(SECRET)
    for three in combinations(shares, 3):
        assert combine(three) == SECRET
        assert combine(tuple(reversed(three))) == SECRET
    assert combine(shares) == SECRET


@given(st.binary(min_size=1, max_size=40), st.data())
def test_any_secret_any_number_of_shares(secret, data):
    needed = data.draw(st.integers(2, 6))
    shares = split(secret, needed, data.draw(st.integers(needed, 9)))
    chosen = data.draw(st.permutations(shares))[:needed]
    assert combine(chosen) == secret


def test_two_shares_fit_every_secret_alike():
    """For each possible first byte there is a third share that would make it so."""
    two = split(SECRET)[:2]
    seen = set()
    for byte in range(256):
        third = Share(two[0].deal, 3, 3, bytes([byte]) + bytes(len(two[0].data) - 1))
        seen.add(first_byte([*two, third]))
    assert seen == set(range(256))


def first_byte(shares):
    """What three shares say of the first byte, without the proof."""
    from gonghui.ground.vault.escrow import _times, _weight

    numbers = [one.number for one in shares]
    value = 0
    for one in shares:
        value ^= _times(one.data[0], _weight(one.number, numbers))
    return value


def test_two_are_not_enough_and_one_twice_is_one():
    shares = split(SECRET)
    for few in (shares[:2], [shares[0], shares[1], shares[1]], shares[:1]):
        with pytest.raises(KeysRefused, match="are not enough"):
            combine(few)


def test_shares_of_two_dealings_do_not_mix():
    one, other = split(SECRET), split(SECRET)
    with pytest.raises(KeysRefused, match="do not belong together"):
        combine([*one[:2], other[2]])
    with pytest.raises(KeysRefused, match="do not belong together"):
        combine([])


def test_a_forged_share_is_noticed():
    one, two, three, *_ = split(SECRET)
    forged = Share(three.deal, 3, 3, bytes([three.data[0] ^ 1]) + three.data[1:])
    with pytest.raises(KeysRefused, match="shares is wrong"):
        combine([one, two, forged])


@pytest.mark.parametrize(("needed", "shares"), [(1, 5), (0, 5), (6, 5), (3, 256)])
def test_a_sharing_that_shares_nothing_is_a_mistake(needed, shares):
    with pytest.raises(ValueError, match="of"):
        split(SECRET, needed, shares)


def test_a_share_is_typed_in_again():
    for share in split(SECRET):
        text = to_text(share, 5)
        assert from_text(text) == share
        assert from_text(text.lower().replace("\n", "\n\n").replace(" ", "  ")) == share


def test_the_mistyped_line_is_named():
    text = to_text(split(SECRET)[0], 5)
    lines = text.splitlines()
    letter = lines[2][0]
    lines[2] = ("A" if letter != "A" else "B") + lines[2][1:]
    with pytest.raises(KeysRefused, match="mistyped") as refused:
        from_text("\n".join(lines))
    assert refused.value.values == {"line": 3}


@pytest.mark.parametrize("text", ["", "hello", "gonghui key share · x", "a · b · c/d · e"])
def test_another_paper_is_no_share(text):
    with pytest.raises(KeysRefused, match="no share of a secret"):
        from_text(text)


def test_lines_out_of_place_or_from_another_share_are_noticed():
    one, two = (to_text(share, 5).splitlines() for share in split(SECRET)[:2])
    for lines in ([one[0], one[2], one[1], *one[3:]], [one[0], two[1], *one[2:]], [*one[:2], "?"]):
        with pytest.raises(KeysRefused, match="mistyped"):
            from_text("\n".join(lines))


def test_the_drill_everything_lost_but_the_bundle_and_three_papers(tmp_path):
    """A machine burnt down; its bundle of keys lay elsewhere, the papers with five people."""
    from gonghui.config.backup_key import kept_keys, make_backup_key, open_keys, seal_keys

    make_backup_key(tmp_path / "old" / "keys")
    path = tmp_path / "old" / "keys" / "vault.json"
    make_keyring(path)
    keyring = change_keyring(path, Keyring.with_new_master)
    (key,), wrapped = new_data_keys(keyring, [8])
    sealed = seal_values([key], ["990800199001010017"], COLUMN, [1])
    passphrase = new_passphrase()
    bundle = tmp_path / "bundle"
    bundle.write_bytes(seal_keys(kept_keys(path.parent, path), passphrase))
    papers = share_text(passphrase)
    del key, keyring, passphrase

    files = open_keys(bundle, text_from_shares([papers[4], papers[0], papers[2]]))
    place = tmp_path / "new"
    place.mkdir(mode=0o700)
    for name, data in files.items():
        (place / name).touch(mode=0o600)
        (place / name).write_bytes(data)
    restored = read_keyring(place / "vault.json")
    (again,) = open_data_keys(restored, [8], [1], wrapped)
    assert open_values([again], sealed, COLUMN, [1]) == ["990800199001010017"]


def test_a_new_passphrase_cannot_be_guessed_and_fits_two_lines_of_paper():
    passphrases = {new_passphrase() for _ in range(100)}
    assert len(passphrases) == 100
    assert {len(one.replace("-", "")) for one in passphrases} == {32}  # 160 bits
    assert len(share_text(passphrases.pop())[0].splitlines()) <= 4
