"""The house keeps its shape: floors, the purity of core, names, sizes, nothing of this machine.

Each check takes a module's name and source and returns complaints, so that it can be shown bad
modules too: see the tables `BAD` and `GOOD`.
"""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "gonghui"

FLOORS = {
    "core": 1,
    "books": 1,
    "adapters": 2,
    "ground": 3,
    "verbs": 4,
    "programmes": 5,
    "doors": 6,
    "config": 7,
    "__main__": 8,
}
BELOW_TWIN = {"core", "books", "adapters"}
# Within a floor a room imports only rooms that stand before it here.
ROOMS = {
    "core": ["money", "periods", "rulebook", "adjudication", "simulation"],
    "ground": [
        *("borders", "vault", "audit", "directory", "accounts", "jobs", "documents", "messages"),
    ],
    "verbs": ["treasury", "commitments", "occurrences", "rolls", "cases", "publications"],
    "programmes": ["mutualaid", "lab"],
}

IMPURE_IMPORTS = {
    *("django", "psycopg", "psycopg2", "sqlalchemy", "sqlite3", "duckdb"),  # databases
    *("http", "httpx", "requests", "socket", "ssl", "urllib"),  # networks
    *("time", "secrets"),  # clocks and dice
}
CLOCK = re.compile(r"\b(date|datetime)\.(now|today|utcnow)$")
FLOATS = {"float", "float16", "float32", "float64"}
SHAPELESS_NAMES = {"common", "helper", "helpers", "misc", "util", "utils"}
MAX_LINES = 500

# Put together here, so that this file does not hold them.
FOREIGN_TEXT = [
    *(f"/{folder}/" for folder in ("work", "root")),
    *(".".join(host) for host in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))),
    *(".".join(host) for host in (("deb", "debian", "org"), ("security", "debian", "org"))),
]


def imports(module, source):
    """Yield (line, dotted name) of everything imported; relative names are made absolute."""
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, node.module] if node.module else base)
            yield from ((node.lineno, f"{origin}.{name.name}") for name in node.names)


def check_floors(module, source):
    own = module.split(".")
    for line, name in imports(module, source):
        other = name.split(".")
        if other[0] == "gonghui" and not may_import(own[1:], other[1:]):
            yield f"{module}:{line} imports {name}: imports run down the floors only"


def may_import(own, other):
    (floor, room), (other_floor, other_room) = ([*parts, "", ""][:2] for parts in (own, other))
    if other_floor not in {*FLOORS, "twin"}:
        return not other_floor or other_floor.startswith("__")  # gonghui itself, its __version__
    if floor == other_floor:
        rooms = ROOMS.get(floor, [])
        listed = room in rooms and other_room in rooms
        return not listed or rooms.index(other_room) <= rooms.index(room)
    if other_floor == "twin":
        return floor == "doors"
    if floor == "twin":
        return other_floor in BELOW_TWIN
    return FLOORS[other_floor] < FLOORS[floor]


def check_purity(module, source):
    if not module.startswith("gonghui.core."):
        return
    for line, name in imports(module, source):
        if name.split(".")[0] in IMPURE_IMPORTS:
            yield f"{module}:{line} imports {name}: core knows no database, network or clock"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and CLOCK.search(ast.unparse(node)):
            yield f"{module}:{node.lineno} reads the clock: pass the day in"
        if isinstance(node, ast.Call) and is_unseeded(node):
            yield f"{module}:{node.lineno} draws at random without a seed"


def is_unseeded(call):
    name = ast.unparse(call.func)
    if name.endswith(("Random", "default_rng")):
        return not (call.args or call.keywords)
    return name.startswith(("random.", "np.random.", "numpy.random."))


def check_no_floats(module, source):
    if not module.startswith("gonghui.core."):
        return
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        if name in FLOATS or (isinstance(node, ast.Constant) and isinstance(node.value, float)):
            yield f"{module}:{node.lineno} uses a float: money is integer fen, a rate is text"


def check_names(module, source):
    for part in set(module.split(".")) & SHAPELESS_NAMES:
        yield f"{module}: `{part}` says nothing of what lives there; a shared need deserves a noun"


def check_size(module, source):
    lines = len(source.splitlines())
    written_by_django = ".migrations." in module
    if lines > MAX_LINES and not written_by_django:
        yield f"{module}: {lines} lines; at most {MAX_LINES}"


CHECKS = [check_floors, check_purity, check_no_floats, check_names, check_size]


def module_name(path):
    return ".".join(path.with_suffix("").parts)


def test_source():
    modules = {path.relative_to(PACKAGE.parent): path for path in PACKAGE.rglob("*.py")}
    assert modules
    complaints = [
        complaint
        for name, path in sorted(modules.items())
        for check in CHECKS
        for complaint in check(module_name(name), path.read_text(encoding="utf-8"))
    ]
    assert complaints == []


