"""Floor 5: what a federation runs."""
