"""Audit samples: the population as a file, and how lines are drawn from it. Pure."""
