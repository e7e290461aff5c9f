"""Work done later, once in effect."""
