"""What a server of pages loads: the catalogue compiled, the house opened."""

from __future__ import annotations

from gonghui.config import pages
from gonghui.config.startup import open_house
from gonghui.core.errors import N_, Refusal
from gonghui.doors.web.catalogue import compile_catalogue

if not pages.SECRET_KEY:
    raise Refusal(N_("There is no key that pages are signed with."), N_("Run: gonghui up"))
compile_catalogue(pages.LOCALE_PATHS[0])  # first: Django reads it once, while it is set up
open_house(start=False)

from django.core.wsgi import get_wsgi_application  # noqa: E402  (only now is Django set up)

application = get_wsgi_application()
