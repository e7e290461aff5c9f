"""Reading an edition: from its tree (overlays already applied) to a checked :class:`Edition`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from gonghui.core.errors import N_
from gonghui.core.periods import FOREVER, parse_day
from gonghui.core.rulebook import declared
from gonghui.core.rulebook.benefits import read_benefit
from gonghui.core.rulebook.conditions import Scope, read_condition, read_test
from gonghui.core.rulebook.consistency import refuse_contradictions
from gonghui.core.rulebook.document import Node
from gonghui.core.rulebook.entries import CITING, NOT_CITED, Entry, Register
from gonghui.core.rulebook.fields import DISEASES
from gonghui.core.rulebook.limits import read_cap, read_count, read_gate, read_loss_ceiling
from gonghui.core.rulebook.model import (
    Answers,
    Change,
    Clause,
    Cover,
    Edition,
    Governance,
    Number,
    NumberUnit,
    Parameter,
    Period,
    PersonClass,
    Rounding,
    Waiting,
)
from gonghui.core.rulebook.questions import question
from gonghui.core.rulebook.tables import BEFORE_ANY_EVENT, read_number

FORMAT = "rulebook/1"
STEPS = ("minimum", "count", "claim_cap", "period_cap", "rounding")
_ROUNDING_UNITS = {1, 10, 100, 1_000, 10_000}
_HEADING = re.compile(r"^## +([a-z][a-z0-9_]*)(?: +(.*))?$", re.MULTILINE | re.ASCII)


def read_clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text file: ``## <id> <title>``, then its words."""
    parts = _HEADING.split(text.replace("\r\n", "\n"))
    groups = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return tuple(Clause(id_, (title or "").strip(), words.strip()) for id_, title, words in groups)


def read_edition(
    node: Node,
    clauses: tuple[Clause, ...],
    changes: tuple[Change, ...] = (),
    extends: str = "",
) -> Edition:
    """An edition from its resolved tree.

    Raises :class:`Refusal` (among them :class:`OpenQuestion`) with file, line, column and field.
    """
    register = Register(frozenset(clause.id for clause in clauses))
    entry = Entry(node, register).only(
        "gonghui", "scheme", "edition", "title", "valid", "governance", "period", "answers",
        "contribution", "cover", "classes", "disease_lists", "eligibility", "benefits", "limits",
        "gates", *declared.SECTIONS,
    )  # fmt: skip
    if entry.need("gonghui").text != FORMAT:
        raise entry.need("gonghui").refusal(
            N_("“{said}” is not a format this version reads."),
            N_("It reads {known}."),
            said=entry.need("gonghui").text,
            known=FORMAT,
        )
    classes = _classes(entry)
    counts_entry = entry.need("limits").only("counts", "caps", "loss_ceiling")
    scope = Scope(
        tuple(one.id for one in classes),
        tuple(item.need("id").identifier() for item in counts_entry.entries("counts")),
        {
            item.node.path.rpartition(".")[2]: _diseases(item)
            for item in _values(entry.at("disease_lists"))
        },
    )
    kinds = _ids(entry.need("benefits"))
    benefits = tuple(read_benefit(item, scope, kinds) for item in entry.need("benefits").items())
    loss_ceiling = counts_entry.at("loss_ceiling")
    valid_from, valid_until = _valid(entry.need("valid"))
    fee = _fee(entry.need("contribution"), scope)
    for section in declared.SECTIONS:
        found = entry.at(section)
        if found is not None:
            declared.read_section(found)
    edition = Edition(
        scheme=entry.need("scheme").text,
        name=entry.need("edition").text,
        title=entry.need("title").text,
        valid_from=valid_from,
        valid_until=valid_until,
        extends=extends,
        governance=_governance(entry.need("governance")),
        period=_period(entry.need("period")),
        answers=_answers(entry.need("answers"), kinds),
        cover=_cover(entry.need("cover")),
        fee=fee,
        classes=classes,
        eligibility=tuple(read_condition(item, scope) for item in entry.entries("eligibility")),
        benefits=benefits,
        counts=tuple(read_count(item, scope, kinds) for item in counts_entry.entries("counts")),
        caps=tuple(read_cap(item, scope, kinds) for item in counts_entry.entries("caps")),
        loss_ceiling=read_loss_ceiling(loss_ceiling, kinds) if loss_ceiling else None,
        gates=tuple(read_gate(item, scope) for item in entry.entries("gates")),
        changes=changes,
        parameters=(*register.parameters, *_effects(changes, entry)),
        clauses=clauses,
    )
    refuse_contradictions(edition, entry)
    return edition


