"""The short-lived keys that Slack gives out: trigger ids and response URLs, each with its clock and count."""

import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from bot.rehearsal.slack.refusals import SlackError

TRIGGER_SECONDS = 3.0  # views.open reference
RESPONSE_SECONDS = 30 * 60.0  # docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_USES = 5
SEAT: ContextVar[str] = ContextVar("SEAT", default="")
"""The browser a person uses: a dialog opens only in the one where its button was pressed."""


@dataclass(slots=True)
class Trigger:
    person: str
    born: float
    from_modal: bool = False
    used: bool = False
    seat: str = ""


@dataclass(slots=True)
class ResponseUrl:
    """Where an answer may be posted."""

    person: str
    channel: str
    born: float
    uses: int = 0


class Tickets:
    """Gives out and checks the keys; `monotonic` gives seconds, and a trigger lives `trigger_seconds`."""

    def __init__(self, monotonic: Callable[[], float], trigger_seconds: float = TRIGGER_SECONDS) -> None:
        self._monotonic, self._trigger_seconds = monotonic, trigger_seconds
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, person: str, *, from_modal: bool = False) -> str:
        name = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[name] = Trigger(person, self._monotonic(), from_modal, seat=SEAT.get())
        return name

    def exchange(self, name: str) -> Trigger:
        """Use up a trigger; raises SlackError invalid_, exchanged_ or expired_trigger_id."""
        found = self._triggers.get(name)
        if found is None:
            raise SlackError("invalid_trigger_id")
        if found.used:
            raise SlackError("exchanged_trigger_id")
        if self._monotonic() - found.born > self._trigger_seconds:
            raise SlackError("expired_trigger_id")
        found.used = True
        return found

    def response_url(self, person: str, channel: str) -> str:
        token = secrets.token_urlsafe(24)
        self._urls[token] = ResponseUrl(person, channel, self._monotonic())
        return token

    def respond(self, token: str) -> ResponseUrl:
        """Count one use of a response URL; raises SlackError used_url or expired_url."""
        found = self._urls.get(token)
        if found is None or self._monotonic() - found.born > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if found.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        found.uses += 1
        return found
