"""Taking over a city in mid-year: looked at, entered and signed by one, signed and booked by two.

What was paid elsewhere stands against the limits of the running period; decisions go on from there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

from django.db import DatabaseError, connections, transaction
from django.db.models.functions import Now

from gonghui.adapters.spreadsheets.limits import LIMITS, Limits
from gonghui.core.errors import N_, Refusal
from gonghui.ground.audit.services.events import record
from gonghui.ground.borders.arrays import array, array_cursor
from gonghui.ground.borders.scope import Actor, Scope
from gonghui.ground.directory.models import Union
from gonghui.ground.directory.services.unions import NewUnion, found_unions
from gonghui.ground.vault.masking import masked_reason
from gonghui.ground.vault.services.keys import provider
from gonghui.programmes.mutualaid.models import (
    Scheme,
    Takeover,
    TakeoverFile,
    TakeoverSignature,
)
from gonghui.programmes.mutualaid.permissions import ENTER_TAKEOVER, SIGN_TAKEOVER
from gonghui.programmes.mutualaid.queries.editions import edition_on
from gonghui.programmes.mutualaid.queries.schemes import only_scheme
from gonghui.programmes.mutualaid.rosters.files import read_roster
from gonghui.programmes.mutualaid.rosters.roster import Expectations, Unit
from gonghui.programmes.mutualaid.services import rosters
from gonghui.programmes.mutualaid.services.sealed_files import open_file, seal_file
from gonghui.programmes.mutualaid.takeover.reading import (
    Account,
    Book,
    Span,
    TakenUnit,
    add_finding,
    read_takeover,
)
from gonghui.programmes.mutualaid.takeover.totals import Totals, differences
from gonghui.programmes.mutualaid.terms import Terms, terms_on
from gonghui.verbs.treasury.models import Account as LedgerAccount
from gonghui.verbs.treasury.models import Fund, Period
from gonghui.verbs.treasury.services.funds import open_period
from gonghui.verbs.treasury.services.journals import Entry, Line, post_many

_TABLE, _FILES = "mutualaid_takeover", "mutualaid_takeoverfile"

_PAYOUTS = """
insert into public.mutualaid_takenpayout
       (takeover_id, person_id, union_id, row_number, paid_on, fen, counts, reference)
select %s, p.person, p.place, p.row, p.day, p.fen, p.counts = 1, p.said
  from unnest(%s, %s, %s, %s, %s, %s, %s) p (person, place, row, day, fen, counts, said)"""
_RUNNING = """
insert into public.mutualaid_running
       (scheme_id, union_id, person_id, "window", period_from, period_until, taken_over_uses,
        taken_over_fen)
select %s, %s, p.person, 'period', %s, %s, p.uses, p.fen
  from unnest(%s, %s, %s) p (person, uses, fen)"""
_COVERED = """
update public.mutualaid_enrolment set paid_on = %s
 where rosterfile_id = %s and paid_on is null and not cancelled"""


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file as it was brought."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Booked:
    """What a take-over brought in. ``before``: it had been booked earlier, nothing was done."""

    takeover_id: int
    totals: Totals
    before: bool = False


class _CoveredBefore(Terms):
    """Who is brought along was covered from the period's first day, whenever her list comes."""

    def cover_from(self, uploaded_on: date) -> date:
        return self.period_from


class _Back(Exception):
    """Takes back what a look did."""


def look_at(
    actor: Actor,
    files: Sequence[Workbook],
    *,
    scheme: str = "",
    on: date,
    limits: Limits = LIMITS,
) -> Book:
    """Everything the workbooks say and what is wrong with it; nothing stays."""
    with actor.transaction() as scope:
        scope.require(ENTER_TAKEOVER)
        return _looked(actor, scope, only_scheme(scheme), files, on, limits)


