"""Applications for a benefit: what a paper statement, an invoice or a unit's list must say."""
