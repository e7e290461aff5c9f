"""Runs of jobs, and requests that were answered."""

from gonghui.ground.jobs.models.onces import Once
from gonghui.ground.jobs.models.runs import Run

__all__ = ["Once", "Run"]
