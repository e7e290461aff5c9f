"""From an edition to one integer step: structure to code, numbers to a parameter array."""
