"""The oracle: a slow, plain second reading of the rule-book language. It imports no core."""

from tests.oracle.judge import Row, judge

__all__ = ["Row", "judge"]
