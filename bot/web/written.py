"""What somebody sends by a plain form: read with care, held to limits, and never logged (P13)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web

from handlers.rules.refusal import Refused

MOST_BYTES, MOST_FIELDS = 64 * 1024, 60
KIND = "application/x-www-form-urlencoded"
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""What no keyboard writes and no database likes; line breaks and tabs stay."""


@dataclass(frozen=True, slots=True)
class Written:
    """The fields of a form, by name; words are without blanks around them, and with line breaks of one kind."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)

    def words(self, name: str) -> str:
        """What stands in a field; empty where there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def ticked(self, name: str) -> tuple[str, ...]:
        """Whatever is ticked under this name."""
        return tuple(self.fields.get(name, ()))

    def within(self, name: str, most: int) -> str:
        """What stands in a field that people do not type; raises `Refused` where it is longer than it can be."""
        found = self.words(name)
        if len(found) > most:
            raise unreadable()
        return found

    def number(self, name: str) -> int:
        """A number that the page itself put there; raises `Refused` for anything else."""
        found = self.words(name)
        if not (found.isascii() and found.isdigit() and len(found) < 16):
            raise unreadable()
        return int(found)


async def written(request: web.Request) -> Written:
    """The form that was sent; raises `Refused` for what is none, and `HTTPRequestEntityTooLarge`."""
    if request.content_type != KIND:
        raise unreadable()
    try:
        pairs = parse_qsl(
            (await _body(request)).decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except (ValueError, web.RequestPayloadError):
        raise unreadable() from None
    found: dict[str, list[str]] = {}
    for name, words in pairs:
        found.setdefault(name, []).append(_cleaned(words))
    return Written(found)


def unreadable() -> Refused:
    """What a page of ours never sends."""
    return Refused("That can’t be read. Please go back, reload the page, and send it again.", code="unreadable")


async def _body(request: web.Request) -> bytes:
    body = bytearray()
    async for some in request.content.iter_any():
        body += some
        if len(body) > MOST_BYTES:
            raise web.HTTPRequestEntityTooLarge(MOST_BYTES, len(body))
    return bytes(body)


def _cleaned(words: str) -> str:
    return UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()
