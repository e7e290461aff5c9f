"""What two people confirm when an edition is published: pure, without the database."""
