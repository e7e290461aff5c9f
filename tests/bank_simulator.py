"""A bank of our own: it takes files, misbehaves as it is told, and counts every reference."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEADINGS = "业务参考号,处理状态,金额,处理日期,失败原因"


class BankSimulator:
    """``mood``: good · error_after (500 though it took the file) · drop (takes it and hangs up) ·
    refuse. ``received`` is the only judge of what was sent twice."""

    def __init__(self, mood="good"):
        self.mood, self.received, self.batches = mood, Counter(), {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def take(self, number, content):
        rows = [line.split(",") for line in content.decode("gb18030").splitlines()[1:]]
        self.received.update(row[1] for row in rows)
        self.batches[number] = rows

    def answer(self, number, after=0, word="成功", day="2022-10-20"):
        rows = self.batches.get(number, [])[after:]
        lines = [f"{row[1]},{word},{row[5]},{day}," for row in rows]
        return "\n".join([HEADINGS, *lines, ""]).encode() if lines else b""

    def _handler(bank):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *said):
                pass

            def reply(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                content = self.rfile.read(int(self.headers["Content-Length"]))
                if bank.mood == "refuse":
                    return self.reply(422, b"E01")
                bank.take(self.path.rpartition("/")[2], content)
                if bank.mood == "drop":
                    return self.connection.close()
                return self.reply(500 if bank.mood == "error_after" else 202, b"OK")

            def do_GET(self):
                path, _, query = self.path.partition("?after=")
                self.reply(200, bank.answer(path.rpartition("/")[2], int(query or 0)))

        return Handler
