"""Papers that an office prints, in the words of its city."""
