"""Verbs: each takes the actor, opens the transaction, records what was done."""
