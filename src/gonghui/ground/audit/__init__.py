"""Who did what, when and on whose authority; sealed, so that a change of it shows."""
