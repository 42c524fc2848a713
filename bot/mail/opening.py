"""Opens the way out for letters that the settings name, if they name one (P8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.ports import Mailer
from bot.settings.config import MailSettings


def open_mailer(mail: MailSettings | None, now: Callable[[], datetime]) -> Mailer | None:
    """None while mail is off; letters are dated by `now` (aware)."""
    if mail is None:
        return None
    from bot.mail.smtp import SmtpMailer

    return SmtpMailer(mail.server, mail.sender, now)
