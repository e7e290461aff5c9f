"""What a post may do about messages. What the house tells by itself needs no permission here."""

SEND = "message.send"
"""Tell people something by hand."""

RETRY = "message.retry"
"""See what could not be delivered in one's unions; have it sent again, or give it up."""
