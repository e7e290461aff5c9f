"""A form sent twice acts once: by double click, reload, retry, in two tabs, through a proxy.

``{% once %}`` puts a key into the form. The key, a fingerprint of what was sent and the answer are
stored in the transaction that does what was asked, so either all of it is there or nothing.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from functools import wraps
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from gonghui.core.errors import N_, Refusal
from gonghui.doors.web.visitors import View

FIELD = "once"
_NOT_SENT = {FIELD, "csrfmiddlewaretoken"}


def once(view: View) -> View:
    """For what moves something; inside ``@page``. GET passes by."""

    @wraps(view)
    def asked(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:  # noqa: ANN401
        if request.method != "POST":
            return view(request, *arguments, **named)
        key = _key(request)
        state, status, location = _ask(
            "select * from gate.claim_form(%s, %s)", [key, fingerprint(request)]
        )
        if state == "other":
            raise Refusal(
                N_("This form was sent before, with other entries."),
                N_("Load the page anew: it shows what was done."),
            )
        if state == "same":
            answer = HttpResponseRedirect(location) if location else HttpResponse(status=status)
            answer.status_code = status
            return answer
        response = view(request, *arguments, **named)
        _ask(
            "select gate.keep_answer(%s, %s::smallint, %s)",
            [key, response.status_code, response.headers.get("Location", "")],
        )
        return response

    return asked


def prune_answers() -> int:
    """Takes away the keys of forms sent more than a week ago. The machine does it, as keeper."""
    with connections["keeper"].cursor() as cursor:
        cursor.execute("select gate.prune_answers()")
        return int(cursor.fetchone()[0])


def new_key() -> str:
    """For a form that is shown."""
    return str(uuid.uuid4())


def fingerprint(request: HttpRequest) -> bytes:
    """Of the address and everything that was sent, files by their content."""
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_SENT}
    digest = hashlib.sha256(request.path.encode())
    digest.update(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest.update(f"\0{name}\0{file.name}\0".encode())
            for piece in file.chunks():
                digest.update(piece)
            file.seek(0)
    return digest.digest()


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        raise Refusal(
            N_("The form came without its key, so that it could have acted twice."),
            N_("Load the page anew and send it again."),
        ) from None


def _ask(question: str, parameters: Sequence[uuid.UUID | bytes | int | str]) -> tuple[Any, ...]:
    with connections["default"].cursor() as cursor:
        cursor.execute(question, parameters)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
