"""What posts may do with the audit trail."""

READ = "audit.read"
"""See who was shown what in one's unions, and whether the trail is sealed."""

EXPORT = "audit.export"
"""Hand the whole trail out, to be judged elsewhere. Counts for the whole city only."""
