"""`gonghui ingest`: settlement feeds, and the lists of persons and covers, into a store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Place, Refusal
from gonghui.doors.cli.language import _, spoken
from gonghui.doors.cli.printing import table
from gonghui.doors.cli.shelves import opened, shelf_option

if TYPE_CHECKING:
    from gonghui.adapters.medical_insurance import Intake
    from gonghui.doors.cli.report.intake_record import TakenFile

SYNTHETIC_MARK = "合成数据"
_LOOKED_AT_BYTES = 4096


def register(app: typer.Typer) -> None:
    app.command("ingest", help=_("Take settlement feeds into a store; bad rows go to a file."))(
        ingest
    )


def ingest(
    store: Annotated[
        Path, typer.Argument(metavar="STORE", help=_("The store's folder; made if it is new."))
    ],
    feeds: Annotated[
        list[Path],
        typer.Argument(metavar="FEED…", help=_("Feeds: CSV, xlsx or Parquet; or folders of them.")),
    ],
    persons: Annotated[Path, typer.Option(help=_("The list of persons."))],
    covers: Annotated[Path, typer.Option(help=_("The list of who is covered, and when."))],
    scheme: Annotated[
        str, typer.Option(help=_("The scheme whose order of settlements the store keeps."))
    ] = "jiaozuo/medical",
    mapping: Annotated[
        str, typer.Option(help=_("The source's mapping: a name or a file."))
    ] = "national",
    received_on: Annotated[
        str, typer.Option(metavar="DAY", help=_("When the feeds came, if they do not say it."))
    ] = "",
    rejects: Annotated[
        Path | None, typer.Option(help=_("The file of rejected rows (STORE/rejects.csv)."))
    ] = None,
    provenance: Annotated[
        str, typer.Option(help=_("What data this is; a twin's files say it themselves."))
    ] = "",
    shelf: Annotated[Path | None, shelf_option()] = None,
) -> None:
    take_in(
        store,
        feeds,
        persons=persons,
        covers=covers,
        scheme=scheme,
        mapping=mapping,
        received_on=received_on,
        rejects=rejects,
        provenance=provenance,
        shelf=shelf,
    )


def take_in(
    store: Path,
    feeds: list[Path],
    *,
    persons: Path,
    covers: Path,
    scheme: str = "jiaozuo/medical",
    mapping: str = "national",
    received_on: str = "",
    rejects: Path | None = None,
    provenance: str = "",
    shelf: Path | None = None,
) -> None:
    """Read the files, change the store, say what became of every row."""
    from gonghui.adapters.medical_insurance import ingest as take
    from gonghui.core.adjudication.store import Order
    from gonghui.doors.cli.options import day_of_option
    from gonghui.doors.cli.report.progress import underway

    received = day_of_option("--received-on", received_on)
    files = list(_files(feeds))
    answers = opened([], shelf)[0].scheme(scheme)[0].answers
    rejected = rejects or store / "rejects.csv"
    if not provenance and any(map(_says_synthetic, (persons, covers, *files))):
        provenance = SYNTHETIC_MARK
    with underway(_("Reading and checking {count} files").format(count=len(files) + 2)):
        intake = take(
            files,
            persons=persons,
            covers=covers,
            store=store,
            rejects=rejected,
            order=Order(answers.deciding_date, answers.same_day_order),
            mapping=mapping,
            received_on=received,
            provenance=provenance,
            language=spoken(),
        )
    _record(store, intake, persons, covers, files)
    _report(intake, rejected, provenance)


def _files(feeds: list[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, by name."""
    for feed in feeds:
        if not feed.is_dir():
            yield feed
            continue
        found = sorted(path for path in feed.iterdir() if path.is_file() and path.name[0] != ".")
        if not found:
            raise Refusal(
                N_("The folder is empty."),
                N_("Name the folder that holds the feeds."),
                place=Place(str(feed)),
            )
        yield from found


def _says_synthetic(path: Path) -> bool:
    """Whether the first lines of a text file say that it was made by a program."""
    try:
        with path.open("rb") as file:
            start = file.read(_LOOKED_AT_BYTES)
    except OSError:
        return False  # the reader says it better
    return any(SYNTHETIC_MARK.encode(encoding) in start for encoding in ("utf-8", "gb18030"))


def _record(store: Path, intake: Intake, persons: Path, covers: Path, files: list[Path]) -> None:
    from gonghui.doors.cli.report.intake_record import FILE, IntakeRecord, TakenFile, merged
    from gonghui.doors.cli.report.whole_files import write_private

    def taken(path: Path, rows: int, rejected: int) -> TakenFile:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return TakenFile(path.name, digest, rows, rejected)

    lists = ((persons, intake.persons), (covers, intake.covers))
    entries = [
        taken(path, listing.rows_in, listing.rows_in - listing.accepted.height - listing.repeated)
        for path, listing in lists
    ]
    entries += [
        taken(path, feed.rows_in, feed.rows_rejected)
        for path, feed in zip(files, intake.feeds, strict=True)
    ]
    starts = intake.covers.accepted["cover_from"].value_counts().iter_rows()
    seed = _seed(persons.parent)
    now = IntakeRecord(tuple(entries), {int(day): count for day, count in sorted(starts)}, seed)
    write_private(store / FILE, merged(IntakeRecord.of(store), now).dump())


def _seed(folder: Path) -> str:
    """The seed of the twin whose files stand in a folder; "" where it is none."""
    import yaml

    path = folder / "published.yaml"
    if not path.is_file():
        return ""
    account = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    return str(account.get("随机种子", "")) if isinstance(account, dict) else ""


def _report(intake: Intake, rejected: Path, provenance: str) -> None:
    if provenance:
        print(_("Data: {provenance}").format(provenance=provenance))
    heads = (_("file"), _("rows in"), _("accepted"), _("repeated"), _("rejected"))
    rows = [
        (one.name, one.rows_in, one.accepted.height, one.repeated)
        for one in (intake.persons, intake.covers)
    ]
    lines = [(*row, row[1] - row[2] - row[3]) for row in rows]
    accepted = intake.settlements + intake.reversals
    count = len(intake.feeds)
    feeds = _("1 feed") if count == 1 else _("{count} feeds").format(count=count)
    lines.append((feeds, intake.rows_in, accepted, intake.known, intake.rows_rejected))
    words = [(name, *(f"{number:,}" for number in numbers)) for name, *numbers in lines]
    print(table(heads, words, right=(1, 2, 3, 4)))
    print(
        _(
            "{rows} rows in = {settlements} settlements + {reversals} reversals"
            " + {known} known already + {rejected} rejected"
        ).format(
            rows=f"{intake.rows_in:,}",
            settlements=f"{intake.settlements:,}",
            reversals=f"{intake.reversals:,}",
            known=f"{intake.known:,}",
            rejected=f"{intake.rows_rejected:,}",
        )
    )
    if intake.rejected.height:
        print(_("What is wrong with the rejected rows: {file}").format(file=rejected))
