"""A key file for one test, where the programme looks for it."""


def make_keys(folder, monkeypatch):
    from gonghui.ground.vault.keyring import make_keyring

    path = folder / "keys" / "vault.json"
    path.parent.mkdir(mode=0o700)
    make_keyring(path)
    monkeypatch.setenv("GONGHUI_KEYS", str(path))
    return path
