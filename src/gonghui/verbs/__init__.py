"""Floor 4: the sentences every programme is made of."""
