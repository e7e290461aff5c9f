"""The keys of this process: read once, and again whenever the key file changes."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from gonghui.ground.vault.keyring import Keyring, keyring_path, read_keyring
from gonghui.ground.vault.providers import KeyProvider

VARIABLE = "GONGHUI_KEY_PROVIDER"

_read: dict[Path, tuple[tuple[int, int, int], Keyring]] = {}
_plugged: dict[str, KeyProvider] = {}


def key_file() -> Path:
    """Where this installation's keys lie."""
    return keyring_path(settings.HOME)


def plugged_in() -> str:
    """What holds the keys in place of the file, as ``package.module.callable``; "" if nothing."""
    return os.environ.get(VARIABLE, "")


def provider() -> KeyProvider:
    """Who holds the keys: what ``GONGHUI_KEY_PROVIDER`` names, or the key file.

    A file changed by a rotation is seen at the next call, so people go on working.
    """
    plugged = plugged_in()
    if plugged:
        if plugged not in _plugged:
            _plugged[plugged] = import_string(plugged)()
        return _plugged[plugged]
    path = key_file()
    try:
        about = path.stat()
    except FileNotFoundError:
        _read.pop(path, None)  # a file taken away counts at once
        return read_keyring(path)
    version = (about.st_ino, about.st_mtime_ns, about.st_size)
    known = _read.get(path)
    if known is None or known[0] != version:
        known = _read[path] = (version, read_keyring(path))
    return known[1]
