"""Keys, encrypted fields and blind indexes: what a stolen database does not give away."""
