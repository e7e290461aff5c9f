"""`gonghui audit`: seal the trail, keep its head outside, hand it out, ask it who saw whom.

Samples and exceptions stand beside it: ``audit_samples``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli import audit_samples
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.directory_words import person_id_of
from gonghui.doors.cli.home import home
from gonghui.doors.cli.house import open_house
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table

HOW_MANY = 50


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("The audit trail; samples, working papers and exceptions for the 经审会."),
        no_args_is_help=True,
    )
    group.command("key", help=_("Make the key that signs heads; once for an installation."))(key)
    group.command("seal", help=_("Seal what happened and is not sealed yet."))(seal)
    group.command("head", help=_("Seal, and write the head that the 经审会 keeps."))(head)
    group.command("export", help=_("Write the whole trail into a folder, to be judged elsewhere."))(
        export
    )
    group.command("check-signature", help=_("Check the signatures in a file of heads."))(
        check_signature
    )
    group.command("who-saw", help=_("Who was shown something of a person, when and what for."))(
        who_saw
    )
    audit_samples.add_to(group)
    app.add_typer(group, name="audit")


def keys_folder() -> Path:
    """Where the keys are: outside the database."""
    return home() / "keys"


def key() -> None:
    from gonghui.ground.audit.signing import PUBLIC, make_key

    made = make_key(keys_folder())
    print(_("Key {key} signs from now on.").format(key=made.key))
    print(_("Give its public half to the 经审会: {path}").format(path=keys_folder() / PUBLIC))


def seal(
    hash_: Annotated[
        str, typer.Option("--hash", metavar="sha256|sm3", help=_("The hash from this block on."))
    ] = "",
) -> None:
    _check_hash(hash_)
    open_house()
    from gonghui.ground.audit.services import sealing
    from gonghui.ground.audit.signing import load_key

    sealed = sealing.seal(load_key(keys_folder()), algorithm=hash_)
    print(
        _("{entries} entries sealed in {blocks} blocks; {waiting} wait.").format(
            entries=f"{sealed.entries:,}", blocks=sealed.blocks, waiting=_waiting()
        )
    )


def head(
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Where to write it (default: heads/)."))
    ] = None,
) -> None:
    open_house()
    from gonghui.ground.audit.services import sealing
    from gonghui.ground.audit.services.heads import beijing_time, evening_sheet, write_sheet
    from gonghui.ground.audit.signing import load_key

    sealed = sealing.seal(load_key(keys_folder()), anyway=True).head
    assert sealed is not None  # sealed anyway
    name = f"{beijing_time(sealed):%Y-%m-%d}-{sealed.block}.txt"
    path = out or home() / "heads" / name
    write_sheet(path, evening_sheet(sealed, city=_city(), waiting=_waiting()))
    print(_("Head of block {block} in {path}").format(block=sealed.block, path=path))


def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=_("A new folder."))],
    login: As,
    file: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help=_("Lay this file beside it; may stand several times.")),
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    with acting(login, secret_file) as actor:
        from gonghui.ground.audit.services.exporting import export_trail
        from gonghui.ground.audit.services.handing_out import may_hand_out

        may_hand_out(actor)
        done = export_trail(folder, file or ())
    print(
        _("{blocks} blocks with {entries} entries, {heads} heads; {waiting} entries wait.").format(
            blocks=done.blocks,
            entries=f"{done.entries:,}",
            heads=done.heads,
            waiting=done.unsealed,
        )
    )
    print(_("To be judged: python3 verify_audit.py {folder} --head FILE").format(folder=folder))


def check_signature(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("A kept head, or an export."))],
    key: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help=_("Public key; may stand several times.")),
    ] = None,
) -> None:
    from gonghui.ground.audit.signing import PUBLIC, heads_in, signature_holds

    publics = [path.read_bytes() for path in key or [keys_folder() / PUBLIC]]
    count, bad = 0, []
    for one in heads_in(file):
        count += 1
        if not any(signature_holds(one, public) for public in publics):
            bad.append(one)
    if not count:
        raise Refusal(N_("There is no head in {file}."), N_("Name another file."), file=file)
    for one in bad:
        said = _("Block {block}: the signature is not by a key named here (it says {key}).")
        print(said.format(block=one.block, key=one.key))
    if bad:
        raise typer.Exit(1)
    print(_("{count} heads, all signed by a key named here.").format(count=count))


def who_saw(
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help=_("#7, a name that only one has, or -."))
    ],
    login: As,
    before: Annotated[
        int | None, typer.Option(metavar="NUMBER", help=_("Go on before this entry."))
    ] = None,
    secret_file: SecretFile = None,
) -> None:
    with acting(login, secret_file) as actor:
        from gonghui.ground.audit.queries import events
        from gonghui.ground.directory.models import Person

        with actor.transaction():
            seen = person_id_of(actor, person)
            found = events.who_saw(seen, before=before, limit=HOW_MANY)
            names = dict(
                Person.objects.filter(id__in={one.actor_id for one in found}).values_list(
                    "id", "name"
                )
            )
    rows = [
        (
            str(one.id),
            f"{one.at.astimezone():%Y-%m-%d %H:%M}",
            names.get(one.actor_id or 0, str(one.actor_id)),
            one.action,
            one.purpose,
        )
        for one in found
    ]
    if rows:
        print(table([_("entry"), _("when"), _("who"), _("action"), _("what for")], rows))
    else:
        print(_("Nobody, as far as you may see."))
    if len(rows) == HOW_MANY:
        print(_("There may be more: --before {last}").format(last=rows[-1][0]))


def _waiting() -> int:
    from django.db import connections

    from gonghui.ground.audit.services.reading import waiting

    with connections["keeper"].cursor() as cursor:
        return waiting(cursor).count


def _city() -> str:
    from gonghui.ground.directory.models import Union

    roots = Union.objects.using("keeper").filter(parent__isnull=True)
    return roots.values_list("name", flat=True).first() or ""


def _check_hash(name: str) -> None:
    if name not in ("", "sha256", "sm3"):
        raise Refusal(
            N_("“{name}” is no hash of the trail."), N_("Choose sha256 or sm3."), name=name
        )
