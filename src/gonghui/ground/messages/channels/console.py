"""For whoever tries the house out: on the screen."""

from __future__ import annotations

import sys

from gonghui.adapters.gateways.messages import Outcome, outcome
from gonghui.ground.messages.channels.letters import Channel, Letter


def send(letter: Letter) -> Outcome:
    whom = f"…{letter.address[-4:]}" if letter.address else "-"
    print(f"[{letter.reference}] {whom} {letter.title}: {letter.text}", file=sys.stdout, flush=True)
    return outcome("sent", "printed")


CHANNEL = Channel(send, needs_address=False)
