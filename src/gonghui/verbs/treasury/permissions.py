"""What a post may allow in the ledger. Which rows, row security decides besides."""

READ = "ledger.read"
"""Ask for trial balances, account statements and journals."""

POST = "ledger.post"
"""Post journals and reverse them."""

EXPORT = "ledger.export"
"""Take the whole ledger of a fund out of the house."""

OPEN = "period.open"
"""Set up funds, accounts and items, and open periods."""

CLOSE = "period.close"
"""Propose or confirm the closing of a period; the two are always two people."""

PAYOUT_DRAFT = "payout.draft"
"""Put payments together in a batch, cancel one not yet sealed, issue a returned payment anew."""

PAYOUT_CHECK = "payout.check"
"""Hold a batch against what it pays; never one's own."""

PAYOUT_APPROVE = "payout.approve"
"""Let a checked batch leave; never one's own."""

PAYOUT_RELEASE = "payout.release"
"""Seal a batch, export it, hand it to the bank; never one that one made, checked or approved."""

PAYOUT_ANSWER = "payout.answer"
"""Take the bank's answers and balances, settle what is held, close an answered batch."""
