"""The way from a chat in which a form would be a message to the bot's own page: a link that says whose it is to the bot alone (P13)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handlers.cards import Actions, Button, Line, Page, Small
from handlers.ids import new_secret
from handlers.keys import Keys, Unopened
from handlers.rules.refusal import Refused

LASTS = timedelta(minutes=10)
WRITING = timedelta(hours=1)  # for which the page stays whose it is, while somebody writes
LONGEST = 2000  # characters of a token
PATH = "/report/start"
TITLE = "Report in confidence"
LINK, FORM = "breach start", "breach writing"
"""What a token is for: the link in a chat, or the form that it led to. Neither is good as the other, nor for longer than its own time."""
_ABOUT = "start"
OVER = "This link is over. Please ask for a new one in your chat, or write on the page /report without one."


@dataclass(frozen=True, slots=True)
class Start:
    """What a token says: whose account it is, when it ends, and a random id, by which a page tells that it was used."""

    account: str
    ends: datetime
    id: str


def token(keys: Keys, account: str, now: datetime, purpose: str = LINK) -> str:
    """Good for ten minutes, or for an hour of writing; nothing is stored, so nothing on disk ties the account to it."""
    told = json.dumps([account, (now + _lasts(purpose)).timestamp(), new_secret()])
    return urlsafe_b64encode(keys.seal(told.encode(), _ABOUT, purpose)).decode().rstrip("=")


def _lasts(purpose: str) -> timedelta:
    return WRITING if purpose == FORM else LASTS


def begun(keys: Keys, told: str, now: datetime, purpose: str = LINK) -> Start:
    """What a token says; raises `Refused` where it is over, was changed, or is none."""
    try:
        raw = urlsafe_b64decode(told[:LONGEST] + "=" * (-len(told) % 4))
        account, ends, name = json.loads(keys.open(raw, _ABOUT, purpose))
    except (Unopened, ValueError) as error:
        raise Refused(OVER, code="start_over") from error
    start = Start(account, datetime.fromtimestamp(ends, UTC), name)
    # A clock that stood ahead made none that lasts longer.
    if not now <= start.ends <= now + _lasts(purpose):
        raise Refused(OVER, code="start_over")
    return start


def page(keys: Keys, account: str, now: datetime, public_url: str) -> Page:
    """What stands in the chat in the place of the form."""
    link = f"{public_url}{PATH}#{token(keys, account, now)}"
    minutes = LASTS.seconds // 60
    return Page(
        TITLE,
        (
            Line(
                "Reports are written on my own page, so that nothing of yours stands in this chat. "
                f"The link is yours alone, works once, and ends in {minutes} minutes."
            ),
            Actions((Button("report_page", "Write a report", "", "primary", url=link),)),
            Small("P13 · The chat platform knows that you asked for this; the page /report does not ask who you are."),
        ),
        "Report a suspected breach in confidence, on a page of mine.",
    )
