"""`gonghui keys`: change the key that everybody's data keys lie under; share a passphrase."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonghui.core.errors import N_, Refusal
from gonghui.doors.cli.acting import As, SecretFile, acting
from gonghui.doors.cli.language import _
from gonghui.doors.cli.printing import table
from gonghui.doors.cli.report.progress import underway
from gonghui.doors.cli.report.whole_files import write_private

if TYPE_CHECKING:
    from gonghui.ground.borders.scope import Actor

PASSPHRASE = "passphrase"
MOST_PASSES = 5
"""Whoever writes while keys change may leave a few behind; several passes find them all."""


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help=_("Change the keys that people's data lie under; share a passphrase."),
        no_args_is_help=True,
    )
    group.command("status", help=_("Which keys there are, and how much each protects."))(status)
    group.command("rotate", help=_("A new key, or go on with a change that was cut off."))(rotate)
    group.command("retire", help=_("Take a key away that protects nothing any more."))(retire)
    group.command("share", help=_("A new passphrase, in shares to be printed."))(share)
    group.command("combine", help=_("The passphrase again, from enough shares."))(combine)
    app.add_typer(group, name="keys")


def status(as_: As, secret_file: SecretFile = None) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.secrets import key_state

        state = key_state(actor)
    print(
        _("Profile {profile}; {assessment}.").format(
            profile=state.profile, assessment=_assessment(state.assessment)
        )
    )
    counts = {state.current: 0, **state.protects}
    rows = [
        (str(key_id), f"{count:,}", _("current") if key_id == state.current else "")
        for key_id, count in sorted(counts.items())
    ]
    print(table((_("Key"), _("Data keys"), ""), rows, right={0, 1}))


def rotate(
    as_: As,
    step: Annotated[
        int, typer.Option(min=1, metavar="N", help=_("Persons in one transaction."))
    ] = 1000,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.secrets import begin_rotation, key_state

        if not key_state(actor).left:
            begin_rotation(actor)
        with underway(_("Changing keys")):
            done = _bring_over(actor, step)
        state = key_state(actor)
    words = _("Key {key} is current; {done} data keys were brought over, {left} are left.")
    print(words.format(key=state.current, done=f"{done:,}", left=f"{state.left:,}"))


def _bring_over(actor: Actor, limit: int) -> int:
    from gonghui.ground.directory.services.secrets import key_state, rotate_step

    done = 0
    for _pass in range(MOST_PASSES):
        after: int | None = 0
        while after is not None:
            step = rotate_step(actor, limit, after)
            done, after = done + step.rewrapped, step.after
        if not key_state(actor).left:
            break
    return done


def retire(
    key: Annotated[int, typer.Argument(metavar="KEY", help=_("Its number."))],
    as_: As,
    secret_file: SecretFile = None,
) -> None:
    with acting(as_, secret_file) as actor:
        from gonghui.ground.directory.services.secrets import retire_master_key

        retire_master_key(actor, key)
    print(_("Key {key} is no longer in the file.").format(key=key))


def share(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=_("A new or empty folder."))],
    needed: Annotated[int, typer.Option(min=2, help=_("How many bring it back."))] = 3,
    shares: Annotated[int, typer.Option(max=255, help=_("How many there are."))] = 5,
) -> None:
    from gonghui.ground.vault.escrow import new_passphrase, share_text

    if needed > shares:
        raise Refusal(
            N_("Of {shares} shares {needed} cannot be needed."),
            N_("Let fewer be needed, or make more."),
            shares=shares,
            needed=needed,
        )
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(N_("The folder {folder} is not empty."), N_("Name a new one."), folder=folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    passphrase = new_passphrase()
    write_private(folder / PASSPHRASE, passphrase + "\n")
    for number, text in enumerate(share_text(passphrase, needed, shares), 1):
        write_private(folder / f"share-{number}.txt", text)
    words = _("{shares} shares and the passphrase are in {folder}; {needed} shares bring it back.")
    print(words.format(shares=shares, folder=folder, needed=needed))
    print(_("Use the passphrase, then delete its file; give each share to another person."))


def combine(
    shares: Annotated[list[Path], typer.Argument(metavar="SHARE...", help=_("As typed in."))],
    out: Annotated[Path, typer.Option(metavar="FILE", help=_("Where to write the passphrase."))],
) -> None:
    from gonghui.ground.vault.escrow import text_from_shares

    texts = [path.read_text(encoding="utf-8") for path in shares]
    write_private(out, text_from_shares(texts) + "\n")
    print(_("The passphrase is in {file}. Delete it after use.").format(file=out))


def _assessment(said: str) -> str:
    from gonghui.ground.vault.providers import NOT_ASSESSED

    return _("held in software, not assessed") if said == NOT_ASSESSED else said
