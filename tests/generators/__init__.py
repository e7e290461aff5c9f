"""Random rule books of named shapes, and random histories of one person, for property tests.

``SHAPES`` has every shape by its name; ``strategies`` gives them, and histories, to Hypothesis.
"""

from tests.generators import more_shapes, shapes  # noqa: F401 — importing a shape names it
from tests.generators.frame import SHAPES, Part, text

__all__ = ["SHAPES", "Part", "text"]
