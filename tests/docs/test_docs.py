"""The documentation is true: its commands are run, its links lead somewhere, the READMEs agree.

How a page is written so that it can be tested:

``console`` blocks   lines that begin with ``$ `` are run, in order, in one shell a page; what
                     stands under a command must stand in its answer, line by line. A line ``…``
                     leaves lines out, a line that ends in ``…`` its end. A command ends well
                     unless the page goes on with ``$ echo $?``
``<!-- file: x -->`` before a block of any kind: the block is written to the file ``x``
``sh`` blocks        are shown only
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import typer

from gonghui.config import commands
from gonghui.config.cluster import Cluster
from gonghui.doors.cli import house
from gonghui.doors.cli.main import program

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])

_FENCE = re.compile(r"^(`{3,})(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"<!-- file: (\S+) -->\n\Z")
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FIGURE = re.compile(r"\d[\d,]*\.\d+%?|\d{1,3}(?:,\d{3})+|\d+%|\d{4,}")


def pages(where=bool):
    """Pages as parameters, named by their path."""
    found = [page for page in PAGES if where(page.read_text(encoding="utf-8"))]
    return [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in found]


def prose(text):
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def headings(text):
    return re.findall(r"^(#+) (.+)$", prose(text), re.MULTILINE)


# commands


@dataclass
class Shown:
    """A command of a page and what the page shows of its answer."""

    command: str
    lines: list[str] = field(default_factory=list)


def shown(text):
    """The commands of a page, in order; files to be written are commands, too."""
    found = []
    for block in _FENCE.finditer(text):
        _, language, body = block.groups()
        file = _FILE.search(text[: block.start()])
        if file:
            found.append(Shown(f"mkdir -p $(dirname {file[1]}); cat > {file[1]} <<'…'\n{body}…"))
        elif language == "console":
            lines = iter(body.splitlines())
            for line in lines:
                if not line.startswith("$ "):
                    found[-1].lines.append(line.rstrip())
                    continue
                command = line[2:]
                while command.endswith("\\"):
                    command = f"{command}\n{next(lines)}"
                found.append(Shown(command))
    return found


def asks_for_the_city(text):
    return any(re.search(r"demo/|gonghui (explain|demo|twin)", one.command) for one in shown(text))


def takes_long(text):
    """Whether the city is made, a fold compiled, or a database."""
    return asks_for_the_city(text) or any(
        re.search(r"gonghui adjudicate|gonghui up$", one.command) for one in shown(text)
    )


def pages_with_commands():
    """Pages with commands."""
    quick = pages(lambda text: shown(text) and not takes_long(text))
    slow = pages(lambda text: shown(text) and takes_long(text))
    return quick + [pytest.param(*page.values, id=page.id, marks=pytest.mark.slow) for page in slow]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """``GONGHUI_HOME`` of all pages."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "home of the pages"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def city(request, home):
    """The demo, run once for all pages that walk in it, also by several workers."""
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "demo").exists():
            subprocess.run(
                [sys.executable, "-m", "gonghui", "demo"],
                env={**os.environ, "GONGHUI_HOME": str(home)},
                check=True,
                capture_output=True,
            )


@pytest.fixture
def desk(tmp_path, home):
    """A folder like the checkout, in which a page may write."""
    for name in ("src", "docs"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "gonghui").symlink_to(home)
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "gonghui"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gonghui "$@"\n')
    command.chmod(0o755)
    yield tmp_path
    for folder in tmp_path.glob("*/postgres"):  # of a page that did not come to its end
        Cluster(folder.parent).stop()


def answers(commands, desk, home, language):
    """What every command prints, and how it ends: all in one shell."""
    mark = "@@ answered"
    script = "\n".join(f"{one.command}\n__({len(commands)})" for one in commands)
    script = script.replace(f"__({len(commands)})", f'(s=$?; printf "\\n{mark} %d\\n" $s; exit $s)')
    environment = {
        **os.environ,
        "PATH": f"{desk / 'bin'}:{os.environ['PATH']}",
        "GONGHUI_HOME": str(home),
        "GONGHUI_LANG": language,
        "COLUMNS": "100",
    }
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=desk,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        check=False,
    )
    parts = re.split(rf"\n?\n{mark} (\d+)\n", done.stdout)
    return list(zip(parts[0::2], map(int, parts[1::2]), strict=False))


def first_missing(lines, answer):
    """The first shown line that the answer lacks at its place; None when all are there."""
    at, gap = 0, False
    for line in lines:
        if line.strip() == "…":
            gap = True
            continue

        def fits(said, line=line):
            return said.startswith(line[:-1].rstrip()) if line.endswith("…") else said == line

        places = range(at, len(answer)) if gap else range(at, min(at + 1, len(answer)))
        found = next((place for place in places if fits(answer[place])), None)
        if found is None:
            return line
        at, gap = found + 1, False
    return None if gap or at == len(answer) else f"(further lines: {answer[at]!r})"