@pytest.mark.parametrize("folder", ["tests", "benchmarks"])
def test_names_and_sizes_outside_the_package(folder):
    complaints = [
        complaint
        for path in sorted((ROOT / folder).rglob("*.py"))
        for check in (check_names, check_size)
        for complaint in check(module_name(path.relative_to(ROOT)), path.read_text("utf-8"))
    ]
    assert complaints == []


def test_every_floor_has_a_readme():
    floors = [path.parent for path in PACKAGE.glob("*/__init__.py")]
    assert [floor.name for floor in floors if not (floor / "README.md").is_file()] == []


def test_every_floor_is_known():
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders <= {*FLOORS, "twin"}


def foreign_text(text):
    return [foreign for foreign in FOREIGN_TEXT if re.search(rf"(?<![\w.]){foreign}", text)]


def test_nothing_of_this_machine_is_tracked():
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    tracked = {Path(name) for name in listing.stdout.decode().split("\0") if name}
    complaints = {
        str(path): found
        for path in tracked - {Path("uv.lock")}  # its addresses are what it is for
        if (ROOT / path).is_file()
        and (found := foreign_text((ROOT / path).read_text(encoding="utf-8", errors="replace")))
    }
    assert complaints == {}


# Every check can fail.

BAD = [
    (check_floors, "gonghui.core.money", "import gonghui.adapters.bank"),
    (check_floors, "gonghui.core.money", "from gonghui import doors"),
    (check_floors, "gonghui.core.money", "from ..verbs import treasury"),
    (check_floors, "gonghui.core.money", "def late():\n    from gonghui.books import rulebooks"),
    (check_floors, "gonghui.core.rulebook.bands", "from gonghui.core.adjudication import fold"),
    (check_floors, "gonghui.core.rulebook.bands", "from ..adjudication.fold import Step"),
    (check_floors, "gonghui.adapters.bank.files", "from gonghui.twin import people"),
    (check_floors, "gonghui.twin.people", "from gonghui.ground.directory import models"),
    (check_floors, "gonghui.doors.cli.main", "from gonghui.config import settings"),
    (check_floors, "gonghui.doors.cli.main", "from gonghui.attic import box"),
    (check_purity, "gonghui.core.money", "import django.db"),
    (check_purity, "gonghui.core.money", "from urllib.request import urlopen"),
    (check_purity, "gonghui.core.periods", "import time"),
    (check_purity, "gonghui.core.periods", "from datetime import date\nend = date.today()"),
    (check_purity, "gonghui.core.periods", "import datetime\nend = datetime.datetime.now()"),
    (check_purity, "gonghui.core.simulation.draw", "import random\nrandom.random()"),
    (check_purity, "gonghui.core.simulation.draw", "import random\nrandom.Random()"),
    (check_purity, "gonghui.core.simulation.draw", "import numpy as np\nnp.random.default_rng()"),
    (check_no_floats, "gonghui.core.money", "def pay(amount: float) -> None: ..."),
    (check_no_floats, "gonghui.core.money", "rate = float('0.7')"),
    (check_no_floats, "gonghui.core.money", "rate = 0.7"),
    (check_no_floats, "gonghui.core.money", "import numpy as np\nkind = np.float64"),
    (check_names, "gonghui.core.utils", ""),
    (check_names, "gonghui.helpers.money", ""),
    (check_size, "gonghui.core.money", "x = 1\n" * 501),
]
GOOD = [
    (check_floors, "gonghui.doors.cli.main", "from gonghui.twin import people\nimport gonghui"),
    (check_floors, "gonghui.core.adjudication.fold", "from ..rulebook import bands"),
    (check_floors, "gonghui.core.rulebook.bands", "from gonghui.core.rulebook import bases"),
    (check_floors, "gonghui.twin.people", "from gonghui.adapters import medical_insurance"),
    (check_purity, "gonghui.core.simulation.draw", "import random\nrandom.Random(2022)"),
    (check_purity, "gonghui.core.money", "was = row.now"),
    (check_purity, "gonghui.twin.people", "import time"),
    (check_no_floats, "gonghui.doors.cli.main", "seconds = 0.5"),
    (check_size, "gonghui.core.money", "x = 1\n" * 500),
]


@pytest.mark.parametrize(("check", "module", "source"), BAD)
def test_bad_modules_are_caught(check, module, source):
    assert list(check(module, source))


@pytest.mark.parametrize(("check", "module", "source"), GOOD)
def test_good_modules_pass(check, module, source):
    assert list(check(module, source)) == []


def test_foreign_text_is_caught():
    assert [foreign_text(f"see {foreign}") for foreign in FOREIGN_TEXT] == [
        [foreign] for foreign in FOREIGN_TEXT
    ]
    assert foreign_text("benchmarks/work/README.md") == []
