"""What a post may allow in cases. Which rows, row security decides besides."""

FILE = "case.file"
"""File cases for workers: as their unit, or at the window."""

CONFIRM = "case.confirm"
"""Confirm, as the unit, that somebody works there and that the papers are complete."""

READ = "case.read"
"""Read cases with their decisions; confidential inputs for a purpose, on record."""

REVIEW = "case.review"
"""Pass a step of the review, or send a case back."""

DECIDE = "case.decide"
"""Accept or refuse; decide a review."""