def _effects(changes: Sequence[Change], entry: Entry) -> list[Parameter]:
    """When a change takes effect is a statement like any other, with its own citation."""
    place = entry.node.place
    return [
        Parameter(
            f"changes.{change.at}.effect", "word", change.effect, change.effect_citation, place
        )
        for change in changes
    ]


def _values(entry: Entry | None) -> list[Entry]:
    if entry is None:
        return []
    return [entry.need(key) for key in entry.node.mapping if key not in CITING]


def _ids(entry: Entry) -> tuple[str, ...]:
    ids = tuple(item.need("id").identifier() for item in entry.items())
    if len(set(ids)) != len(ids) or not ids:
        raise entry.refusal(N_("Each entry needs an id of its own."), N_("Rename the twin."))
    return ids


def _classes(entry: Entry) -> tuple[PersonClass, ...]:
    found = []
    items = entry.entries("classes")
    for number, item in enumerate(items, 1):
        item.only("id", "label", "when", "otherwise")
        when = item.at("when")
        if (when is None) != (number == len(items)):
            raise item.refusal(
                N_("Every class but the last has “when”; the last has “otherwise: yes”."),
                N_("Put the class of everybody else last."),
            )
        test = read_test(when, Scope()) if when else None
        label = item.need("label").text
        found.append(PersonClass(item.need("id").identifier(), label, test))
    return tuple(found)


def _diseases(entry: Entry) -> tuple[int, ...]:
    entry.only("version", "label", "diseases")
    codes = []
    for item in entry.need("diseases").items():
        code = DISEASES.code(item.text)
        if code is None:
            raise item.refusal(
                N_("“{said}” is not known here."),
                N_("Choose one of: {choices}."),
                said=item.text,
                choices=", ".join(DISEASES.words),
            )
        codes.append(code)
    entry.listed("word", ",".join(map(str, sorted(codes))))
    return tuple(sorted(codes))


def _valid(entry: Entry) -> tuple[int, int]:
    """The span; a start or end that cites something is listed, so that an assumed one is shown."""
    entry.only("from", "until")
    start, until = entry.need("from"), entry.at("until")
    since = start.read(parse_day)
    end = until.read(parse_day) if until else FOREVER
    for stated, day in ((start, since), (until, end)):
        if stated is not None and stated.citation != NOT_CITED:
            stated.listed("day", day)
    if end <= since:
        raise entry.refusal(
            N_("The edition ends before it begins."), N_("“until” is the first day after it.")
        )
    return since, end


def _governance(entry: Entry) -> Governance:
    entry.only("issued_by", "document_number", "rests_on", "reasons", "sources")

    def words(key: str) -> tuple[str, ...]:
        found = entry.at(key)
        return tuple(item.text for item in found.value().items()) if found else ()

    reasons = entry.at("reasons")
    return Governance(
        words("issued_by"),
        entry.need("document_number").text,
        words("rests_on"),
        reasons.text if reasons else "",
        words("sources"),
    )


def _period(entry: Entry) -> Period:
    entry.only("starts", "months")
    period = Period(entry.need("starts").integer("day"), entry.need("months").integer("count"))
    if period.months < 1:
        raise entry.refusal(N_("A period has at least one month."), N_("Write months: 12."))
    return period


