"""Sign-in: accounts, secrets and sessions, judged by PostgreSQL."""
