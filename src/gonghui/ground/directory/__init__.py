"""Who, where, in what post, on whose behalf."""
