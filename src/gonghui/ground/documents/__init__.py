"""Papers and pictures people send: taken in as pixels, the original sealed away."""
