"""What a post may do about jobs. Ordering one needs what the work itself needs, no more."""

RETRY = "job.retry"
"""See why jobs of one's unions failed; have one done again, or give it up."""
