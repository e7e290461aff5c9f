"""Which browser and which address it is, for sign-in only."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "gonghui_known"
_SALT = "gonghui.known"
_DAYS = 180
_MOST = 8


def address_of(request: HttpRequest) -> bytes:
    """A keyed hash of the address; behind a proxy of ours, of the one that the proxy saw."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        said = request.headers.get("X-Forwarded-For", said).rpartition(",")[2].strip()
    return hmac.digest(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256)


def known_logins(request: HttpRequest) -> list[str]:
    """Accounts that signed in with this browser in the last half year."""
    try:
        return list(
            signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_DAYS * 24 * 3600)
        )
    except signing.BadSignature:
        return []


def remember(request: HttpRequest, answer: HttpResponse, login: str) -> None:
    """From here on this browser is known for this account."""
    logins = [login, *(one for one in known_logins(request) if one != login)][:_MOST]
    answer.set_cookie(
        COOKIE,
        signing.dumps(logins, salt=_SALT),
        max_age=_DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
        path="/sign-in",
    )
