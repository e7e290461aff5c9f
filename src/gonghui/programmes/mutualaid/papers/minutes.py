"""The extract of a minute (纪要摘录): who was there, the surplus, what was decided and why."""

from __future__ import annotations

from typing import Any

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Person
from gonghui.programmes.mutualaid.cityprofile.model import Profile
from gonghui.programmes.mutualaid.models import Grant, GrantMeeting
from gonghui.programmes.mutualaid.papers import page
from gonghui.programmes.mutualaid.permissions import GRANT
from gonghui.programmes.mutualaid.queries.profiles import city_profile

_PURPOSE = "打印会议纪要摘录"


def minute_paper(actor: Actor, meeting_id: int, *, only: int | None = None) -> bytes:
    """The extract as a PDF. ``only``: of one decision, so that a file names nobody else."""
    with actor.transaction() as scope:
        scope.require(GRANT)
        meeting = GrantMeeting.objects.select_related("body", "scheme").filter(pk=meeting_id)
        found = meeting.first()
        if found is None:
            raise Refusal(
                N_("There is no such meeting here."), N_("`gonghui grant list` shows the meetings.")
            )
        grants = found.grants.exclude(state="struck").order_by("pk")
        chosen = list(grants if only is None else grants.filter(pk=only))
        if not chosen:
            raise Refusal(
                N_("This meeting has decided nothing that could be printed."),
                N_("Write down what it decided first: gonghui grant record"),
            )
        made = page.paper("minute", minute_data(city_profile(), found, chosen))
        for person in sorted({one.person_id for one in chosen}):
            record(
                "grant.minute_printed",
                subject="mutualaid_grantmeeting",
                subject_id=found.pk,
                union_id=found.union_id,
                person_seen=person,
                purpose=_PURPOSE,
                after=page.fingerprint(made),
            )
        return made


def minute_data(profile: Profile, meeting: GrantMeeting, grants: list[Grant]) -> dict[str, Any]:
    """All the paper says."""
    return page.frame(profile, "special_grant", "union") | {
        "title": f"{meeting.body.name}会议纪要（摘录）",
        "number": meeting.minute_number,
        "body": meeting.body.name,
        "scheme": meeting.scheme.name,
        "grant": profile.word("special_grant"),
        "held": page.day(meeting.held_on),
        **_present(meeting),
        "surplus": _surplus(meeting),
        "because": meeting.unreported_because,
        "left": page.amount(profile, max(0, meeting.surplus_fen))["figures"],
        "decisions": [_decision(profile, one) for one in grants],
        "total": page.amount(profile, sum(one.difference_fen for one in grants)),
        "unconfirmed": any(one.state != "confirmed" for one in grants),
        "recorded_by": _name(meeting.recorded_by_id),
        "confirmed_by": _name(meeting.confirmed_by_id),
        "confirmed": page.day(meeting.confirmed_on) if meeting.confirmed_on else "",
        "fingerprint": bytes(meeting.minute_sha256).hex(),
    }


def _present(meeting: GrantMeeting) -> dict[str, str]:
    names: dict[str, list[str]] = {"chair": [], "member": [], "attending": []}
    for one in meeting.present.select_related("person").order_by("pk"):
        names[one.part].append(one.person.name)
    quorum = "未载明"
    if meeting.quorum is not None:
        quorum = f"成员{meeting.seated}人，须到会{meeting.quorum}人"
    return {part: "、".join(some) for part, some in names.items()} | {"quorum": quorum}


def _surplus(meeting: GrantMeeting) -> list[list[str]]:
    figures = (
        ("本年收入", meeting.received_fen),
        ("已支出", -meeting.paid_fen),
        ("已决定未支付", -meeting.unpaid_fen),
        ("其中以前年度结转", meeting.brought_fen),
        ("已议定未入账的救助", -meeting.pending_fen),
        ("尚未申报（估计）", -meeting.unreported_fen),
        ("会议当日年度结余", meeting.surplus_fen),
    )
    return [[name, format_yuan(fen)] for name, fen in figures]


def _decision(profile: Profile, grant: Grant) -> dict[str, Any]:
    check = grant.gate_check
    kept_out = Person.objects.filter(pk__in=grant.recused).order_by("pk")
    relation = "高于" if check.relation == "above" else "不低于"
    before = grant.reconsiders
    return {
        "name": grant.person.name,
        "unit": grant.union.name,
        "measured": format_yuan(check.measured_fen),
        "line": f"{relation}{format_yuan(check.line_fen)}",
        "over": "已达到" if check.over_the_line else "未达到",
        "finding": check.finding,
        "hardship": check.hardship.kind if check.hardship else "无登记",
        "granted": grant.outcome == "granted",
        "amount": page.amount(profile, grant.fen),
        "reason": grant.reason,
        "recused": "、".join(kept_out.values_list("name", flat=True)),
        "before": format_yuan(before.fen) if before else "",
        "new_facts": grant.new_facts,
    }


def _name(person_id: int | None) -> str:
    if person_id is None:
        return ""
    return Person.objects.filter(pk=person_id).values_list("name", flat=True).first() or ""
