"""Whom somebody tells who found a flaw: addresses as RFC 9116 wants them in a security.txt (2.5.3)."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from bot.settings.mail_addresses import mailbox

HOW = "Write a mail address, an address with https://, or a number with tel:, and commas between several."
DIALLED = "Behind tel: stand a +, the code of the country, and digits and hyphens without blanks: tel:+61-2-5550-0100."


def contacts_of(text: str) -> tuple[str, ...]:
    """Each as a URI, the one that is preferred first; raises ValueError with a sentence that says what to write."""
    found = tuple(_contact(one.strip()) for one in text.split(",") if one.strip())
    if text.strip() and not found:
        raise ValueError(f"{text!r} names nobody. {HOW}")
    return found


def _contact(told: str) -> str:
    if re.fullmatch(r"tel:\+[0-9-]{6,20}", told):
        return told
    if told.startswith("tel:"):
        raise ValueError(f"{told!r} is no number that a finder could dial. {DIALLED} {HOW}")
    if told.startswith("https://") and urlsplit(told).hostname and re.fullmatch(r"[!-~]+", told):
        return told
    try:
        return f"mailto:{quote(mailbox(told.removeprefix('mailto:')), safe='@')}"
    except ValueError as error:
        raise ValueError(f"{told!r} is nothing that a finder could use. {HOW}") from error
