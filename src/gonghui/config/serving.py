"""`gonghui serve`: the pages, by a few processes of one thread each.

One thread a process and lasting connections did best where it was measured (docs/decisions).
"""

from __future__ import annotations

WORKERS = 2


def serve(host: str, port: int, workers: int = WORKERS) -> None:
    """Serves until interrupted."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "gonghui.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=1,
        backpressure=64,
        log_access=False,
        respawn_failed_workers=True,
        websockets=False,
    ).serve()
