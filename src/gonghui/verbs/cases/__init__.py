"""A person asks, in confidence, and gets a reasoned decision."""
