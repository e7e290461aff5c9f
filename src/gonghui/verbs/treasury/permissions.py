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