def enter_takeover(
    actor: Actor,
    files: Sequence[Workbook],
    stated: Totals,
    *,
    scheme: str = "",
    on: date,
    limits: Limits = LIMITS,
) -> int:
    """Keeps the workbooks sealed, with the first signature under the totals ``stated`` by hand.

    The same content is entered once, however often and in whatever files it is brought.
    """
    with actor.transaction() as scope:
        scope.require(ENTER_TAKEOVER)
        found = only_scheme(scheme)
        book = _looked(actor, scope, found, files, on, limits)
        refuse_unfit(book)
        digest = _meaning(book)
        there = Takeover.objects.filter(scheme=found, content_sha256=digest).exclude(
            state="set_aside"
        )
        for earlier in there[:1]:
            return earlier.pk
        refuse_differences(stated, book.totals)
        terms = _terms(found, on)
        takeover = Takeover.objects.create(
            scheme=found,
            union_id=found.union_id,
            period_from=terms.period_from,
            period_until=terms.period_until,
            taken_on=on,
            content_sha256=digest,
            entered_by_id=scope.person_id,
            **asdict(book.totals),
        )
        for file in files:
            sha256 = hashlib.sha256(file.content).digest()
            TakeoverFile.objects.create(
                takeover=takeover,
                union_id=found.union_id,
                name=file.name,
                sha256=sha256,
                sealed=seal_file(file.content, _FILES, sha256),
            )
        _sign(scope, takeover, stated)
        _record("takeover.entered", takeover, scope, digest)
        return takeover.pk


def sign_takeover(
    actor: Actor, takeover_id: int, stated: Totals, *, limits: Limits = LIMITS
) -> Booked:
    """The second person states the totals herself; with that everything is booked, or nothing."""
    with actor.transaction() as scope:
        scope.require(SIGN_TAKEOVER)
        takeover = (
            Takeover.objects.select_for_update(of=("self",))
            .select_related("scheme")
            .filter(pk=takeover_id)
            .first()
        )
        if takeover is None or takeover.state == "set_aside":
            raise Refusal(
                N_("There is no such take-over to sign."), N_("Look: gonghui takeover list")
            )
        totals = Totals(**{one.name: getattr(takeover, one.name) for one in fields(Totals)})
        if takeover.state == "booked":
            return Booked(takeover_id, totals, before=True)
        refuse_differences(stated, totals)
        _sign(scope, takeover, stated)
        takeover.state, takeover.booked_at = "booked", Now()
        takeover.save(update_fields=["state", "booked_at"])
        kept = [
            Workbook(one.name, open_file(bytes(one.sealed), _FILES, bytes(one.sha256)))
            for one in takeover.files.order_by("pk")
        ]
        book, places = _read(actor, scope, takeover.scheme, kept, takeover.taken_on, limits)
        refuse_unfit(book)
        refuse_differences(totals, book.totals)
        _book(actor, scope, takeover, book, places, kept)
        _record("takeover.booked", takeover, scope, bytes(takeover.content_sha256))
        return Booked(takeover_id, totals)


def set_aside(actor: Actor, takeover_id: int, *, because: str) -> None:
    """Takes back what nobody booked yet; its workbooks stay, sealed, and may be entered again."""
    said = masked_reason(because)
    if not said:
        raise Refusal(N_("A reason is missing."), N_("Say in a few words why."), field="because")
    with actor.transaction() as scope:
        scope.require(ENTER_TAKEOVER)
        takeover = Takeover.objects.select_for_update().filter(pk=takeover_id).first()
        if takeover is None or takeover.state != "entered":
            raise Refusal(
                N_("There is no take-over {takeover} that waits for a signature."),
                N_("Look: gonghui takeover list"),
                takeover=takeover_id,
            )
        takeover.state = "set_aside"
        takeover.save(update_fields=["state"])
        digest = bytes(takeover.content_sha256)
        _record("takeover.set_aside", takeover, scope, digest, because=said)


def refuse_differences(stated: Totals, found: Totals) -> None:
    """Totals stated by hand are those of the workbooks, or the difference is told."""
    for one in differences(stated, found):
        said, is_, less = one.amounts()
        raise Refusal(
            N_("Stated are {stated} ({called}); the workbooks add up to {found}: {less} more."),
            N_("Add up again from the vouchers, or find the row; nothing was signed."),
            called=one.label,
            stated=said,
            found=is_,
            less=less,
        )


def refuse_unfit(book: Book) -> None:
    if not book.bookable:
        wrong = sum(one.level == "error" for one in book.findings)
        raise Refusal(
            N_("{wrong} things in the workbooks must be corrected first."),
            N_("See them: gonghui takeover check FILE …; nothing was entered."),
            wrong=wrong,
        )


def accounts_to_state(actor: Actor, *, scheme: str = "") -> list[Account]:
    """The accounts of the scheme's fund, for the sheet of opening balances."""
    with actor.transaction() as scope:
        scope.require(ENTER_TAKEOVER)
        return _accounts(only_scheme(scheme))


