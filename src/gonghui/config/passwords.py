"""The passwords of the database's logins, beside the data, never among them."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

SUPERUSER = "postgres"
LOGINS = (SUPERUSER, "owner", "web", "keeper")


def read_passwords(file: Path) -> dict[str, str] | None:
    """The passwords of a file; None when there is no file yet."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    said = json.loads(text)
    return {login: str(said[login]) for login in LOGINS}


def make_passwords(file: Path) -> dict[str, str]:
    """Random passwords, in a new file for its owner only, on disk before anything uses them."""
    passwords = {login: secrets.token_urlsafe(24) for login in LOGINS}
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = file.with_name(f"{file.name}.{os.getpid()}.part")
    descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(passwords, out, indent=1)
        out.write("\n")
        out.flush()
        os.fsync(out.fileno())
    whole.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return passwords
