"""Run as a child process, by path, with ``python -I``: limits first, then the document.

Speaks as the child of ``spreadsheets``: the document comes in, the request stands in the answer's
place, the status says how it ended. The answer is a line of JSON and then the JPEGs.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> int:
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from gonghui.adapters.spreadsheets.child import NO_MEMORY, isolate, limit

    with os.fdopen(os.dup(1), "r+b") as answer:
        request = json.loads(answer.read())
        answer.seek(0)
        answer.truncate()
        os.dup2(2, 1)  # a library's stray print must not mix with the answer
        isolated = isolate()
        limit(request)
        from gonghui.adapters.pictures import drawing
        from gonghui.adapters.pictures.errors import Judged
        from gonghui.adapters.pictures.judging import judge
        from gonghui.adapters.pictures.limits import Limits

        limits, data = Limits(**request), sys.stdin.buffer.read()
        try:
            kind = judge(data)
            if kind == "PDF":
                pages = list(drawing.pages_of_pdf(data, limits))
            else:
                pages = list(drawing.pages_of_picture(data, kind, limits))
        except Judged as judged:
            said = {"refused": judged.code, "value": judged.value}
            answer.write(json.dumps(said).encode() + b"\n")
            return 0
        except MemoryError:
            return NO_MEMORY
        sizes = [[width, height, len(jpeg)] for width, height, jpeg in pages]
        head = {"format": kind, "isolated": isolated, "pages": sizes}
        answer.write(json.dumps(head).encode() + b"\n")
        for _, _, jpeg in pages:
            answer.write(jpeg)
    return 0


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)
