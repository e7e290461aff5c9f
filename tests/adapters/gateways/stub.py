"""A gateway of our own on loopback: answers as told, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    query: dict
    raw_query: str
    headers: dict
    body: bytes

    @property
    def content(self):
        return json.loads(self.body)


@dataclass
class Stub:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: deque = field(default_factory=deque)
    released: threading.Event = field(default_factory=threading.Event)

    def will_answer(self, *answers):
        """In this order: an object (200), (status, object or bytes), or a misdeed by name."""
        self.answers.extend(answers)


def handler(stub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = dict(parse_qsl(parts.query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, parts.query, headers, body)
            stub.asked.append(asked)
            told = stub.answers[0]
            act = MISDEEDS[told] if isinstance(told, str) else plain
            act(self, stub)

        do_GET = do_POST = answer  # noqa: N815  (names of http.server)

        def log_message(self, *_):
            pass

    return Handler


def plain(handler, stub):
    answer = stub.answers.popleft()
    status, content = answer if isinstance(answer, tuple) else (200, answer)
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.send_response(status)
    if status in (301, 302, 307):
        handler.send_header("Location", stub.url)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def hang_up(handler, stub):
    """Take the request, and drop the connection without a word."""
    stub.answers.popleft()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def be_silent(handler, stub):
    stub.answers.popleft()
    stub.released.wait(30)
    handler.close_connection = True


def drip(handler, stub):
    """A byte now and then, for ever: no single wait is long."""
    stub.answers.popleft()
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not stub.released.wait(0.05):
            handler.wfile.write(b"x")
    handler.close_connection = True


def flood(handler, stub):
    stub.answers.popleft()
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        while not stub.released.is_set():
            handler.wfile.write(b" " * 65536)
    handler.close_connection = True


def break_off(handler, stub):
    """An answer that promises more than it holds."""
    stub.answers.popleft()
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"code": "OK"}')
    handler.close_connection = True


def speak_nonsense(handler, stub):
    stub.answers.popleft()
    handler.wfile.write(b"\x00\x01 no HTTP\r\n\r\n")
    handler.close_connection = True


MISDEEDS = {
    "hangs up": hang_up,
    "is silent": be_silent,
    "drips": drip,
    "floods": flood,
    "breaks off": break_off,
    "speaks nonsense": speak_nonsense,
}


@contextlib.contextmanager
def running_stub():
    stub = Stub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(stub))
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        stub.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port():
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
