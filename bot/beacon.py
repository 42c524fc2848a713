"""Asks a public randomness beacon for its rounds, at several addresses; only what the beacon signed is used (P10)."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar

from bot.measures import Setbacks
from bot.ports import Unavailable
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.random_review import steps
from handlers.rules.draw_file import SIGNATURE, Source, is_signed

log = structlog.get_logger()
SECONDS, MOST_BYTES, LONGEST_WAIT = 5.0, 10_000, 600.0  # for and of one answer; the longest pause between two tries
NOT_PUBLISHED = (404, 425)
"""What a relay answers for a round that it does not have yet."""
WORST = ("forged", "wrong_round", "unreadable", "not_published", "silent")
"""From worst to mildest; of several addresses' troubles the worst is reported."""
SENTENCES = {
    "forged": "its answer had the wrong signature, so I didn't use it",
    "wrong_round": "it answered with a different round",
    "unreadable": "I couldn't read its answer",
    "not_published": "it hasn't published that round yet",
    "silent": "it didn't answer",
}


class NoRound(Exception):
    """An address gave no valid answer; `trouble` says why, in a word of `SENTENCES`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class Beacon:
    """The addresses of a public source of random numbers, tried in turn. `seconds` is for each answer."""

    def __init__(self, addresses: Sequence[str], seconds: float = SECONDS) -> None:
        self.addresses, self.seconds = addresses, seconds

    async def signature(self, source: Source, number: int) -> str:
        """Return the verified signature of a round; raises `NoRound` if no address gives it."""
        troubles = []
        timeout = ClientTimeout(total=self.seconds)
        async with ClientSession(timeout=timeout, cookie_jar=DummyCookieJar(), trust_env=True) as http:
            for address in self.addresses:
                try:
                    return await self._ask_address(http, address, source, number)
                except NoRound as error:
                    troubles.append(error.trouble)
                    host = urlsplit(address).hostname
                    log.warning(
                        "beacon.no_round", address=host, round=number, why=f"{host}: {SENTENCES[error.trouble]}."
                    )
        raise NoRound(min(troubles, key=WORST.index))

    async def _ask_address(self, http: ClientSession, address: str, source: Source, number: int) -> str:
        """Return the verified signature of a round from one address; raises `NoRound`."""
        try:
            async with http.get(
                f"{address.rstrip('/')}/{source.chain}/public/{number}", allow_redirects=False
            ) as answer:
                if answer.status in NOT_PUBLISHED:
                    raise NoRound("not_published")
                if answer.status != 200:
                    raise NoRound("silent")
                body = bytearray()
                async for part in answer.content.iter_any():
                    if len(body := body + part) > MOST_BYTES:
                        raise NoRound("unreadable")
        except (ClientError, TimeoutError, OSError):
            raise NoRound("silent") from None
        signature = _read_round(body, number)
        # Beside the loop, since it takes a second of CPU.
        if not await asyncio.to_thread(is_signed, source.public_key, number, signature):
            raise NoRound("forged")
        return signature


def _read_round(body: bytearray, number: int) -> str:
    """Return the signature in an answer; raises `NoRound` if it's unreadable or of another round."""
    try:
        answer = json.loads(body)
        its_number, signature = answer["round"], answer["signature"]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise NoRound("unreadable") from None
    if its_number != number or isinstance(its_number, bool):
        raise NoRound("wrong_round")
    if not isinstance(signature, str) or not SIGNATURE.fullmatch(signature):
        raise NoRound("unreadable")
    return signature


class RandomDraws:
    """Completes random draws once their beacon round is published, as a part of a tick. `seconds` never goes back."""

    def __init__(self, door: Door, beacon: Beacon, seconds: Callable[[], float] = time.monotonic) -> None:
        self.door, self.beacon = door, beacon
        self._setbacks = Setbacks(seconds, LONGEST_WAIT)

    async def tick(self) -> datetime | None:
        """Ask for each awaited round that is out, and complete its draw.

        Raises `DatabaseDown`, and `Unavailable` if the beacon gives no valid round, which is asked for again.
        """
        for one in await self.door.look(CLOCK, steps.awaited_rounds):
            await self._setbacks.alone("random review", one.draw, lambda one=one: self._draw_with_beacon(one))  # type: ignore[misc]
        return self._setbacks.again()

    async def _draw_with_beacon(self, one: steps.AwaitedRound) -> None:
        """Complete a draw with its round; without a valid one, store why and raise `Unavailable`."""
        try:
            signature = await self.beacon.signature(one.beacon, one.round)
        except NoRound as error:
            await self.door.enter(steps.note_trouble(one.draw, error.trouble), CLOCK)
            raise Unavailable(f"the beacon gave no valid round {one.round}: {SENTENCES[error.trouble]}") from error
        await self.door.enter(steps.draw_with_beacon(one.draw, signature), CLOCK)
