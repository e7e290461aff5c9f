"""What the gateways that carry our messages have in common."""
