"""Who may see and change which rows, held by PostgreSQL below the application."""
