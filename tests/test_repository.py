"""The ground every checkout stands on: the lock, the wheel, and a Makefile that sets itself up."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import gonghui

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKED = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]


def run(*command, cwd=ROOT, **environment):
    """Run to the end, below no other make, in the poorest locale."""
    inherited = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        command,
        cwd=cwd,
        env={**inherited, "LC_ALL": "C", "PYTHON": "", **environment},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def run_python(*arguments, **options):
    return run(sys.executable, *arguments, **options)


def make(*arguments, **options):
    return run("make", "--no-print-directory", *arguments, **options)


def tracked_files():
    names = run("git", "ls-files", "-z").stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def test_the_lock_answers_pyproject():
    check = ("-m", "uv", "lock", "--check", "--offline")
    answer = run_python(*check, UV_DEFAULT_INDEX="", UV_INDEX_URL="")
    assert answer.returncode == 0, answer.stderr


def test_the_lock_names_one_public_index_and_no_file_of_ours():
    sources = [package["source"] for package in LOCKED if package["name"] != "gonghui"]
    assert {kind for source in sources for kind in source} == {"registry"}
    assert len({source["registry"] for source in sources}) == 1
    archives = [
        archive
        for package in LOCKED
        for archive in [*package.get("wheels", []), package.get("sdist")]
        if archive
    ]
    assert all(archive["url"].startswith("https://") for archive in archives)
    assert all(archive["hash"].startswith("sha256:") for archive in archives)


def test_all_means_every_extra():
    extras = PROJECT["project"]["optional-dependencies"]
    named = re.fullmatch(r"gonghui\[(.*)\]", *extras["all"])[1].split(",")
    assert sorted(named) == sorted(extras.keys() - {"all"})


def test_the_wheel_holds_every_tracked_file_of_the_package(tmp_path):
    run_python("-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"gonghui-{gonghui.__version__}-py3-none-any.whl"
    expected = {name.removeprefix("src/") for name in tracked_files() if name.startswith("src/")}
    assert expected - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_make_lists_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"help"}
    listed = [line.split(maxsplit=1) for line in make().stdout.splitlines()]
    assert {target for target, _ in listed} == targets
    assert targets >= {"demo", "test", "test-fast", "bench", "lint", "rulebooks"}


@pytest.fixture
def checkout(tmp_path):
    """A copy of what is tracked, in a folder whose name is hard on shells and on locales."""
    folder = tmp_path / "工会 checkout with spaces"
    for name in tracked_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.mark.slow
def test_a_checkout_sets_itself_up_once(checkout, tmp_path):
    uv = next(f"uv=={package['version']}" for package in LOCKED if package["name"] == "uv")
    if run_python("-m", "pip", "download", "--no-deps", uv, cwd=tmp_path).returncode:
        pytest.skip("the package index does not answer")

    first = make("setup", cwd=checkout)
    assert first.returncode == 0, first.stderr
    where = "import gonghui; print(gonghui.__file__)"
    installed = run(checkout / ".venv/bin/python", "-c", where, cwd=tmp_path)
    assert installed.stdout.strip() == str(checkout / "src/gonghui/__init__.py")

    # The second time there is nothing left to do, so nothing is asked of a network.
    assert make("setup", cwd=checkout).stdout == "make: Nothing to be done for 'setup'.\n"
    assert make("--dry-run", "demo", cwd=checkout).stdout == ".venv/bin/python -m gonghui demo\n"


def stand_in(path, script):
    """An executable shell script where make looks for Python."""
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_python_without_venv_is_told_what_to_install(checkout, tmp_path):
    bare = stand_in(
        tmp_path / "python bare",
        f'case "$*" in *ensurepip*) exit 1 ;; esac\nexec "{sys.executable}" "$@"',
    )
    answer = make("setup", cwd=checkout, PYTHON=bare)
    assert answer.returncode != 0
    major, minor = sys.version_info[:2]
    assert f"apt-get install python{major}.{minor}-venv" in answer.stdout
    assert not (checkout / ".venv").exists()


def test_a_python_too_old_is_refused(checkout, tmp_path):
    for name in ("python3.11", "python3"):
        stand_in(tmp_path / name, "exit 1")
    answer = make("setup", cwd=checkout, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert answer.returncode != 0
    assert "needs Python 3.11 or newer" in answer.stdout
