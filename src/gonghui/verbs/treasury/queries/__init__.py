"""What can be asked of the ledger; each answer holds what the actor may see."""
