"""How commands end: exit codes, words instead of tracebacks, the language, a slow start."""

import importlib.metadata
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from gonghui.core.errors import Refusal
from gonghui.doors.cli import main, rulebook
from gonghui.doors.cli.home import home

ROOT = Path(__file__).parents[3]


def python(*arguments, **environment):
    """A process of its own, with nothing said about the language or the encoding."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "PYTHON", "GONGHUI"))
    }
    return subprocess.run(
        [sys.executable, *arguments],
        env=inherited | environment,
        capture_output=True,
        check=False,
        timeout=60,
    )


def raising(error, monkeypatch):
    def put_out(*_arguments):
        raise error

    monkeypatch.setattr("gonghui.doors.cli.rulebook_document.put_out", put_out)


SHOW = ("rulebook", "show", "pinghu/medical/2022")
FULL = OSError(28, "No space left on device", "/tmp/book.pdf")
ENDINGS = [
    (Refusal("There is no band.", "Check it."), 3, "没有分档。请核对。"),
    (FileNotFoundError(2, "No such file or directory", "a.csv"), 3, "a.csv: 没有这个文件或文件夹"),
    (IsADirectoryError(21, "Is a directory", "a"), 3, "a: 这是文件夹"),
    (PermissionError(13, "Permission denied", "a.pdf"), 4, "a.pdf: 当前用户无权读写"),
    (FULL, 4, "/tmp/book.pdf: 磁盘已满"),
    (OSError("strange"), 4, "strange"),
    (MemoryError(), 4, "内存不足。"),
    (
        ModuleNotFoundError("No module named 'typst'", name="typst"),
        4,
        "需要附加组件“pdf”。安装：pip install 'gonghui[pdf]'",
    ),
]


@pytest.mark.parametrize(("error", "code", "words"), ENDINGS, ids=lambda value: repr(value)[:20])
def test_what_goes_wrong_is_said_in_one_line(error, code, words, gonghui, monkeypatch):
    raising(error, monkeypatch)
    answer = gonghui(*SHOW)
    assert (answer.code, answer.out, answer.err) == (code, "", f"{words}\n")


def test_a_fault_is_one_line_and_a_way_to_the_traceback(gonghui, monkeypatch):
    raising(ZeroDivisionError("by zero"), monkeypatch)
    answer = gonghui(*SHOW, "--lang", "en")
    assert answer.code == 70
    assert "ZeroDivisionError: by zero" in answer.err
    assert "GONGHUI_DEBUG=1" in answer.err
    assert answer.err.count("\n") == 1
    monkeypatch.setenv("GONGHUI_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        gonghui(*SHOW)


def test_a_package_of_no_extra_is_a_fault(gonghui, monkeypatch):
    raising(
        ModuleNotFoundError("No module named 'gonghui.nothing'", name="gonghui.nothing"),
        monkeypatch,
    )
    assert gonghui(*SHOW).code == 70


def test_an_interruption_ends_with_130(gonghui, monkeypatch):
    raising(KeyboardInterrupt(), monkeypatch)
    answer = gonghui(*SHOW)
    assert answer.code == 130
    assert answer.err == "\r\x1b[K已中断，没有留下半成的文件。\n"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interruption_while_it_starts_is_one_line(name, tmp_path):
    """typer is what is imported first; this one is interrupted."""
    (tmp_path / "typer.py").write_text(
        f"import os, signal, time\nos.kill(os.getpid(), signal.{name})\ntime.sleep(9)\n"
    )
    answer = python("-m", "gonghui", "--help", PYTHONPATH=f"{tmp_path}:{ROOT / 'src'}")
    assert answer.returncode == 130
    assert answer.stderr.decode().splitlines() == ["已中断。Interrupted."]
    assert answer.stdout == b""


def test_asked_to_end_it_leaves_nothing_half_made(tmp_path):
    code = (
        "import os, pathlib, signal, sys, time; from gonghui import __main__;"
        " from gonghui.doors.cli import rulebook_document as document;"
        " from gonghui.doors.cli.report.whole_files import whole_file\n"
        "def slowly(*_):\n"
        f"    with whole_file(pathlib.Path({str(tmp_path / 'book.md')!r})) as draft:\n"
        "        draft.write_text('half')\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        time.sleep(9)\n"
        "document.put_out = slowly\n"
        "sys.argv = ['gonghui', 'rulebook', 'show', 'pinghu/medical/2022']\n"
        "__main__.main()"
    )
    answer = python("-c", code, PYTHONPATH=str(ROOT / "src"))
    assert answer.returncode == 130
    assert "已中断，没有留下半成的文件。" in answer.stderr.decode()
    assert "Traceback" not in answer.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_the_console_script_is_the_module():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"gonghui": "gonghui.__main__:main"}


MISUSES = [
    (["nix"], "没有“nix”这个命令。"),
    (["ruleboks"], "没有“ruleboks”这个命令。是不是指'rulebook'？"),
    (["rulebook", "check", "--al"], "没有--al这个选项。"),
    (["rulebook", "check"], "EDITION的值不对：请写明文本，或者用--all"),
    (["rulebook", "diff", "a"], "缺少B。"),
    (["rulebook", "diff", "a", "b", "c"], "多写了“c”。"),
    (["rulebook", "show", "a", "--pdf"], "选项--pdf要写值。"),
    (["--lang", "fr"], "Gonghui没有“fr”这种语言。请选zh（中文）或en（英文）。"),
]


@pytest.mark.parametrize(("arguments", "words"), MISUSES)
def test_wrong_usage_ends_with_2_in_chinese(arguments, words, gonghui):
    answer = gonghui(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err.splitlines()


def test_a_group_without_a_command_shows_its_help(gonghui):
    answer = gonghui("rulebook")
    assert answer.code == 2
    assert answer.err.startswith("用法：gonghui rulebook [选项] 命令 [参数]…\n")
    for command in ("check", "show", "diff", "new", "source", "hash"):
        assert f"\n  {command}" in answer.err


def test_help_is_in_the_language_spoken(gonghui, monkeypatch):
    assert "检查、查看、比较和编写实施细则。" in gonghui("--help").out
    english = "Check, read, compare and write rule books."
    assert english in gonghui("--help", "--lang", "en").out
    assert english in gonghui("--lang=en", "--help").out
    monkeypatch.setenv("GONGHUI_LANG", "en")
    assert english in gonghui("--help").out
    assert english not in gonghui("--help", "--lang", "zh").out


def test_no_english_is_left_in_a_chinese_help_page(gonghui):
    for command in ([], ["rulebook"], ["rulebook", "check"], ["rulebook", "new"]):
        page = gonghui(*command, "--help").out
        words = re.findall(
            r"[a-z]{3,}", re.sub(r"--?[a-z-]+|<\w+>|\S*/\S*|^ +\w+|gonghui.*", "", page, flags=re.M)
        )
        assert set(words) <= {"ingest", "adjudicate", "rulebook", "yaml"}, page


def test_help_is_wrapped_by_the_width_of_chinese(gonghui, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    from gonghui.doors.cli.printing import width

    lines = gonghui("rulebook", "new", "--help").out.splitlines()
    assert max(map(width, lines)) <= 62  # a full stop may stick out


def test_every_package_of_an_extra_is_known_by_its_import():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    modules = importlib.metadata.packages_distributions()
    for extra, requirements in project["optional-dependencies"].items():
        if extra == "all":
            continue
        wanted = {re.match(r"[\w-]+", one)[0].replace("_", "-") for one in requirements}
        known = {
            name.replace("_", "-") for module in main.EXTRAS[extra] for name in modules[module]
        }
        assert wanted == {name.lower() for name in known}


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
)
def test_chinese_is_printed_in_any_locale(locale):
    answer = python("-m", "gonghui", "rulebook", "show", "pinghu/medical/2022", **locale)
    assert answer.returncode == 0
    assert "平湖市职工医疗互助" in answer.stdout.decode("utf-8")


def test_a_chinese_terminal_of_old_gets_its_own_encoding():
    answer = python(
        "-m", "gonghui", "rulebook", "check", "pinghu/medical/2022", PYTHONIOENCODING="gbk"
    )
    assert "✓" in answer.stdout.decode("gb18030")  # GBK alone has no ✓


def test_a_reader_that_goes_away_makes_no_noise():
    python = shlex.quote(sys.executable)  # the checkout may lie in a folder with spaces
    command = f"{python} -m gonghui rulebook source pinghu/medical/2022 | head -1"
    shell = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=60)
    assert shell.stdout.startswith(b"# Written by Gonghui")
    assert shell.stderr == b""


def test_help_imports_nothing_heavy():
    heavy = ["numpy", "polars", "numba", "typst", "rich", "pydantic", "yaml", "babel"]
    heavy.append("gonghui.core.rulebook")
    code = (
        "import sys; from gonghui.doors.cli import main; main.run(['--help']);"
        f" print([name for name in {heavy} if name in sys.modules])"
    )
    assert python("-c", code).stdout.decode().splitlines()[-1] == "[]"


def test_home(monkeypatch, tmp_path):
    monkeypatch.setenv("GONGHUI_HOME", str(tmp_path))
    assert home() == tmp_path
    monkeypatch.delenv("GONGHUI_HOME")
    assert home() == ROOT / ".cache" / "gonghui"
    monkeypatch.setattr("gonghui.doors.cli.home.SOURCES", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert home() == tmp_path / "data" / "gonghui"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home() == tmp_path / ".local" / "share" / "gonghui"


def test_the_exit_codes_are_documented():
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == set(
        map(int, main.Ending)
    )


def test_every_command_of_the_group_is_documented(gonghui):
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    group = re.findall(r"^  ([a-z]+)  ", gonghui("rulebook").err, re.MULTILINE)
    assert group == ["check", "show", "diff", "new", "source", "hash"]
    (section,) = re.findall(r"^## `gonghui rulebook`\n(.*?)^##", page, re.MULTILINE | re.DOTALL)
    assert re.findall(r"^\| `([a-z]+) ", section, re.MULTILINE) == group
    assert rulebook.register
