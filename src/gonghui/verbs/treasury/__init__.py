"""The ledger: quantities of money and goods move from account to account."""
