"""`gonghui twin load`: a synthetic city into the house, by the road that a real one takes.

Two people found nothing and book nothing alone: editions are loaded by both, the clerk is
appointed by both. Everything goes through the same services as an office's own files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.core.money import format_yuan
from gonghui.doors.cli.acting import As, SecretFile, acting, secrets_folder
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table
from gonghui.doors.cli.twin_figures import print_published
from gonghui.doors.cli.twin_payouts import BANK, Desk, card_number
from gonghui.doors.cli.twin_year import applicants, live_through

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor
    from gonghui.verbs.treasury.queries.payouts import KnownBatch

FOUNDED = date(2021, 11, 1)
ROSTER_CAME = date(2021, 12, 20)
BILLED = date(2021, 12, 24)
PAID_FROM = date(2022, 1, 4)
PERIOD = date(2022, 1, 1)
CLERK, ACCOUNTANT, CASHIER = "clerk", "accountant", "cashier"
_OFFICE = (
    (CLERK, "何经办", "office_clerk"),
    (ACCOUNTANT, "岳会计", "accountant"),
    (CASHIER, "向出纳", "cashier"),
)
"""Account, name and post of those whom the city appoints."""
LINES_A_DAY = 60
_KINDS = {"市总工会": "city", "县（市、区）总工会": "county", "产业工会": "industry",
          "集团工会": "group", "基层工会": "grassroots"}  # fmt: skip
_ROSTER = {
    "单位编号": "单位编号",
    "姓名": "姓名",
    "证件号码": "证件号码",
    "性别": "性别",
    "出生日期": "出生日期",
    "困难职工": "困难职工",
}
"""Column of the city's list of persons → heading of the roster."""
_CARD = ("银行名称", "银行卡号")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the database says after loading, not what the files say."""

    units: int
    people: int
    covered: int
    contributions_fen: int
    batches: int
    payments: int
    paid_fen: int


def load(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("A city that `twin` wrote."))],
    as_: As,
    second: Annotated[
        str, typer.Option("--and", metavar="PERSON", help=_("The second person it takes."))
    ],
    secret_file: SecretFile = None,
    second_secret_file: Annotated[
        Path | None,
        typer.Option("--and-secret-file", metavar="FILE", help=_("The second person's secret.")),
    ] = None,
) -> None:
    for name in ("units.csv", "persons.csv"):
        if not (folder / name).is_file():
            raise Refusal(
                N_("{folder} is no synthetic city: {name} is not there."),
                N_("Make one: gonghui twin make DIR"),
                folder=folder,
                name=name,
            )
    with acting(as_, secret_file) as first, acting(second, second_secret_file) as other:
        loaded = _Loading(first, other, folder).run()
    rows = [
        (_("units with people"), f"{loaded.units:,}"),
        (_("people who take part"), f"{loaded.people:,}"),
        (_("of them covered: contribution received"), f"{loaded.covered:,}"),
        (_("contributions in the ledger, yuan"), format_yuan(loaded.contributions_fen)),
        (
            _("paid out in {batches} batches, {payments} payments, yuan").format(
                batches=loaded.batches, payments=f"{loaded.payments:,}"
            ),
            format_yuan(loaded.paid_fen),
        ),
    ]
    print(table((_("From the database"), ""), rows, right=(1,)))
    _print_published()


def _print_published() -> None:
    from gonghui.programmes.mutualaid.queries.schemes import only_scheme

    with acting(CLERK) as clerk:
        with clerk.transaction():
            scheme = only_scheme()
        print_published(clerk, scheme, since=PERIOD)


class _Loading:
    """The road of one year, step by step; each says what it did."""

    def __init__(self, first: Actor, second: Actor, folder: Path) -> None:
        self._first, self._second, self._folder = first, second, folder
        self._heads = dict[str, int]()

    def run(self) -> Loaded:
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.verbs.treasury.queries.funds import funds

        with self._first.transaction():
            scheme = only_scheme()
        (fund,) = (one.code for one in funds(self._first))
        with self._step(N_("Clerk, accountant and cashier are appointed by two people")):
            for login, name, post in _OFFICE:
                self._appoint(login, name, post)
        with self._step(N_("The editions are loaded by two people")):
            self._load_editions(scheme.code)
        with acting(CLERK) as clerk:
            with self._step(N_("The unions are entered")):
                self._enter_unions(clerk)
            with self._step(N_("The roster is checked and booked")):
                self._book_roster(clerk, scheme.code)
            with self._step(N_("Units are billed")):
                self._bill(clerk, fund)
            with self._step(N_("The bank's statement is matched")):
                self._take_statement(clerk, fund)
            with (
                self._step(N_("The year goes by: feeds, applications, decisions, payouts")),
                acting(ACCOUNTANT) as accountant,
                acting(CASHIER) as cashier,
            ):
                head = self._who_may("payout.approve")
                desk = Desk(clerk, accountant, head, cashier, scheme, fund)
                live_through(clerk, self._folder / "feed", scheme.pk, pay=desk.pay)
                paid = desk.batches()
            return self._counted(clerk, scheme.pk, fund, paid)

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        from gonghui.doors.cli.report.progress import underway

        with underway(_(what)):
            yield

    def _appoint(self, login: str, name: str, post: str) -> None:
        from gonghui.ground.accounts.secrets import keep_secret, make_secret
        from gonghui.ground.accounts.services.accounts import open_account
        from gonghui.ground.directory.services.persons import Newcomer, register_person
        from gonghui.ground.directory.services.posts import appoint, confirm_appointment

        if (secrets_folder() / login).exists():
            return  # an earlier loading got so far; this one goes on
        secret = make_secret()
        with self._first.transaction() as scope:
            assert scope.union_id is not None
            newcomer = Newcomer(scope.union_id, name)
            person = register_person(self._first, newcomer, on=FOUNDED).person_id
            made = appoint(self._first, person, scope.union_id, post, on=FOUNDED)
        if made.appointment_id is not None:
            confirm_appointment(self._second, made.appointment_id)
        administrator = self._who_may("accounts.write")
        open_account(administrator, person, login, secret)
        keep_secret(secrets_folder(), login, secret)

    def _who_may(self, permission: str) -> Actor:
        for actor in (self._first, self._second):
            with actor.transaction() as scope:
                if scope.may(permission):
                    return actor
        raise Refusal(
            N_("Neither of the two may do this: {permission}."),
            N_("Name an administrator and the head of the office."),
            permission=permission,
        )

    def _load_editions(self, scheme: str) -> None:
        from gonghui.programmes.mutualaid.services.editions import load_packaged

        with acting(CLERK) as clerk:
            head = self._who_may("edition.publish")
            load_packaged(head, clerk, scheme, on=FOUNDED)

    def _enter_unions(self, clerk: Actor) -> None:
        """Level by level, parents first; the city itself is the root that is there."""
        from gonghui.ground.directory.models import Union
        from gonghui.ground.directory.services.unions import NewUnion, found_unions

        rows = _rows(self._folder / "units.csv")
        with clerk.transaction() as scope:
            assert scope.union_id is not None
            ids = {row["单位编号"]: scope.union_id for row in rows if not row["上级编号"]}
            ids |= dict(Union.objects.exclude(pk=scope.union_id).values_list("code", "pk"))
            left = [row for row in rows if row["单位编号"] not in ids]
            while left:
                level = [row for row in left if row["上级编号"] in ids]
                if not level:
                    raise Refusal(N_("Some unions stand below none."), N_("Make the city anew."))
                new = [
                    NewUnion(
                        code=row["单位编号"],
                        name=row["单位名称"],
                        kind=_KINDS.get(row["组织层级"], "grassroots"),
                        unit_class=row["单位类别"] or "",
                        workforce=int(row["参加人数"]) if row["参加人数"] else None,
                    )
                    for row in level
                ]
                parents = {row["单位编号"]: ids[row["上级编号"]] for row in level}
                made = found_unions(clerk, new, parents=parents, on=FOUNDED)
                ids |= dict(zip(parents, made, strict=True))
                left = [row for row in left if row["单位编号"] not in ids]

    def _book_roster(self, clerk: Actor, scheme: str) -> None:
        from gonghui.programmes.mutualaid.services.rosters import book_roster, check_roster

        path = self._folder / "roster.csv"
        paid = applicants(self._folder / "feed")
        _write_roster(_rows(self._folder / "persons.csv"), path, paid)
        preview = check_roster(clerk, path, scheme=scheme, period_on=PERIOD, on=ROSTER_CAME)
        book_roster(clerk, preview, on=ROSTER_CAME)

    def _bill(self, clerk: Actor, fund: str) -> None:
        from gonghui.programmes.mutualaid.queries.schemes import only_scheme
        from gonghui.programmes.mutualaid.services.bills import issue_bills
        from gonghui.verbs.treasury.models import Period
        from gonghui.verbs.treasury.services.funds import open_period

        with clerk.transaction():
            if not Period.objects.filter(fund__code=fund, starts_on=PERIOD).exists():
                open_period(clerk, fund, PERIOD, date(PERIOD.year + 1, 1, 1))
            issue_bills(clerk, only_scheme(), PERIOD, on=BILLED, due_on=BILLED + timedelta(days=30))

    def _take_statement(self, clerk: Actor, fund: str) -> None:
        from gonghui.adapters.bank.statements import read_statement
        from gonghui.core.calendar import WorkingDays
        from gonghui.programmes.mutualaid.models import Bill
        from gonghui.programmes.mutualaid.services.receipts import take_statement

        with clerk.transaction():
            bills = list(
                Bill.objects.filter(paid_on=None, cancelled_on=None)
                .order_by("pk")
                .values_list("number", "union__name", "total_fen")
            )
        if not bills:
            return  # paid, when this city was loaded before
        content = _statement(bills)
        path = self._folder / "statement.csv"
        path.write_bytes(content)
        last = PAID_FROM + timedelta(days=len(bills) // LINES_A_DAY + 1)
        take_statement(
            clerk,
            read_statement(content, path.name, on=last),
            content,
            fund=fund,
            name=path.name,
            on=last,
            working_days=WorkingDays.load(),
        )

    def _counted(
        self, clerk: Actor, scheme_id: int, fund: str, batches: Sequence[KnownBatch]
    ) -> Loaded:
        from gonghui.programmes.mutualaid.queries.contributions import (
            contributions_booked,
            enrolled,
        )

        with clerk.transaction():
            rows = enrolled(scheme_id, PERIOD)
            return Loaded(
                units=len(rows),
                people=sum(row.people for row in rows),
                covered=sum(row.covered for row in rows),
                contributions_fen=contributions_booked(fund),
                batches=len(batches),
                payments=sum(one.lines for one in batches),
                paid_fen=sum(one.total_fen for one in batches),
            )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write_roster(persons: Sequence[Mapping[str, str]], path: Path, paid: set[str]) -> None:
    """The roster of all units, as an office would have put it together; cards of ``paid`` only."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*_ROSTER.values(), *_CARD))
        for place, row in enumerate(persons):
            card = (BANK, card_number(place)) if row["证件号码"] in paid else ("", "")
            writer.writerow((*(row[column] for column in _ROSTER), *card))


def _statement(bills: Sequence[tuple[str, str, int]]) -> bytes:
    """What the bank would have sent: every unit pays its bill and names its number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        ("交易日期", "收入金额", "支出金额", "余额", "对方户名", "对方账号", "附言", "流水号")
    )
    balance = 0
    for place, (number, union, fen) in enumerate(bills):
        balance += fen
        day = PAID_FROM + timedelta(days=place // LINES_A_DAY)
        writer.writerow(
            (day.isoformat(), _plain(fen), "", _plain(balance), union, f"99{place:015d}", number,
             f"HC2022{place:08d}")
        )  # fmt: skip
    return text.getvalue().encode("gb18030")


def _plain(fen: int) -> str:
    return format_yuan(fen).replace(",", "")
