"""Django's settings that only pages need; ``settings`` takes them in."""

from __future__ import annotations

import os
from pathlib import Path

from gonghui.config.environment import environment

KEY_FILE = "pages"

_home = environment().home
_secure = os.environ.get("GONGHUI_HTTPS", "") == "1"


def _key() -> str:
    """Signs what pages sign; made by `gonghui up`. Nothing is served without one."""
    said = os.environ.get("GONGHUI_SECRET_KEY", "")
    file = _home / "keys" / KEY_FILE
    return said or (file.read_text(encoding="ascii").strip() if file.is_file() else "")


def make_key(file: Path) -> None:
    """A new key, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="ascii") as stream:
        stream.write(os.urandom(48).hex() + "\n")


SECRET_KEY = _key()
ALLOWED_HOSTS = [
    name for name in os.environ.get("GONGHUI_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if name
]
ROOT_URLCONF = "gonghui.config.addresses"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "gonghui.doors.web.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gonghui.doors.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # for browsers without our policy
    "django_htmx.middleware.HtmxMiddleware",
    "gonghui.doors.web.middleware.visitors",
    "gonghui.doors.web.middleware.Refusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "gonghui.doors.web.middleware.frame",
            ],
        },
    }
]

STATIC_URL = "static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

BUSINESS_DAY = os.environ.get("GONGHUI_BUSINESS_DAY", "")
"""Where a past year is looked at, as in the demo: the day on which pages act. Else today."""

LOCALE_PATHS = [_home / "cache" / "locale"]
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "gonghui_language"

TOKEN_COOKIE = "__Host-gonghui" if _secure else "gonghui"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
CSRF_COOKIE_NAME = "__Host-gonghui_form" if _secure else "gonghui_form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gonghui.doors.web.errors.not_signed"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