def _fee(entry: Entry, scope: Scope) -> Number | None:
    entry.only("fee", "split")
    stated, split = entry.need("fee"), entry.at("split")
    if not stated.node.is_mapping and stated.text == "unknown" and split is None:
        return None
    fee = read_number(stated, "fen", scope.classes, BEFORE_ANY_EVENT)
    if split is not None and fee.dimensions:
        raise split.refusal(
            N_("A fee that depends on facts cannot be split."), N_("Remove the split.")
        )
    if split is not None:
        declared.read_split(split, fee.plain)
    return fee


def _cover(entry: Entry) -> Cover:
    entry.only("starts", "waiting")
    starts: Literal["common_date", "day_after_upload", "day_after_card"] = entry.need(
        "starts"
    ).word(("common_date", "day_after_upload", "day_after_card"))
    return Cover(starts, _waiting(entry.need("waiting")))


def _waiting(entry: Entry) -> Waiting:
    kind: Literal["none", "first_join", "everyone"] = entry.need("kind").word(
        ("none", "first_join", "everyone")
    )
    if kind == "none":
        entry.only("kind")
        return Waiting("none")
    entry.only("kind", "length", *(("renewal_gap",) if kind == "first_join" else ()))
    length = entry.need("length")
    in_months = length.value().node.is_text and any(
        month in length.text for month in ("month", "月")
    )
    unit: NumberUnit = "months" if in_months else "days"
    gap = None
    if kind == "first_join":
        gap = read_number(entry.need("renewal_gap"), "days", (), ())
    return Waiting(kind, read_number(length, unit, (), ()), gap)


def _answers(entry: Entry, kinds: Sequence[str]) -> Answers:
    keys = (
        "claims", "deciding_date", "same_day_order", "rounding", "steps", "overpayment",
        "slot_used_by", "reversal", "slot_choice", "lump_sums_in_ceiling", "kind_order",
    )  # fmt: skip
    entry.only(*keys)

    def order(found: Entry, of: Sequence[str], key: str) -> tuple[str, ...]:
        said = tuple(item.text for item in found.value().items())
        if sorted(said) != sorted(of):
            raise found.open(question(key))
        found.listed("word", ",".join(said))
        return said

    kind_order = entry.at("kind_order")
    return Answers(
        claims=entry.answer("claims").word(("by_application", "automatic"), asks="claims"),
        deciding_date=entry.answer("deciding_date").word(
            question("deciding_date").choices, asks="deciding_date"
        ),
        same_day_order=entry.answer("same_day_order").word(
            question("same_day_order").choices, asks="same_day_order"
        ),
        rounding=_rounding(entry.answer("rounding")),
        steps=order(entry.answer("steps"), STEPS, "steps"),
        overpayment=entry.answer("overpayment").word(
            ("offset", "demand", "waive"), asks="overpayment"
        ),
        slot_used_by=_word(entry, "slot_used_by"),
        reversal=_word(entry, "reversal"),
        slot_choice=_word(entry, "slot_choice"),
        lump_sums_in_ceiling=_word(entry, "lump_sums_in_ceiling"),
        kind_order=order(kind_order, kinds, "kind_order") if kind_order else (),
    )


def _word(entry: Entry, key: str) -> str:
    """The answer to a question; "" where it is not given (``consistency`` says if it had to be)."""
    found = entry.at(key)
    return "" if found is None else found.word(question(key).choices, asks=key)


def _rounding(entry: Entry) -> Rounding:
    entry.only("unit", "mode")
    unit = entry.answer("unit", "rounding").integer("fen")
    if unit not in _ROUNDING_UNITS:
        raise entry.need("unit").refusal(
            N_("Rounding to this unit is not known."),
            N_("Use 0.01, 0.1, 1, 10 or 100 yuan."),
        )
    mode: Literal["half_up", "down", "up", "half_even"] = entry.answer("mode", "rounding").word(
        ("half_up", "down", "up", "half_even"), asks="rounding"
    )
    return Rounding(unit, mode)
