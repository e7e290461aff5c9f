"""E-mail over SMTP, through Django's own sender.

``GONGHUI_SMTP`` says where: ``smtp://host:25``, ``smtp+starttls://user@host:587`` or
``smtps://user@host:465``, the password in ``GONGHUI_SMTP_PASSWORD``; ``GONGHUI_MAIL_FROM`` is whose
name stands on it.
"""

from __future__ import annotations

import os
import re
import smtplib
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from gonghui.adapters.gateways.messages import Outcome, outcome
from gonghui.ground.messages.channels.letters import Channel, Letter

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_SECONDS = 20
_ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,190}")


def send(letter: Letter) -> Outcome:
    server, sender = os.environ.get("GONGHUI_SMTP", ""), os.environ.get("GONGHUI_MAIL_FROM", "")
    if not server or not sender:
        return outcome("permanent", "not-configured")
    if not _ADDRESS.fullmatch(letter.address):
        return outcome("permanent", "address-malformed")
    connection = _connection(server)
    message = EmailMessage(
        subject=letter.title,
        body=letter.text,
        from_email=sender,
        to=[letter.address],
        connection=connection,
        headers={"Message-ID": f"<{letter.reference}@{parseaddr(sender)[1].rpartition('@')[2]}>"},
    )
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        return outcome("permanent", f"smtp-{error.smtp_code}")
    except (OSError, smtplib.SMTPException) as error:  # nothing of the message has left
        return outcome("retryable", type(error).__name__)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        return _answered(code)
    except smtplib.SMTPResponseException as error:  # sender or content refused
        return _answered(error.smtp_code)
    except (OSError, smtplib.SMTPException) as error:  # it was on its way
        return outcome("unknown", type(error).__name__)
    finally:
        _close(connection)
    return outcome("sent", "smtp-250")


def _answered(code: int) -> Outcome:
    """A server's answer is a certain one: 4xx not now, 5xx never."""
    return outcome("retryable" if 400 <= code < 500 else "permanent", f"smtp-{code}")


def _connection(server: str) -> EmailBackend:
    parts = urlsplit(server)
    return EmailBackend(
        host=parts.hostname or "localhost",
        port=parts.port or _PORTS[parts.scheme],
        username=unquote(parts.username or ""),
        password=os.environ.get("GONGHUI_SMTP_PASSWORD", ""),
        use_tls=parts.scheme == "smtp+starttls",
        use_ssl=parts.scheme == "smtps",
        timeout=_SECONDS,
    )


def _close(connection: EmailBackend) -> None:
    """How the conversation ends changes nothing about what was said in it."""
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        return


CHANNEL = Channel(send)
