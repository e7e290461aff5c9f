"""Deciding one person's history: facts, canonical inputs, what changes, what is booked. Pure."""
