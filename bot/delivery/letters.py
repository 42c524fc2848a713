"""Sends letters to customers: each is taken once, and what became of it is written down as far as it is known (P8)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.delivery.rounds import Rounds
from bot.mail.writing import Writing
from bot.measures import LETTERS
from bot.ports import Letter, Mailer, NotKnown, NotTaken, Unavailable
from bot.setbacks import Setbacks
from handlers.acting import DELIVERY
from handlers.customers import mailing
from handlers.customers.mailing import Collected, due
from handlers.door import Door
from handlers.handling import Intent
from storage.database.store import Store

log = structlog.get_logger()
LANES = 3  # letters under way at once, so that a server that thinks about one holds up no other
PATIENCE, LAST = 2.0, 1.0  # seconds that a stop waits for what is under way, and then for its being written down
NAMES = {
    mailing.accepted: "accepted",
    mailing.put_off: "put_off",
    mailing.refused: "refused",
    mailing.not_known: "not_known",
}


class Letters(Rounds):
    """One worker; `poll` is in seconds. Without a mailer mail is off, and nothing is taken. Log and metrics hold ids and codes.

    What was being sent when the program ended is not known from the first look on. A letter is committed as being sent before it is; what became of it, and can't be stored yet, is stored later, without a second
    sending. `due` tells which letters there are, where that can be asked without the door.
    """

    broken, untold, away = "letters.broken", "letters.untold", "letters.no_database"

    def __init__(
        self, door: Door, mailer: Mailer | None, writing: Writing, poll: float = 5.0,
        due: Callable[[Store, datetime], list[str]] = due, seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(door, poll)
        self.mailer, self.writing, self.due = mailer, writing, due
        self._left: list[str] = []
        self._setbacks = Setbacks(seconds)
        self._sending: set[asyncio.Task[str]] = set()

    async def stop(self) -> None:
        """Take nothing new. What takes long is broken off, and written down as what it is by then: not sent, or not known."""
        await self._end(PATIENCE)
        for one in self._sending:
            one.cancel()
        await self._end(LAST)

    async def _look(self) -> int:
        if self.mailer is None:
            return 0
        await self._tell_all()
        now = self.door.now()
        self._left = await self.door.database.read(lambda store: self.due(store, now))
        if (first := await self._next()) is None:
            return 0
        others = (self._lane(self.mailer) for _ in range(LANES - 1))
        lanes = await asyncio.gather(self._on_from(self.mailer, first), *others, return_exceptions=True)
        for one in lanes:
            if isinstance(one, BaseException):
                raise one
        return sum(one for one in lanes if isinstance(one, int))

    async def _next(self) -> Collected | None:
        found: list[Collected | None] = []

        async def collect(mail: str) -> None:
            found.append(await self.door.enter(mailing.collect(mail), DELIVERY))

        while self._left and not self._stopping and not any(found):
            mail = self._left.pop(0)
            await self._setbacks.alone("letters", mail, partial(collect, mail))
        return found[-1] if found else None

    async def _lane(self, mailer: Mailer) -> int:
        return await self._on_from(mailer, await self._next())

    async def _on_from(self, mailer: Mailer, found: Collected | None) -> int:
        """One letter after the other, until there is none, or one has to wait: the next would, too."""
        settled = 0
        while found is not None:
            outcome = self._untold[found.mail] = await self._tried(mailer, found)
            LETTERS.labels(NAMES[outcome.handler]).inc()
            await self._tell(found.mail)
            if outcome.handler is mailing.put_off:
                break
            settled += 1
            found = await self._next()
        return settled

    def _named(self, name: str) -> dict[str, Any]:
        return {"mail": name}

    async def _tried(self, mailer: Mailer, one: Collected) -> Intent[None]:
        try:
            letter = self._letter(one)
        except Exception as error:  # noqa: BLE001  as above; it would fail the same the next time
            log.error("letters.unwritable", mail=one.mail, error=type(error).__name__)
            return mailing.refused(one.mail, "unwritable", "")
        outcome = await self._sent(mailer, one.mail, letter)
        code = {} if outcome.handler is mailing.accepted else {"code": outcome.given["code"]}
        log.info("letters.sent", mail=one.mail, outcome=NAMES[outcome.handler], **code)
        return outcome

    def _letter(self, one: Collected) -> Letter:
        body = self.writing.write(one.written)
        return Letter(one.to, body.subject, body.plain, body.html, one.message_id)

    async def _sent(self, mailer: Mailer, mail: str, letter: Letter) -> Intent[None]:
        """Whatever is not known to have been accepted, or not to have been, is not known."""
        sending = asyncio.create_task(mailer.send(letter))
        self._sending.add(sending)
        try:
            return mailing.accepted(mail, await sending)
        except Unavailable as error:
            return mailing.put_off(mail, error.code)
        except NotTaken as error:
            return mailing.refused(mail, error.code, error.answer)
        except NotKnown as error:
            return mailing.not_known(mail, error.code)
        except asyncio.CancelledError:
            return mailing.not_known(mail, "stopped")
        except Exception as error:  # noqa: BLE001  as above
            log.error("letters.fault", mail=mail, error=type(error).__name__)
            return mailing.not_known(mail, "fault")
        finally:
            self._sending.discard(sending)
