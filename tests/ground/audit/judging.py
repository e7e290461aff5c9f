"""The outside verifier, loaded from its file, and run as the program it is."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[3] / "tools" / "verify_audit.py"
SOAK = bool(os.environ.get("GONGHUI_SOAK"))
TRIES = 100 if SOAK else 5


def load_verifier():
    spec = importlib.util.spec_from_file_location("verify_audit", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = load_verifier()


def asked(*arguments):
    """What the program says, run alone: no package can be imported, no variable is read."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", TOOL, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def verdict(export, head):
    """The first bad place and what is wrong; "" when all is well."""
    try:
        verifier.judge(str(export), verifier.heads_in(str(head)) if head else ())
    except verifier.Bad as bad:
        return f"{bad.where}: {bad.said}"
    return ""
