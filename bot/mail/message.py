"""A letter as the bytes of a message: RFC 5322 and MIME, plain text and HTML side by side, nothing fetched and nobody counted."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.mailing import Letter
from bot.settings.mail_addresses import Sender

# Seven bits and short lines go through any server, and what is signed on the way stays what was signed.
_POLICY = SMTP.clone(cte_type="7bit")


def composed(letter: Letter, to: str, sender: Sender, at: datetime) -> bytes:
    """The whole message, lines ended by CR LF; `to` is the letter's address as a server takes it, `at` aware."""
    message = EmailMessage(_POLICY)
    message["Date"] = format_datetime(at)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    # Whoever is away does not answer a program (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.plain, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()
