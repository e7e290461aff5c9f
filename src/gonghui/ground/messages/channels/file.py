"""One file a message, in a folder that only this user reads: for trying out, and for offices that
carry messages on by hand."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from gonghui.adapters.gateways.messages import Outcome, outcome
from gonghui.ground.messages.channels.letters import Channel, Letter

VARIABLE = "GONGHUI_OUTBOX"


def folder() -> Path:
    """Where the files lie: where the environment says, else below the installation's folder."""
    said = os.environ.get(VARIABLE)
    return Path(said) if said else Path(settings.HOME) / "outbox"


def send(letter: Letter) -> Outcome:
    """Whole or not at all; written again, it is the same file."""
    place = folder()
    text = f"{letter.reference}\n{letter.address}\n{letter.title}\n\n{letter.text}\n"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = place / f".{letter.reference}.{os.getpid()}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(place / f"{letter.reference}.txt")
        for left in place.glob(f".{letter.reference}.*"):  # by who was killed in the middle
            left.unlink(missing_ok=True)
    except OSError as error:
        return outcome("retryable", type(error).__name__)
    return outcome("sent", "written")


CHANNEL = Channel(send, repeatable=True, needs_address=False)
