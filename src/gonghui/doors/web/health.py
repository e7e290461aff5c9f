"""Whether pages can be served: for machines that watch, and for whoever calls them."""

from __future__ import annotations

from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """``{"database": "ready"}``, or 503 and why not. Says nothing of anybody."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("select pg_is_in_recovery()")
            (recovering,) = cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"database": "away"}, status=503)
    if recovering:
        return JsonResponse({"database": "read only"}, status=503)
    return JsonResponse({"database": "ready"})