def _looked(
    actor: Actor,
    scope: Scope,
    scheme: Scheme,
    files: Sequence[Workbook],
    on: date,
    limits: Limits,
) -> Book:
    """The workbooks held against the house. New units are founded to ask, and taken back."""
    book = Book()
    try:
        with transaction.atomic():
            book, places = _read(actor, scope, scheme, files, on, limits)
            if book.bookable and book.roster is not None:
                asked = rosters.Asked(scheme, _terms(scheme, on), Expectations(on=on))
                _people, _by = rosters.people_listed(book.roster, places, asked)
                told = {(one.row, one.code) for one in book.findings}
                for finding in book.roster.findings:
                    if (finding.row, finding.code) not in told:
                        add_finding(book, finding)
            raise _Back
    except _Back:
        return book


def _read(
    actor: Actor,
    scope: Scope,
    scheme: Scheme,
    files: Sequence[Workbook],
    on: date,
    limits: Limits,
) -> tuple[Book, list[int]]:
    """The book, and the union of each row of its list; units that are new are founded."""
    terms = _terms(scheme, on)
    books = [read_roster(file.content, file.name, limits=limits) for file in files]
    rows = Union.objects.filter(ends_before__isnull=True).order_by("low")
    units = [Unit(one.pk, one.name, one.credit_code, one.code) for one in rows]
    expected = Expectations(
        on=on, units=units, most_shares=terms.most_shares, fee_fen=terms.plain_fee_fen
    )
    book = read_takeover(
        books, expected, span=Span(terms.period_from, on), accounts=_accounts(scheme)
    )
    if not book.bookable or book.roster is None:
        return book, []
    made = _found(actor, book.units, {one.code: one.id for one in units}, scheme.union_id, on)
    places = [made.get(place, place) for place in book.roster.values["unit_id"]]
    return book, [place or scope.union_id or 0 for place in places]


def _found(
    actor: Actor, units: Sequence[TakenUnit], known: Mapping[str, int], root: int, on: date
) -> dict[int, int]:
    """Level by level, parents first: the ids that stand for the numbers below zero."""
    ids, made, left = dict(known), dict[int, int](), list(units)
    while left:
        level = [one for one in left if not one.parent or one.parent in ids]
        if not level:
            raise Refusal(
                N_("Some units stand below each other in a circle."),
                N_("Correct the column 上级编号."),
            )
        new = [
            NewUnion(one.code, one.name, one.kind, one.credit_code, one.unit_class, one.workforce)
            for one in level
        ]
        parents = {one.code: ids[one.parent] if one.parent else root for one in level}
        for one, pk in zip(level, found_unions(actor, new, parents=parents, on=on), strict=True):
            ids[one.code] = made[one.id] = pk
        left = [one for one in left if one.code not in ids]
    return made


def _book(
    actor: Actor,
    scope: Scope,
    takeover: Takeover,
    book: Book,
    places: list[int],
    files: Sequence[Workbook],
) -> None:
    """People and cover, payouts made, what stands against their limits, balances."""
    assert book.roster is not None
    scheme, on = takeover.scheme, takeover.taken_on
    terms = _terms(scheme, on)
    asked = rosters.Asked(scheme, terms, Expectations(on=on))
    people, by = rosters.people_listed(book.roster, places, asked)
    if any(one is None or not one.bookable for one in people):
        raise Refusal(
            N_("Somebody in the list was entered here in another way meanwhile."),
            N_("Check the workbooks again; nothing was booked."),
        )
    before = _CoveredBefore(**{one.name: getattr(terms, one.name) for one in fields(Terms)})
    preview = rosters.Preview(0, book.roster, people, by, scheme.pk, before, places)
    preview = rosters.keep_preview(scope, files[0].content, files[0].name, preview)
    rosters.take_up(scope, preview.file_id)
    rosters.book_rows(preview, preview.new_rows, on)
    persons = [one.person_id for one in people if one is not None]
    with connections["default"].cursor() as cursor:
        cursor.execute(_COVERED, [takeover.period_from, preview.file_id])
    paid = book.payouts
    with array_cursor() as cursor:
        cursor.execute(
            _PAYOUTS,
            [
                takeover.pk,
                array("bigint[]", [persons[one.at] for one in paid]),
                array("bigint[]", [places[one.at] for one in paid]),
                array("integer[]", [one.row for one in paid]),
                array("date[]", [one.paid_on for one in paid]),
                array("bigint[]", [one.fen for one in paid]),
                array("integer[]", [int(one.counts) for one in paid]),
                array("text[]", [one.reference for one in paid]),
            ],
        )
        uses, fen = Counter[int](), Counter[int]()
        for one in paid:
            uses[persons[one.at]] += one.counts
            fen[persons[one.at]] += one.fen
        ordered = sorted(fen)
        cursor.execute(
            _RUNNING,
            [
                *(scheme.pk, scheme.union_id, takeover.period_from, takeover.period_until),
                array("bigint[]", ordered),
                array("integer[]", [uses[person] for person in ordered]),
                array("bigint[]", [fen[person] for person in ordered]),
            ],
        )
    takeover.rosterfile_id = preview.file_id
    takeover.journal_id = _open_books(actor, takeover, book)
    takeover.save(update_fields=["rosterfile_id", "journal_id"])


