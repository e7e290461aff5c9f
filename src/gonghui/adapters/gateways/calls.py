"""One request to an outside gateway, and what its end means.

The difference that matters is whether a byte of the request may have left: before, sending again
is harmless (``NotSent``); after, only the gateway knows (``NoAnswer``). Neither names the address,
which may hold a number or a key.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gonghui.core.errors import N_, Refusal

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
MOST_BYTES = 64 << 10
"""An honest gateway answers in a few hundred bytes."""


class NotSent(Exception):
    """No byte of the request left: sending it again is harmless."""


class NoAnswer(Exception):
    """The request left, or part of it; what became of it is not known."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes over the wire; its text shows nothing of it."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = field(repr=False)


def check_endpoint(url: str) -> str:
    """An address that may be called: https, or plain http on this machine (a stub, a proxy)."""
    parts = urlsplit(url)
    plain = parts.scheme == "http" and _is_loopback(parts.hostname or "")
    if (parts.scheme == "https" or plain) and parts.hostname and not parts.username:
        return url
    raise Refusal(
        N_("The gateway's address must begin with https://."),
        N_("Write the address the provider gives, without a user name in it."),
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def call(
    request: Request,
    connect_seconds: float = CONNECT_SECONDS,
    answer_seconds: float = ANSWER_SECONDS,
) -> Reply:
    """The gateway's reply, whatever its status. Follows no redirect and uses no proxy."""
    parts = urlsplit(check_endpoint(request.url))
    connection = _connected(parts.scheme, parts.hostname or "", parts.port, connect_seconds)
    # A time-out between two bytes does not end a reply that drips; this does.
    late = threading.Event()
    watch = threading.Timer(answer_seconds, _hang_up, [connection.sock, late])
    watch.daemon = True
    watch.start()
    try:
        connection.sock.settimeout(answer_seconds)
        target = parts.path or "/"
        target += f"?{parts.query}" if parts.query else ""
        connection.request(request.method, target, request.body, dict(request.headers))
        reply = connection.getresponse()
        body = reply.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(type(error).__name__) from None
    finally:
        watch.cancel()
        connection.close()
    if len(body) > MOST_BYTES:
        raise NoAnswer("reply-too-long")
    # A reply cut off in its head or its body would otherwise pass for a short one.
    if late.is_set() or reply.length:
        raise NoAnswer("reply-cut")
    return Reply(reply.status, body)


def _connected(
    scheme: str, host: str, port: int | None, seconds: float
) -> http.client.HTTPConnection:
    connection = (
        http.client.HTTPSConnection(
            host, port, timeout=seconds, context=ssl.create_default_context()
        )
        if scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=seconds)
    )
    try:
        connection.connect()
    except OSError as error:  # refused, unknown host, no route, a certificate that does not fit
        connection.close()
        raise NotSent(type(error).__name__) from None
    return connection


def _hang_up(open_socket: socket.socket, late: threading.Event) -> None:
    late.set()
    try:
        open_socket.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # already closed
