"""One request to a service of Microsoft's: what it answered, and what a refusal means for whoever asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.ports import Absent, Unavailable, Unreachable
from bot.teams.keys import parsed_json, read_json

log = structlog.get_logger()

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,59}", re.ASCII)
# Said with 400 as well as with 403 and 404: the person or the bot is not in that conversation.
NOBODY = frozenset({"MemberNotFoundInConversation", "BotNotInConversationRoster"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `code` is the platform's own word where it gave one, `retry_after` is in seconds."""

    status: int
    body: object
    code: str
    retry_after: float | None

    @property
    def name(self) -> str:
        """The platform's word, or the status."""
        return self.code or f"http_{self.status}"


async def exchange(
    http: ClientSession,
    method: str,
    url: URL,
    patience: float,
    *,
    json: Mapping[str, object] | None = None,
    data: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One try, `patience` seconds at most, no redirect followed; raises `Unavailable` where no answer came."""
    wait = ClientTimeout(total=patience)
    try:
        async with http.request(
            method, url, json=json, data=data, headers=headers, timeout=wait, allow_redirects=False
        ) as response:
            try:
                body = await read_json(response)
            except ValueError:
                body = None
            return Answer(response.status, body, _code(body), _delay(response.headers.get("Retry-After", "")))
    except TimeoutError as error:
        raise Unavailable("timeout") from error
    except (ClientError, OSError) as error:
        raise Unavailable("no_connection") from error


# learn.microsoft.com, "Status codes from bot conversational APIs". A 5xx is called by its number: the message may have
# been posted all the same, and the outbox says so to the person.
def refusal(answer: Answer, missing: type[Absent | Unreachable]) -> Exception:
    """What to raise for an answer that is no success; `missing` is for a conversation or person out of reach."""
    status = answer.status
    if status == 429:
        return Unavailable("ratelimited", retry_after=answer.retry_after)
    if status in (408, 412) or status >= 500:
        return Unavailable(f"http_{status}", retry_after=answer.retry_after)
    if status == 401:
        return Unavailable(answer.name, outage=True)
    # A 403 that names no reason is a proxy's; it says nothing about the person.
    if status == 404 or answer.code in NOBODY or (status == 403 and answer.code):
        return missing(answer.name)
    if status == 413 or answer.code == "MessageSizeTooBig":
        log.error("teams.too_large", code=answer.name)
        return Unavailable("too_large")
    log.error("teams.refused", code=answer.name, status=status)
    return Unavailable(answer.name)


def field(body: object, name: str) -> object:
    """A field of an answer; None where there is none, whatever the answer is."""
    return body.get(name) if isinstance(body, dict) else None


def whole_seconds(value: object) -> float | None:
    """Seconds as a number or, as some login services write a lifetime, as text; None for anything else."""
    text = str(value)
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _code(body: object) -> str:
    """The finest word that there is: Teams puts one into `subCode`, the login service its only one into `error`."""
    number = whole_seconds(field(body, "errorCode"))
    words = (one for one in _words(body) if isinstance(one, str) and CODE.fullmatch(one))
    return next(words, "" if number is None else f"error_{number:.0f}")


def _words(body: object) -> Iterator[object]:
    error = field(body, "error")
    yield from (field(error, "subCode"), field(body, "subCode"))
    # "Send proactive messages" shows a sub-code in JSON in the text of the message.
    yield from (field(_unfolded(field(one, "message")), "subCode") for one in (error, body))
    yield from (field(error, "code"), error)


def _unfolded(text: object) -> object:
    try:
        return parsed_json(text.encode()) if isinstance(text, str) else None
    except ValueError:
        return None


def _delay(text: str) -> float | None:
    seconds = whole_seconds(text)
    return None if seconds is None else min(seconds, 600.0)
