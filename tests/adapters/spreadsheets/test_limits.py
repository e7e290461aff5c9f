"""What a file makes its reader do, it does to a child with limits, without a network and without
anything of ours. Each proof has its control: without the limit the same file passes the bound."""

import os
import resource
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gonghui.adapters.spreadsheets import Limits, SpreadsheetRefused, children, read_spreadsheet
from gonghui.adapters.spreadsheets.children import ChildFailed, is_own_fault, run_child
from tests.adapters.spreadsheets import hostile
from tests.adapters.spreadsheets.builders import xlsx

BOOK = xlsx([["姓名", "号码"], ["张三", "1"]])
CHILD = Path(children.__file__).with_name("child.py")
MIB = 1 << 20


def refused(data, name="a.xlsx", **limits):
    with pytest.raises(SpreadsheetRefused) as caught:
        read_spreadsheet(data, name, limits=Limits(**limits))
    return caught.value


def test_a_shared_string_bomb_meets_the_memory_limit():
    bomb = hostile.shared_string_bomb(BOOK, length=500_000, cells=1_500)
    assert len(bomb) < MIB
    error = refused(bomb, memory_bytes=400 * MIB)
    assert error.code == "too_large"
    assert isinstance(error.__cause__, ChildFailed)


def test_control_without_the_limit_the_same_bomb_takes_that_memory():
    bomb = hostile.shared_string_bomb(BOOK, length=500_000, cells=1_500)
    peak = _peak_of(lambda: read_spreadsheet(bomb, "a.xlsx", limits=Limits(memory_bytes=4 << 30)))
    assert peak > 400 * MIB


def _peak_of(work):
    """The greatest memory of any child since now; in a process of its own, which has no others."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
            os.write(writing, str(peak).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as answer:
        peak = answer.read()
    os.waitpid(child, 0)
    return int(peak)


def test_cells_said_to_be_repeated_meet_the_memory_limit():
    bomb = hostile.repeated_cells(rows=100_000, columns=1_000)
    assert len(bomb) < 2_000
    assert refused(bomb, "a.ods", memory_bytes=400 * MIB).code == "too_large"


def test_control_a_few_repeated_cells_are_read():
    few = hostile.repeated_cells(rows=3, columns=2)
    (sheet,) = read_spreadsheet(few, "a.ods").sheets
    assert (sheet.height, sheet.width) == (3, 2)


def test_a_sheet_as_large_as_sheets_can_be():
    assert refused(hostile.far_corner(BOOK)).code == "too_large"


def test_a_directory_that_lies():
    bomb = hostile.lying_directory(BOOK)
    assert refused(bomb, memory_bytes=200 * MIB).code in ("too_large", "broken")


def test_a_directory_without_end():
    assert refused(hostile.endless_directory(BOOK)).code in ("parts", "broken")


def test_time_on_the_processor_is_limited():
    long = hostile.repeated_cells(rows=8_000, columns=1_000)
    began = time.monotonic()
    assert refused(long, "a.ods", cpu_seconds=1).values["value"] in ("SIGKILL", "SIGXCPU")
    assert time.monotonic() - began < 20


def test_control_without_the_limit_it_takes_longer_than_that():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    refused(hostile.repeated_cells(rows=8_000, columns=1_000), "a.ods", cells=100)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime > 1


def test_time_by_the_clock_is_limited():
    assert refused(BOOK, wall_seconds=0).code == "too_large"


# The child, replaced by programs that misbehave.


@pytest.fixture
def child(monkeypatch, tmp_path):
    def replaced(program):
        path = tmp_path / "child.py"
        path.write_text("import os, sys, signal, time\n" + program)
        monkeypatch.setattr(children, "_CHILD", path)

    return replaced


@pytest.mark.parametrize(
    ("program", "code", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "too_large", "SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "too_large", "SIGSEGV"),
        ("os.abort()", "too_large", "SIGABRT"),
        ("sys.exit(4)", "too_large", "memory"),
        ("sys.exit(3)", "broken", "exit 3"),
        ("raise ValueError('x')", "broken", "exit 1"),
    ],
)
def test_however_a_child_ends_there_is_a_sentence_and_no_trace(child, program, code, said):
    child(program)
    error = refused(BOOK)
    assert (error.code, error.values["value"]) == (code, said)
    assert "Traceback" not in str(error)


def test_a_fault_of_our_own_is_told_from_a_broken_file(child):
    child("raise ValueError('410802199001011234 and more')")
    error = refused(BOOK)
    assert is_own_fault(error)
    assert "410802********1234 and more" in str(error.__cause__)
    child("sys.exit(3)")
    assert not is_own_fault(refused(BOOK))


def test_a_child_inherits_no_secret(child, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://web:secret@/")
    child("sys.stdout.write(repr(sorted(os.environ)))")
    seen = run_child("read", BOOK, "a.xlsx", Limits(), {})
    assert b"DATABASE_URL" not in seen
    assert b"secret" not in seen
    control = subprocess.run(
        [sys.executable, "-c", "import os; print(sorted(os.environ))"],
        capture_output=True,
        check=False,
    )
    assert b"DATABASE_URL" in control.stdout


def test_a_child_writes_into_memory_only(child):
    child("print(os.readlink('/proc/self/fd/0')); print(os.readlink('/proc/self/fd/1'))")
    if not hasattr(os, "memfd_create"):
        pytest.skip("no files in memory here")
    seen = run_child("read", BOOK, "a.xlsx", Limits(), {})
    assert seen.count(b"/memfd:") == 2


def test_an_answer_without_end_is_cut_off():
    rows = [["x" * 400, "y" * 400]] * 3_000
    error = refused(xlsx(rows), result_bytes=100_000)
    assert error.values["value"] == "SIGXFSZ"


# The network.


def calls_home(port, before=""):
    program = (
        f"import sys, socket; sys.path.insert(0, {str(CHILD.parent)!r}); import child\n"
        f"{before}\nsocket.create_connection(('127.0.0.1', {port}), timeout=2)"
    )
    return (
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode
        == 0
    )


def test_a_child_reaches_no_network():
    if not read_spreadsheet(BOOK, "a.xlsx").isolated:
        pytest.skip("this system does not let a process give up its network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answering = threading.Thread(target=_accept_once, args=(server,), daemon=True)
        answering.start()
        assert not calls_home(port, "assert child.isolate()")
        assert calls_home(port), "control: without the isolation it gets through"
        answering.join(5)


def _accept_once(server):
    server.accept()[0].close()


def test_a_child_ends_with_its_parent():
    program = (
        f"import sys, os, subprocess; sys.path.insert(0, {str(CHILD.parent)!r})\n"
        "inner = 'import sys, time; sys.path.insert(0, {!r}); import child; child.isolate();"
        " print(1, flush=True); time.sleep(60)'"
        f".format({str(CHILD.parent)!r})\n"
        "p = subprocess.Popen([sys.executable, '-c', inner], stdout=subprocess.PIPE)\n"
        "p.stdout.readline(); print(p.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    if sys.platform != "linux":
        pytest.skip("only Linux has this")
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    number = int(ended.stdout)
    for _ in range(100):
        if not _runs(number):
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


def _runs(number):
    try:
        state = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
