"""Run as a command: the edition, the compiled fold, one settlement decided by it, and the end."""

from __future__ import annotations

import numpy as np

from benchmarks.books import FLAT, fold_of
from gonghui.core.rulebook.fields import FIELDS


def reason() -> int:
    """Why a settlement of which nothing is stated gets nothing."""
    fold = fold_of(FLAT)
    columns = {name: np.array([FIELDS[name].default], FIELDS[name].dtype) for name in fold.columns}
    results, _ = fold.results({"person": np.zeros(1, np.int32), **columns})
    return int(results.reason[0])


if __name__ == "__main__":
    print(f"reason {reason()}")
