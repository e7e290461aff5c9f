"""A city as data: who runs the scheme, under which names, by which road rules are changed."""