@pytest.mark.parametrize("page", pages_with_commands())
def test_commands_answer_as_the_page_shows(page, desk, home, request):
    text = page.read_text(encoding="utf-8")
    if asks_for_the_city(text):
        request.getfixturevalue("city")
    commands = shown(text)
    given = answers(commands, desk, home, "zh" if page == CHINESE else "en")
    assert len(given) == len(commands)
    for number, (one, (answer, status)) in enumerate(zip(commands, given, strict=True)):
        following = commands[number + 1].command if number + 1 < len(commands) else ""
        assert status == 0 or following == "echo $?", f"$ {one.command}\n{answer}"
        said = [line.rstrip() for line in answer.splitlines()]
        missing = first_missing(one.lines, said) if one.lines else None
        assert missing is None, f"$ {one.command}\nnot as shown: {missing}\nbut:\n{answer}"


def test_what_is_shown_is_held_line_by_line():
    answer = ["a", "b 1", "c", "d"]
    assert first_missing(["a", "b …", "…", "d"], answer) is None
    assert first_missing(["a", "…"], answer) is None
    assert first_missing(["a", "c", "…"], answer) == "c"
    assert first_missing(["…", "e"], answer) == "e"
    assert first_missing(["a"], answer) == "(further lines: 'b 1')"


def commands_known():
    """Every command by its words, with its options; those of the machine stand above the doors."""
    house.furnish(lambda: None, (commands,))

    def walk(words, command):
        yield words, {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        for name, below in getattr(command, "commands", {}).items():
            yield from walk((*words, name), below)

    return dict(walk((), typer.main.get_command(program())))


def spoken_of(text):
    """Every `gonghui …` in a page's code, as words."""
    lines = [line for block in _FENCE.finditer(text) for line in block[3].splitlines()]
    for line in [*_INLINE.findall(prose(text)), *lines]:
        match = re.match(r"(?:\$ )?(?:\S*python -m )?gonghui(?:$| )(.*)", line)
        if match and "import" not in line:
            yield match[1].split()


@pytest.mark.parametrize("page", pages(lambda text: "gonghui " in text))
def test_every_command_and_option_spoken_of_exists(page):
    known = commands_known()
    groups = {words[0] for words in known if len(words) == 2}
    for words in spoken_of(page.read_text(encoding="utf-8")):
        if not words or words[0] == "…" or words[0].startswith("<"):
            continue  # any command is meant
        if words[0].startswith("-"):
            name = ()
        elif words[0] in groups and len(words) > 1 and words[1] != "…":
            # A group may have groups: `contribution paper bill`.
            name = tuple(words[:3]) if tuple(words[:3]) in known else tuple(words[:2])
        else:
            name = (words[0],)
        assert name in known, f"gonghui {' '.join(words)}"
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert options <= known[name] | known[()] | {"--help"}, f"gonghui {' '.join(words)}"


# links


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    seen: Counter[str] = Counter()
    for _, title in headings(page.read_text(encoding="utf-8")):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        yield slug if not seen[slug] else f"{slug}-{seen[slug]}"
        seen[slug] += 1


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page):
    for link in _LINK.findall(prose(page.read_text(encoding="utf-8"))):
        if re.match(r"https?://|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", pages())
def test_files_spoken_of_exist(page):
    for said in _INLINE.findall(prose(page.read_text(encoding="utf-8"))):
        if re.fullmatch(r"(src|docs|tests|benchmarks)/[\w./-]+", said):
            assert (ROOT / said).exists(), said


@pytest.mark.parametrize("page", pages())
def test_no_page_speaks_of_somebodys_machine(page):
    assert not re.search(r"/(work|root|home/\w+|tmp)/", page.read_text(encoding="utf-8"))


def test_the_index_names_every_page():
    index = DOCS / "README.md"
    links = _LINK.findall(index.read_text(encoding="utf-8"))
    named = {(DOCS / link.partition("#")[0]).resolve() for link in links}
    assert {page for page in DOCS.rglob("*.md") if page != index} - named == set()


# the two READMEs and the changelog


def shell_lines(text):
    """The lines of ``sh`` blocks without their comments."""
    for block in _FENCE.finditer(text):
        if block[2] == "sh":
            yield from (line.partition("#")[0].rstrip() for line in block[3].splitlines())


def test_the_chinese_readme_says_the_same():
    english, chinese = (page.read_text(encoding="utf-8") for page in (README, CHINESE))
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(chinese)]
    assert [one.command for one in shown(english)] == [one.command for one in shown(chinese)]
    assert [*shell_lines(english)] == [*shell_lines(chinese)]
    assert set(_FIGURE.findall(english)) == set(_FIGURE.findall(chinese))


def test_the_changelog_says_what_is_new():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## Unreleased\n+- ", text, re.MULTILINE)
