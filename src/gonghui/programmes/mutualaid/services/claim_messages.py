"""What a worker is told of her application, in the transaction of what is told.

Only over a channel to which she has consented, and only to a contact that is on file. What was
decided and why is sealed under her key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gonghui.ground.borders.scope import Actor
from gonghui.ground.directory.models import Person, PersonContact
from gonghui.ground.messages.services.telling import Notice, tell
from gonghui.ground.messages.wording import Value
from gonghui.programmes.mutualaid.claims.rules import TOLD_BY, rules
from gonghui.programmes.mutualaid.models import Decision, EditionSpan
from gonghui.programmes.mutualaid.queries.editions import Stored, kept
from gonghui.verbs.cases.kinds import Decided, Returned
from gonghui.verbs.cases.models import Case, Consent
from gonghui.verbs.cases.models import Decision as CaseDecision
from gonghui.verbs.cases.queries.deadlines import deadline

_CONTACTS = {"sms": "phone"}
"""Which contact a channel goes to."""
Said = tuple[str, Mapping[str, Value]]
"""A template and what fills it, without name and number."""


def tell_accepted(
    actor: Actor, decided: Sequence[Decided], standing: Mapping[int, Sequence[Decision]], on: date
) -> None:
    """Amount, sentence, clause, and the day on which the money is expected."""
    ways = _ways([one.subject_id for one in decided])
    told = [one for one in decided if one.subject_id in ways]
    if not told:
        return
    clause_of = _clauses([one for case in told for one in standing[case.case_id]])
    day = deadline(on, rules().arrives)
    expected = f"最迟{rules().arrives}个工作日内" if day is None else f"{day.month}月{day.day}日前"

    def said(case: Decided) -> Said:
        decisions = standing[case.case_id]
        return "claim-accepted", {
            "amount": sum(one.amount_fen for one in decisions),
            "sentence": "".join(dict.fromkeys(one.sentence for one in decisions)),
            "clause": "；".join(dict.fromkeys(map(clause_of, decisions))),
            "day": expected,
        }

    numbers = dict(
        Case.objects.filter(pk__in=[one.case_id for one in told]).values_list("pk", "number")
    )
    rows = [
        _Row(one.subject_id, numbers[one.case_id], f"{one.case_id}:{one.decision_id}", said(one))
        for one in told
    ]
    _tell(actor, ways, rows)


def tell_refused(actor: Actor, decided: Sequence[Decided], on: date) -> None:
    """The reason, the clause, and the way of 复核 with its days."""
    ways = _ways([one.subject_id for one in decided])
    told = [one for one in decided if one.subject_id in ways]
    if not told:
        return
    ids = [one.decision_id for one in told]
    made = {one.pk: one for one in CaseDecision.objects.select_related("case").filter(pk__in=ids)}
    days = rules().kind.review_days
    rows = []
    for one in told:
        decision = made[one.decision_id]
        until = "" if days is None or one.instance > 1 else f"（{days}日内）"
        said: Said = (
            "claim-refused",
            {
                "reason": decision.reason.rstrip("。"),
                "clause": decision.clause.rstrip("。"),
                "way": decision.review_way.rstrip("。") + until,
            },
        )
        key = f"{one.case_id}:{one.decision_id}"
        rows.append(_Row(one.subject_id, decision.case.number, key, said))
    _tell(actor, ways, rows)


def tell_returned(actor: Actor, returned: Sequence[Returned], on: date) -> None:
    """Why, and which papers lack: to her, and to whom she named to act for her."""
    proxies = _proxies(returned)
    ways = _ways([*(one.subject_id for one in returned), *proxies.values()])
    rows = []
    for one in returned:
        papers = "、".join(map(rules().paper_name, one.lacking))
        said = {
            "reason": one.reason.rstrip("。"),
            "papers": f"请补交：{papers}。" if papers else "",
        }
        key = f"{one.case_id}:return:{one.version}"
        rows.append(_Row(one.subject_id, one.number, key, ("claim-returned", said)))
        proxy = proxies.get(one.case_id)
        if proxy is not None:
            told = ("claim-returned-proxy", said)
            rows.append(_Row(proxy, one.number, f"{key}:proxy", told, one.subject_id))
    _tell(actor, ways, rows)


def _proxies(returned: Sequence[Returned]) -> dict[int, int]:
    """Who filed for her, by case; only whom the actor may see."""
    cases = Case.objects.filter(pk__in=[one.case_id for one in returned], filed_how="proxy")
    filed = dict(cases.values_list("pk", "filed_by_id"))
    seen = set(Person.objects.filter(pk__in=filed.values()).values_list("pk", flat=True))
    return {case: person for case, person in filed.items() if person in seen}


def _ways(persons: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """(channel, contact) of everybody who agreed to be told over it and can be reached."""
    agreed = Consent.objects.filter(
        person_id__in=persons, purpose__in=TOLD_BY.values(), withdrawn_at__isnull=True
    )
    purposes = {purpose: channel for channel, purpose in TOLD_BY.items()}
    wanted = {(person, purposes[one]) for person, one in agreed.values_list("person_id", "purpose")}
    if not wanted:
        return {}
    contacts = PersonContact.objects.filter(
        person_id__in={person for person, _ in wanted},
        kind__in=_CONTACTS.values(),
        ends_before__isnull=True,
    )
    newest = {
        (person, kind): pk
        for person, kind, pk in contacts.order_by("pk").values_list("person_id", "kind", "pk")
    }
    found: dict[int, list[tuple[str, int]]] = {}
    for person, channel in sorted(wanted):
        contact = newest.get((person, _CONTACTS[channel]))
        if contact is not None:
            found.setdefault(person, []).append((channel, contact))
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """One message: to whom, of which case, what makes it one, and what it says. ``about``: whom it
    names, where that is somebody else."""

    person_id: int
    number: str
    key: str
    said: Said
    about: int | None = None


def _tell(
    actor: Actor, ways: Mapping[int, Sequence[tuple[str, int]]], rows: Sequence[_Row]
) -> None:
    told = [row for row in rows if row.person_id in ways]
    if not told:
        return
    named = {row.about or row.person_id for row in told}
    names = dict(Person.objects.filter(pk__in=named).values_list("pk", "name"))
    tell(
        actor,
        [
            Notice(
                row.person_id,
                row.said[0],
                {
                    "number": row.number,
                    "name": names[row.about or row.person_id],
                    **row.said[1],
                },
                key=f"claim:{row.key}:{channel}",
                channel=channel,
                contact_id=contact,
            )
            for row in told
            for channel, contact in ways[row.person_id]
        ],
    )


def _clauses(decisions: Sequence[Decision]) -> Callable[[Decision], str]:
    """Of a decision: the clauses on which its own numbers rest; else the edition's title."""
    spans = EditionSpan.objects.filter(
        edition_id__in={one.edition_id for one in decisions}
    ).select_related("edition", "scheme")
    editions = {}
    for span in spans:
        row = Stored.of_row(span.scheme.code, span)
        editions[span.edition_id] = kept((row,)).edition(row.code)

    def clause_of(decision: Decision) -> str:
        edition = editions.get(decision.edition_id or 0)
        if edition is None:
            return "施行中没有实施细则"
        start = f"benefits.{decision.kind}."
        cited = dict.fromkeys(
            one.citation.clause for one in edition.parameters if one.path.startswith(start)
        )
        titles = [clause.title for name in cited if name and (clause := edition.clause(name))]
        return f"《{edition.title}》{'、'.join(titles[:3])}"

    return clause_of
