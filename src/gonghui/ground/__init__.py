"""Floor 3: what every programme stands on."""
