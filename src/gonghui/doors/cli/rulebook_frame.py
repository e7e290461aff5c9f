"""What `rulebook new` asks first: names, dates, kinds, limits. The rest the language asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from gonghui.core.errors import N_, Refusal
from gonghui.core.periods import date_of, parse_day
from gonghui.core.rulebook import expressions, quantities
from gonghui.core.rulebook.fields import DATES, EVENT_KINDS
from gonghui.core.rulebook.names import WORDS
from gonghui.core.rulebook.questions import question
from gonghui.doors.cli.language import _
from gonghui.doors.cli.rulebook_interview import (
    Entry,
    Interview,
    choice_of,
    identifier,
    split,
)

FORMULAS = ("share", "day_allowance", "lump_sum", "banded_lump_sum", "top_up")
ENOUGH = ("0", "none", "无")
"""Answers that end a list or leave something out."""


class Frame:
    """What is asked before the language can say what is open: names, dates, kinds, limits."""

    def __init__(self, interview: Interview) -> None:
        self.ask = interview

    def tree(self) -> Entry:
        ask = self.ask
        city_scheme = ask.plain("scheme", _("The scheme's id (city/scheme)"), _scheme)
        edition = ask.plain("edition", _("The edition's name, such as 2024"))
        title = ask.plain("title", _("The edition's full title"))
        issuers = ask.plain("issued_by", _("Issued by"))
        number = ask.plain("document_number", _("Document number"), default="unknown")
        ask.reason = ask.plain(
            "because",
            _("Reason given for whatever no source states"),
            default=_("the source does not state it"),
        )
        tree: Entry = {
            "gonghui": "rulebook/1",
            "scheme": city_scheme,
            "edition": edition,
            "title": title,
            "valid": self._valid(),
            "governance": {
                "issued_by": split(issuers),
                "document_number": number,
                "rests_on": [],
            },
            "period": {
                "starts": self._day("period.starts", _("First day of the first mutual-aid period")),
                "months": ask.number("period.months", _("Months of a period"), quantities.count),
            },
            "answers": {},
            "contribution": {
                "fee": ask.number(
                    "contribution.fee",
                    _("Fee per person and period, such as 80 yuan"),
                    quantities.amount,
                )
            },
            "cover": self._cover(),
            "eligibility": self._eligibility(),
        }
        tree["benefits"] = self._benefits()
        tree["limits"] = self._limits([benefit["id"] for benefit in tree["benefits"]])
        return tree

    def _valid(self) -> Entry:
        valid = {"from": self._day("valid.from", _("In force from (2024-01-01)"))}
        until = self._day("valid.until", _("First day no longer in force, or none"), may_end=True)
        return {**valid, "until": until} if until else valid

    def _day(self, key: str, asks: str, *, may_end: bool = False) -> Entry:
        """A date with its clause; empty for “none”."""

        def check(text: str) -> object:
            return text if may_end and text in ENOUGH else parse_day(text)

        said = self.ask.number(key, asks, check)
        if said["is"] in ENOUGH:
            return {}
        return {**said, "is": date_of(parse_day(said["is"]))}

    def _cover(self) -> Entry:
        ask = self.ask
        starts = _meanings("starts", "common_date", "day_after_upload", "day_after_card")
        kinds = _meanings("waiting", "none", "first_join", "everyone")
        waiting: Entry = {
            "kind": ask.one_of("cover.waiting.kind", _("Who waits after joining?"), kinds)
        }
        if waiting["kind"]["is"] != "none":
            waiting["length"] = ask.number(
                "cover.waiting.length", _("How long (30 days, 1 month)"), _length
            )
        if waiting["kind"]["is"] == "first_join":
            waiting["renewal_gap"] = ask.number(
                "cover.waiting.renewal_gap", _("Longest gap of a renewal (0 days)"), quantities.days
            )
        return {
            "starts": ask.one_of("cover.starts", _("When does cover start?"), starts),
            "waiting": waiting,
        }

    def _eligibility(self) -> list[Entry]:
        flags = {
            "in_service": "在职职工",
            "union_member": "工会会员",
            "card_holder": "持工会会员卡",
        }
        asks = _("Who may take part: any of {choices}, or none").format(choices=", ".join(flags))
        said = self.ask.several("eligibility", asks, choice_of([*flags, "none"]), "none")
        flagged = [flag for flag in said.pop("is") if flag != "none"]
        return [
            {"id": flag, "label": flags[flag], "require": {flag: "yes"}, **said} for flag in flagged
        ]

    # benefits

    def _benefits(self) -> list[Entry]:
        number = max(1, self.ask.how_many("benefits", _("How many kinds of benefit?")))
        kinds: list[str] = []
        found = []
        for place in range(1, number + 1):
            benefit = self._benefit(f"benefits.{place}", kinds)
            kinds.append(benefit["id"])
            found.append(benefit)
        return found

    def _benefit(self, key: str, earlier: list[str]) -> Entry:
        ask = self.ask
        events = ", ".join(f"{label} {word}" for word, (_code, label) in EVENT_KINDS.words.items())
        benefit: Entry = {
            "id": ask.plain(f"{key}.id", _("Id of the kind (hospital)"), _unused(earlier)),
            "label": ask.plain(f"{key}.label", _("Its name (住院互助金)")),
            "events": ask.several(
                f"{key}.events", _("For which events: {choices}").format(choices=events), _event
            ),
            "formula": ask.one_of(
                f"{key}.formula", _("How is it computed?"), _meanings("formula", *FORMULAS)
            ),
        }
        formula = benefit["formula"]["is"]
        if formula in ("share", "banded_lump_sum"):
            asks = _("The base, such as deductible_paid + proportional_selfpay")
            benefit["base"] = ask.number(f"{key}.base", asks, expressions.parse)
            benefit["basis"] = ask.word(f"{key}.basis", question("basis"))
        match formula:
            case "share":
                benefit |= self._share(key)
            case "banded_lump_sum":
                benefit["bands"] = self._bands(key, "amount", {})
            case "day_allowance":
                benefit |= self._allowance(key)
            case "lump_sum":
                benefit["amount"] = ask.number(
                    f"{key}.amount", _("Amount"), quantities.amount, levels=True
                )
            case _:
                benefit["to"] = ask.number(
                    f"{key}.to", _("Topped up to which amount?"), quantities.amount
                )
                benefit["counting"] = ask.several(
                    f"{key}.counting",
                    _("After what which kinds have paid?"),
                    identifier,
                    ", ".join(earlier),
                )
                benefit["window"] = ask.word(f"{key}.window", question("window"), but="claim")
        benefit["minimum"] = self._minimum(key)
        benefit["deadline"] = self._deadline(key)
        return benefit

    def _share(self, key: str) -> Entry:
        ask = self.ask
        floor: Entry = {"kind": ask.word(f"{key}.floor.kind", question("floor.kind"))}
        kind = floor["kind"]["is"]
        if kind != "none":
            floor["amount"] = ask.number(
                f"{key}.floor.amount", _("Amount of the line"), quantities.amount, levels=True
            )
        if kind == "threshold":
            floor["at_the_line"] = ask.word(
                f"{key}.floor.at_the_line", question("floor.at_the_line")
            )
        if ask.how_many(f"{key}.bands", _("How many bands? (1: one rate for all)")) <= 1:
            rate = ask.number(f"{key}.rate", _("Rate, such as 60%"), quantities.rate, levels=True)
            return {"floor": floor, "rate": rate}
        return {"floor": floor, "bands": self._bands(key, "rate", floor)}

    def _bands(self, key: str, result: str, floor: Entry) -> Entry:
        """``result`` is ``rate`` or ``amount``. The last band of rates has no end."""
        ask = self.ask
        lump = result == "amount"
        number = int(ask.answered.get(f"{key}.bands", 0)) or ask.how_many(
            f"{key}.bands", _("How many bands?")
        )
        ends = ask.word(f"{key}.bands.ends", question("bands.ends"))
        bands: Entry = (
            {} if lump else {"method": ask.word(f"{key}.bands.method", question("bands.method"))}
        )
        bands["ends"] = ends
        low = ask.number(
            f"{key}.bands.from", _("Where does the first band start? (0 yuan)"), quantities.amount
        )
        starts_above = quantities.amount(low["is"]) > 0
        if starts_above and not lump:
            bands["first_floor"] = ask.word(
                f"{key}.bands.first_floor", question("bands.first_floor")
            )
        if floor.get("kind", {}).get("is") == "deductible":
            bands["measured_on"] = ask.word(
                f"{key}.bands.measured_on", question("bands.measured_on")
            )
        rows = []
        for place in range(1, number + 1):
            row: Entry = {"from": low}
            if place < number:
                asks = _("Where does band {n} end?").format(n=place)
                row["to"] = low = ask.number(f"{key}.bands.{place}.to", asks, quantities.amount)
            asks = (_("Amount of band {n}") if lump else _("Rate of band {n}")).format(n=place)
            check = quantities.amount if lump else quantities.rate
            row[result] = ask.number(f"{key}.bands.{place}.{result}", asks, check, levels=True)
            rows.append(row)
        return {**bands, "rows": rows}

    def _allowance(self, key: str) -> Entry:
        ask = self.ask
        found: Entry = {
            "per_day": ask.number(
                f"{key}.per_day", _("Amount a day"), quantities.amount, levels=True
            )
        }
        found["skip_first_days"] = ask.number(
            f"{key}.skip_first_days", _("How many first days do not count?"), quantities.count
        )
        for limit, asks in (
            ("max_days_per_claim", _("Most days a stay, or none")),
            ("max_days_in_period", _("Most days a period, or none")),
        ):
            days = ask.number(f"{key}.{limit}", asks, _none_or(quantities.count))
            found[limit] = {**days, "is": "none"} if days["is"] in ENOUGH else days
        return found

    def _minimum(self, key: str) -> Entry:
        kinds = _meanings("minimum", "none", "not_paid_below", "raised_to")
        minimum: Entry = {
            "kind": self.ask.one_of(f"{key}.minimum.kind", _("Is there a smallest payment?"), kinds)
        }
        if minimum["kind"]["is"] != "none":
            minimum["amount"] = self.ask.number(
                f"{key}.minimum.amount", _("Amount of the smallest payment"), quantities.amount
            )
        return minimum

    def _deadline(self, key: str) -> Entry:
        ask = self.ask
        kinds = _meanings("deadline", "none", "working_days", "months", "fixed_date")
        deadline: Entry = {
            "kind": ask.one_of(f"{key}.deadline.kind", _("Until when must it be filed?"), kinds)
        }
        match deadline["kind"]["is"]:
            case "none":
                return deadline
            case "working_days":
                deadline["days"] = ask.number(
                    f"{key}.deadline.days", _("How many working days?"), quantities.count
                )
            case "months":
                deadline["months"] = ask.number(
                    f"{key}.deadline.months", _("How many months?"), quantities.count
                )
            case _:
                for part, asks in (
                    ("month", _("Month of the last day")),
                    ("day", _("Day of the month")),
                    ("years_after", _("How many years later? (0: the same year)")),
                ):
                    deadline[part] = ask.number(f"{key}.deadline.{part}", asks, quantities.count)
        asks = _("Counted from which date (discharged_on, settled_on)?")
        deadline["from"] = ask.number(f"{key}.deadline.from", asks, choice_of(DATES))
        return deadline

    # limits

    def _limits(self, kinds: list[str]) -> Entry:
        return {"counts": self._each("counts", kinds), "caps": self._each("caps", kinds)}

    def _each(self, which: str, kinds: list[str]) -> list[Entry]:
        """Counts or caps, until “none”."""
        ask, counts = self.ask, which == "counts"
        found: list[Entry] = []
        value, check = ("limit", quantities.count) if counts else ("amount", quantities.amount)
        asks = (
            _("How many times at most, or none")
            if counts
            else _("A highest amount, or none (30,000 yuan)")
        )
        while True:
            key = f"limits.{which}.{len(found) + 1}"
            said = ask.plain(f"{key}.{value}", asks, _none_or(check), "none")
            if said in ENOUGH:
                return found
            shortest = "claim" if counts else ""  # a count over one claim would count nothing
            window = ask.word(f"{key}.window", question("window"), but=shortest)
            covers = ask.several(
                f"{key}.covers", _("Which kinds does it cover?"), choice_of(kinds), ", ".join(kinds)
            )
            citation = {name: one for name, one in covers.items() if name != "is"}
            found.append(
                {
                    "id": f"{which.removesuffix('s')}_{len(found) + 1}",
                    "label": ask.plain(f"{key}.label", _("Its name (享受次数, 年度最高)")),
                    value: {"is": said, **citation},
                    "window": window,
                    "covers": covers,
                }
            )


def _meanings(key: str, *words: str) -> dict[str, str]:
    """Words of the language with what they mean."""
    return {word: WORDS[f"{key}.{word}"] for word in words}


def _scheme(text: str) -> str:
    city, _mark, scheme = text.partition("/")
    for part in (city, scheme):
        identifier(part.replace("-", "_"))
    return text


def _unused(earlier: list[str]) -> Callable[[str], object]:
    def check(text: str) -> object:
        if text in earlier:
            raise Refusal(N_("The id “{id}” stands twice."), N_("Rename one."), id=text)
        return identifier(text)

    return check


def _event(text: str) -> str:
    if EVENT_KINDS.code(text) is None:
        choice_of([*EVENT_KINDS.words])(text)
    return text


def _length(text: str) -> int:
    with suppress(Refusal):
        return quantities.months(text)
    return quantities.days(text)


def _none_or(check: Callable[[str], object]) -> Callable[[str], object]:
    return lambda text: text if text in ENOUGH else check(text)
