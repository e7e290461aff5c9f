"""The ledger in other programmes' formats."""
