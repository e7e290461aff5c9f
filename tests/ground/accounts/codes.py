"""What an authenticator shows."""

import base64

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP


def code(secret, at):
    """The six digits at a moment in seconds since 1970."""
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(at)).decode()
