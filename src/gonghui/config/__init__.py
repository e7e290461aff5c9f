"""Floor 7: settings, the database's supervisor and roles, start-up."""
