"""Sends letters to customers. Its worker's rounds (`Rounds`) are also those of messages about reports."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import structlog

from bot.mail import Writing
from bot.measures import LETTERS, Setbacks
from bot.ports import Letter, LetterRefused, Mailer, OutcomeUnknown, Unavailable
from handlers.acting import DELIVERY, Intent
from handlers.customers import letters
from handlers.door import Door
from handlers.rules import Refused
from storage.database.store import DatabaseDown, Store

log = structlog.get_logger()


class Rounds(ABC):
    """A worker that does what is due, then waits `poll` seconds or until it is woken.

    `fault_event`, `unstored_event` and `no_database_event` name three log lines: a fault of ours, an outcome that can't be stored, and a database
    that doesn't answer (logged once). Each line holds only the kind of error, or the database's own word.
    Outcomes that can't be stored yet stay in `_unstored`, by the name of their piece of work, and are stored in a later
    round.
    """

    fault_event: ClassVar[str]
    unstored_event: ClassVar[str]
    no_database_event: ClassVar[str]

    def __init__(self, door: Door, poll: float) -> None:
        self.door, self.poll = door, poll
        self._unstored: dict[str, Intent[None]] = {}
        self._unstorable: set[str] = set()
        self._down = False
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False
        self._one_at_a_time = asyncio.Lock()

    @abstractmethod
    async def _do_due(self) -> int:
        """Do what is due; return how much of it is settled. Raises `DatabaseDown`."""

    def wake(self) -> None:
        """Look at once, because something was done in this process."""
        self._wake.set()

    async def run(self) -> None:
        """Work until told to stop, through every fault."""
        while not self._stopping:
            self._wake.clear()  # before the look, since what is committed during it may be behind what was read
            if not await self._do_round() and not self._stopping:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self.poll)

    async def _do_round(self) -> int:
        """Do one round; after a fault wait a whole pause, since the fault itself may wake it."""
        try:
            return await self.take()
        except Exception as error:  # noqa: BLE001  it must outlive every fault, whose text may name a person
            log.error(self.fault_event, error=type(error).__name__)
            if not self._stopping:
                self._wake.clear()
            return 0

    async def _end(self, patience: float) -> None:
        """Start nothing new, and wait for the round under way, `patience` seconds at most."""
        self._stopping = True
        self.wake()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), patience)

    async def drain(self) -> int:
        """Send everything that is due now, then return how much it was."""
        done = 0
        while taken := await self.take():
            done += taken
        return done

    async def take(self) -> int:
        """Do one round; return how much is settled (0 if the database is down).

        A letter that has to wait isn't counted, so that `drain` ends.
        """
        async with self._one_at_a_time:
            self._idle.clear()
            try:
                settled = await self._do_due()
            except DatabaseDown as error:
                if not self._down:
                    log.warning(self.no_database_event, why=str(error))
                self._down = True
                return 0
            finally:
                self._idle.set()
            self._down = False
            return settled

    async def _store_outcomes(self) -> None:
        """Store all outcomes that are not stored yet. Raises `DatabaseDown`."""
        for name in list(self._unstored):
            await self._store_outcome(name)

    async def _store_outcome(self, name: str) -> None:
        """Store one outcome. Raises `DatabaseDown`, and the outcome stays for later.

        An outcome that can't be stored for another reason is logged once and holds up no other.
        """
        try:
            await self.door.enter(self._unstored[name], DELIVERY)
        except DatabaseDown:
            raise
        except Refused:
            pass  # what it belongs to is gone, and the log has that
        except Exception as error:  # noqa: BLE001  as above
            if name not in self._unstorable:
                log.error(self.unstored_event, error=type(error).__name__, **self._log_fields(name))
                self._unstorable.add(name)
            return
        self._unstored.pop(name)
        self._unstorable.discard(name)

    def _log_fields(self, name: str) -> dict[str, Any]:
        """Return the log fields that may name a piece of work whose outcome can't be stored; none unless overridden."""
        return {}


LANES = 3  # letters under way at once, so that a server that is slow with one delays no other
PATIENCE, LAST = 2.0, 1.0  # seconds that a stop waits for work in progress, and then for its being written down
NAMES = {
    letters.note_accepted: "accepted",
    letters.put_off_letter: "put_off",
    letters.note_refused_mail: "refused",
    letters.note_uncertain_mail: "not_known",
}