def _open_books(actor: Actor, takeover: Takeover, book: Book) -> int | None:
    """The trial balance of the old books, posted on the first day that is ours."""
    if not book.balances:
        return None
    union = takeover.scheme.union_id
    fund = _fund(takeover.scheme)
    held = Period.objects.filter(
        fund=fund, starts_on__lte=takeover.taken_on, ends_before__gt=takeover.taken_on
    )
    if not held.exists():
        open_period(actor, fund.code, takeover.period_from, takeover.period_until)
    lines = [Line(one.account, union, one.fen) for one in book.balances]
    entry = Entry(takeover.taken_on, "opening", lines, f"mutualaid.takeover:{takeover.pk}")
    return post_many(actor, fund.code, [entry])[0]


def _sign(scope: Scope, takeover: Takeover, stated: Totals) -> None:
    try:
        with transaction.atomic():
            TakeoverSignature.objects.create(
                takeover=takeover,
                union_id=takeover.union_id,
                person_id=scope.person_id,
                post_id=scope.post_id,
                **asdict(stated),
            )
    except DatabaseError as error:
        diag = getattr(error.__cause__, "diag", None)
        name = getattr(diag, "constraint_name", "") or ""
        if name not in ("takeover_two_people", "takeover_signed_once"):
            raise
        raise Refusal(
            N_("You signed this take-over already; it takes two people."),
            N_("Another person states the totals and signs."),
        ) from None


def _terms(scheme: Scheme, on: date) -> Terms:
    return terms_on(edition_on(scheme.code, on), on)


def _fund(scheme: Scheme) -> Fund:
    """The fund that keeps benefits: a federation may keep others beside it."""
    funds = Fund.objects.filter(union_id=scheme.union_id, accounts__key="benefits").order_by("pk")
    found = list(funds[:2])
    if not found:
        raise Refusal(N_("The scheme has no fund yet."), N_("Open its fund first."))
    if len(found) > 1:
        raise Refusal(
            N_("Two funds of the union keep benefits: {first}, {second}."),
            N_("The opening balances need one; keep benefits in one fund only."),
            first=found[0].code,
            second=found[1].code,
        )
    return found[0]


def _accounts(scheme: Scheme) -> list[Account]:
    rows = LedgerAccount.objects.filter(fund=_fund(scheme)).order_by("code")
    return [Account(one.key, one.code, one.name) for one in rows]


def _meaning(book: Book) -> bytes:
    """Shared by workbooks that say the same of the same people, whatever their format; keyed, so
    that nobody tries numbers until it fits."""
    assert book.roster is not None
    values = book.roster.values
    numbers = values["document_number"]
    named = ("document_number", "name", "unit_code", "unit_name")
    rows = [
        *("\x1f".join(row) for row in zip(*(values[name] for name in named), strict=True)),
        *(
            f"{numbers[one.at]}\x1f{one.paid_on}\x1f{one.fen}\x1f{one.counts}\x1f{one.reference}"
            for one in book.payouts
        ),
        *(f"{one.account}\x1f{one.fen}" for one in book.balances),
    ]
    return provider().keyed_hashes("takeover", ["\x1e".join(sorted(rows)).encode()])[0]


def _record(
    action: str, takeover: Takeover, scope: Scope, digest: bytes, because: str = ""
) -> None:
    record(
        action,
        subject=_TABLE,
        subject_id=takeover.pk,
        union_id=scope.union_id,
        after=digest,
        details={one.name: getattr(takeover, one.name) for one in fields(Totals)}
        | ({"because": because} if because else {}),
    )
