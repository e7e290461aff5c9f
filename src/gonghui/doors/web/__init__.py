"""What console and portal share: sign-in, sessions, the frame of a page, errors, words."""
