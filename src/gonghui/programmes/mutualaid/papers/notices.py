"""The public notice (公示) as a paper: what anybody reads today, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.models import Notice
from gonghui.programmes.mutualaid.papers import page
from gonghui.programmes.mutualaid.permissions import NOTICE
from gonghui.programmes.mutualaid.queries.profiles import city_profile
from gonghui.programmes.mutualaid.services.notices import Shown, public_lines

_ABOUT = {"grants": "special_grant", "benefits": "benefit"}


def notice_paper(actor: Actor, notice_id: int) -> bytes:
    """The notice as a PDF, while it stands: of what came down no paper is made."""
    with actor.transaction() as scope:
        scope.require(NOTICE)
        notice = Notice.objects.filter(pk=notice_id).first()
        lines = public_lines(notice_id)
        if notice is None or not lines:
            raise Refusal(
                N_("Nothing of it stands today."),
                N_("A notice is printed while it stands; publish it first."),
            )
        made = page.paper("notice", notice_data(city_profile(), notice, lines))
        record(
            "notice.printed",
            subject="mutualaid_notice",
            subject_id=notice.pk,
            union_id=notice.union_id,
            after=page.fingerprint(made),
        )
        return made


def notice_data(profile: Profile, notice: Notice, lines: Sequence[Shown]) -> dict[str, Any]:
    """All the paper says."""
    first, ends, content = notice.published_on, notice.ends_before, notice.content_sha256
    assert first is not None and ends is not None and content is not None  # it stands
    return page.frame(profile, _ABOUT[notice.about], "office") | {
        "title": notice.title,
        "number": "",
        "about": profile.word(_ABOUT[notice.about]),
        "days": f"{notice.working_days}",
        "first": page.day(first),
        "last": page.day(ends - timedelta(days=1)),
        "ends": page.day(ends),
        "count": f"{notice.lines_count:,}",
        "total": page.amount(profile, notice.total_fen)["figures"],
        "fingerprint": bytes(content).hex(),
        "rows": [
            [f"{one.place}", one.masked_name, one.unit_name, one.month, format_yuan(one.fen)]
            for one in lines
        ],
    }