class Letters(Rounds):
    """One worker; `poll` is in seconds. Without a mailer mail is off, and nothing is sent. Log and metrics hold only ids and codes.

    A letter is stored as being sent before it is sent. If the program ends in between, its outcome counts as unknown from
    the next start on. An outcome that can't be stored yet is stored later, and the letter isn't sent again. `due` returns
    the ids of letters to send, from a read of the database alone.
    """

    fault_event, unstored_event = "letters.broken", "letters.untold"
    no_database_event = "letters.no_database"

    def __init__(
        self, door: Door, mailer: Mailer | None, writing: Writing, poll: float = 5.0,
        due: Callable[[Store, datetime], list[str]] = letters.due_letters, seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(door, poll)
        self.mailer, self.writing, self.due = mailer, writing, due
        self._left: list[str] = []  # ids of due letters that no lane has taken yet
        self._setbacks = Setbacks(seconds)
        self._sending: set[asyncio.Task[str]] = set()

    async def stop(self) -> None:
        """Start nothing new. Cancel what takes too long, and store its outcome as far as known: not sent, or uncertain."""
        await self._end(PATIENCE)
        for one in self._sending:
            one.cancel()
        await self._end(LAST)

    async def _do_due(self) -> int:
        """Send all letters that are due, in a few lanes side by side; return how many are settled. Raises `DatabaseDown`."""
        if self.mailer is None:
            return 0
        await self._store_outcomes()
        now = self.door.now()
        self._left = await self.door.database.read(lambda store: self.due(store, now))
        if (first := await self._collect_next()) is None:
            return 0
        others = (self._send_lane(self.mailer) for _ in range(LANES - 1))
        lanes = await asyncio.gather(self._send_from(self.mailer, first), *others, return_exceptions=True)
        for one in lanes:
            if isinstance(one, BaseException):
                raise one
        return sum(one for one in lanes if isinstance(one, int))

    async def _collect_next(self) -> letters.CollectedLetter | None:
        """Mark the next due letter as being sent and return it; None if there is none left."""
        collected: list[letters.CollectedLetter | None] = []

        async def collect(mail: str) -> None:
            collected.append(await self.door.enter(letters.collect_letter(mail), DELIVERY))

        while self._left and not self._stopping and not any(collected):
            mail = self._left.pop(0)
            await self._setbacks.alone("letters", mail, partial(collect, mail))
        return collected[-1] if collected else None

    async def _send_lane(self, mailer: Mailer) -> int:
        """Send due letters one after another; return how many are settled."""
        return await self._send_from(mailer, await self._collect_next())

    async def _send_from(self, mailer: Mailer, collected: letters.CollectedLetter | None) -> int:
        """Send this letter and then the next due ones, until none is left or the mail server makes one wait.

        Returns how many are settled.
        """
        settled = 0
        while collected is not None:
            outcome = self._unstored[collected.mail] = await self._try_letter(mailer, collected)
            LETTERS.labels(NAMES[outcome.handler]).inc()
            await self._store_outcome(collected.mail)
            if outcome.handler is letters.put_off_letter:
                break
            settled += 1
            collected = await self._collect_next()
        return settled

    def _log_fields(self, name: str) -> dict[str, Any]:
        return {"mail": name}

    async def _try_letter(self, mailer: Mailer, collected: letters.CollectedLetter) -> Intent[None]:
        """Write and send one letter; return the outcome to store. A letter that can't be written counts as refused."""
        try:
            letter = self._write_letter(collected)
        except Exception as error:  # noqa: BLE001  as above; it would fail the same the next time
            log.error("letters.unwritable", mail=collected.mail, error=type(error).__name__)
            return letters.note_refused_mail(collected.mail, "unwritable", "")
        outcome = await self._send_letter(mailer, collected.mail, letter)
        code = {} if outcome.handler is letters.note_accepted else {"code": outcome.given["code"]}
        log.info("letters.sent", mail=collected.mail, outcome=NAMES[outcome.handler], **code)
        return outcome

    def _write_letter(self, collected: letters.CollectedLetter) -> Letter:
        """Return the letter in full, from the template for its kind."""
        body = self.writing.write(collected.written)
        return Letter(collected.to, body.subject, body.plain, body.html, collected.message_id)

    async def _send_letter(self, mailer: Mailer, mail: str, letter: Letter) -> Intent[None]:
        """Send a letter and return the outcome to store: accepted, put off, refused, or uncertain if its fate isn't known."""
        sending = asyncio.create_task(mailer.send(letter))
        self._sending.add(sending)
        try:
            return letters.note_accepted(mail, await sending)
        except Unavailable as error:
            return letters.put_off_letter(mail, error.code)
        except LetterRefused as error:
            return letters.note_refused_mail(mail, error.code, error.answer)
        except OutcomeUnknown as error:
            return letters.note_uncertain_mail(mail, error.code)
        except asyncio.CancelledError:
            return letters.note_uncertain_mail(mail, "stopped")
        except Exception as error:  # noqa: BLE001  as above
            log.error("letters.fault", mail=mail, error=type(error).__name__)
            return letters.note_uncertain_mail(mail, "fault")
        finally:
            self._sending.discard(sending)
