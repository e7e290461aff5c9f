"""What a server of pages loads: the house opened, the catalogue compiled."""

from __future__ import annotations

from gonghui.config import pages
from gonghui.config.startup import open_house
from gonghui.core.errors import N_, Refusal

open_house(start=False)

from django.conf import settings  # noqa: E402  (only now are there settings)
from django.core.wsgi import get_wsgi_application  # noqa: E402

from gonghui.doors.web.catalogue import compile_catalogue  # noqa: E402

if not pages.SECRET_KEY:
    raise Refusal(N_("There is no key that pages are signed with."), N_("Run: gonghui up"))
compile_catalogue(settings.LOCALE_PATHS[0])
application = get_wsgi_application()
