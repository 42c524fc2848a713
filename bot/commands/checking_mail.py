"""What `recording-steward check` tries of mail: the server up to the letter itself (P8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bot.commands.findings import Finding, tried
from bot.mail.opening import open_mailer
from bot.mailing import Mailer, NotTaken
from bot.ports import Unavailable
from bot.settings.config import MailSettings, Misconfigured, Settings

OFF = "mail is off: customers' copies can't be sent. Set SMTP_URL and MAIL_FROM."
REMEDIES = {
    "no_connection": "Nothing answers there. Look at SMTP_URL, and whether a firewall keeps this machine from it.",
    "no_such_host": "There is no server of that name. Look at SMTP_URL.",
    "timeout": "It does not answer in time. Look at SMTP_URL: a port that speaks TLS from the first byte needs smtps://.",
    "no_tls": "It offers no TLS, so nothing is sent: others could read it. Look at SMTP_URL: smtps:// is for a port with TLS.",
    "bad_certificate": (
        "This machine does not trust its certificate, or that is for another name. Write the name that the certificate has; "
        "an authority of your own goes into the file that SSL_CERT_FILE names."
    ),
    "login_refused": "It refuses the name or the password in SMTP_URL.",
    "sender_refused": "It takes nothing from the address in MAIL_FROM. Look at it, and whether the login may send as that address.",
    "no_login": "It takes no name and password in a way that I know. Leave them out of SMTP_URL, or use smtps://.",
    "unreadable_answer": "What it answers is no SMTP. Look at the port in SMTP_URL.",
    "smtp_530": "It wants a login. Write name:password@ before the host in SMTP_URL.",
    "smtp_538": "It wants a login. Write name:password@ before the host in SMTP_URL.",
}
"""By what keeps us from the server: what it means, and what to do."""


async def of_mail(found: Settings) -> AsyncIterator[Finding]:
    """A line for the server, or one that says that mail is off."""
    mailer = open_mailer(found.mail, lambda: datetime.now(UTC))
    if found.mail is None or mailer is None:
        yield Finding("mail", True, OFF, note=True)
    else:
        yield await tried("mail", _server(found.mail, mailer))


async def _server(mail: MailSettings, mailer: Mailer) -> str:
    place, sender = mail.server.place, mail.sender.address
    try:
        await mailer.examine()
    except NotTaken as error:
        raise Misconfigured(f"{place} takes nothing from {sender}. Look at MAIL_FROM.{_said(error.answer)}") from error
    except Unavailable as error:
        remedy = REMEDIES.get(error.code, "It does not take letters now.")
        raise Misconfigured(f"{place}: {remedy}{_said(error.answer)}") from error
    return f"{place} takes letters from {sender}"


def _said(answer: str) -> str:
    return f" It says: {answer}" if answer else ""
