"""Questions: each returns only what the actor may see."""
