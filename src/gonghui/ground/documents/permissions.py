"""What posts may allow with documents: the words of the cases that the papers belong to."""

from __future__ import annotations

KEEP = ("case.file", "grant.record", "settlement.enter", "payout.draft")
"""Keep a paper, of a person or of one's union; each of these brings papers with it."""
READ = "case.read"
"""Look at the papers of others; who brought a paper, and whose it is, sees it anyway."""
