"""What every chat adapter needs: work after an answer, pauses that the platform asked for, reading bodies, a start and a stop."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from cachetools import TLRUCache

from bot.measures import REFUSED_AT_THE_WALL
from bot.ports import Absent, Unavailable, Unreachable
from handlers.cards import Actions, Page
from handlers.rules import Refused
from handlers.sealing import new_id
from storage.database.store import DatabaseDown

T = TypeVar("T")
log = structlog.get_logger()


class BackgroundTasks:
    """Work that one platform's adapter does after answering; `platform` begins each event's name in the log."""

    def __init__(self, platform: str) -> None:
        self._unavailable, self._late, self._fault = (
            f"{platform}.{what}" for what in ("unavailable", "refused_late", "fault")
        )
        self._tasks: set[asyncio.Task[Any]] = set()

    def later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start work that the acknowledgement needn't wait for."""
        task = asyncio.create_task(self._log_fault(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def within(self, seconds: float, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of the work; raises `TimeoutError` after so many seconds, and the work continues."""
        going = asyncio.create_task(work)
        try:
            done, _ = await asyncio.wait({going}, timeout=seconds)
        finally:
            if not going.done():
                self._tasks.add(going)
                going.add_done_callback(self._log_late_failure)
        if not done:
            raise TimeoutError
        return going.result()

    def fault(self, error: Exception, words: str, *, private: bool = False) -> str:
        """Log a fault of ours under an id, and return what to tell the person, who can quote that id.

        The text of an error may quote a private form, so for a `private` one it stays out of the log.
        """
        number = new_id("F")
        log.error(self._fault, fault=number, error=type(error).__name__, exc_info=None if private else error)
        return words.format(fault=number)

    async def finish(self) -> None:
        """Wait for what is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _log_late_failure(self, going: asyncio.Task[Any]) -> None:
        """Log a failure of work that no one waits for any more; only its kind, since asyncio would log its whole text."""
        self._tasks.discard(going)
        error = None if going.cancelled() else going.exception()
        if isinstance(error, Unavailable | Unreachable | DatabaseDown | Refused):
            log.warning(self._late, why=type(error).__name__)
        elif error is not None:
            log.error(self._fault, error=type(error).__name__)

    async def _log_fault(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work; log whatever goes wrong, since no one waits for it."""
        try:
            await work
        except (Unavailable, Unreachable) as error:
            log.warning(self._unavailable, code=error.code)
        except DatabaseDown:
            log.warning(self._unavailable, code="database")
        except Refused as refusal:  # by an answer that came too late to be shown
            log.info(self._late, code=refusal.code)
        except Exception as error:  # the person has been acknowledged; the fault must not be lost
            log.exception(self._fault, error=type(error).__name__)


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)  # the latter is enough to read out a passcode by phone


class OpenPage(NamedTuple):
    """A page that was handed out: until when (aware) it is of use, the code in its link, and what closes it."""

    until: datetime
    code: str
    close: Callable[[], Awaitable[None]]


class OpenPages:
    """What buttons of `Hands` show, by the message or dialog that it is in, until it is of no more use."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now, self._open = now, dict[Hashable, OpenPage]()

    def __contains__(self, place: Hashable) -> bool:
        return place in self._open

    def add(self, place: Hashable, close: Callable[[], Awaitable[None]], code: str = "") -> None:
        """Note that a page was opened there; with the `code` of a link it is of use for a minute and one press."""
        self._open[place] = OpenPage(self.now() + (MINUTE if code else HOUR), code, close)

    def remove(self, place: Hashable) -> None:
        """Note that the person left the page, if there is one."""
        self._open.pop(place, None)

    def spend(self, code: str) -> None:
        """Note that the link with this code was used, so that its page is closed with the others whose time is up."""
        used = {place: one for place, one in self._open.items() if one.code == code}
        self._open |= {place: one._replace(until=self.now()) for place, one in used.items()}

    async def close(self) -> None:
        """Close what is of no more use; a page that can't be closed now stays until the person leaves it."""
        for place, one in [*self._open.items()]:
            if one.until <= self.now():
                self.remove(place)
                with suppress(Refused, Unavailable, Unreachable, Absent, DatabaseDown):
                    await one.close()


def code_in_link(page: Page) -> str:
    """Return the one-time code in the link of a page; empty if it has none."""
    buttons = (one for part in page.parts if isinstance(part, Actions) for one in part.buttons)
    return next((code for one in buttons if (code := (one.url or "").partition("#")[2])), "")


class WronglyPacked(Exception):
    """A body that isn't compressed as its header says; chat platforms don't compress what they send."""


async def read_body(request: web.Request, most: int) -> bytes:
    """Return a body of at most `most` bytes. Raises `HTTPRequestEntityTooLarge`, `WronglyPacked`, or `OSError` if it broke off."""
    if (request.content_length or 0) > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=request.content_length or 0)
    raw = bytearray()
    try:
        while more := await request.content.read(most + 1 - len(raw)):
            raw += more
            if len(raw) > most:
                raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=len(raw))
    except (web.RequestPayloadError, HttpProcessingError) as error:  # aiohttp has two errors for it
        raise WronglyPacked from error
    return bytes(raw)


def refuse_unread(status: int, why: str) -> web.Response:
    """Return an empty answer of this status to a request that wasn't read, and count it; `why` is one of a few words."""
    REFUSED_AT_THE_WALL.labels(why).inc()
    return web.Response(status=status, text="")


MOST = 50_000  # pauses at once


class Pauses:
    """Which of our calls to a platform must wait, by kind of call and by place: a conversation or person, or none.

    `seconds` counts and never goes back.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self.seconds = seconds
        self._ends: TLRUCache[tuple[str, str], float] = TLRUCache(MOST, lambda _, end, __: end, timer=self._seconds_now)

    def _seconds_now(self) -> float:
        """Read `seconds` each time, since a test may replace it."""
        return self.seconds()

    def check(self, kind: str, place: str = "") -> None:
        """Raise `Unavailable` while the platform wants this place left alone; nothing has been sent then."""
        still_to_wait = self._ends.get((kind, place), 0.0) - self.seconds()
        if still_to_wait > 0:
            raise Unavailable("ratelimited", retry_after=still_to_wait, tried=False)

    def refused(self, kind: str, place: str, seconds: float) -> None:
        """Note that the platform refused a call, and asked for a pause of so many seconds."""
        self._ends[kind, place] = max(self.seconds() + seconds, self._ends.get((kind, place), 0.0))


class Platform(Protocol):
    """A chat platform, put together: its addresses, and what starts and ends with the program."""

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses that the platform calls."""

    async def start(self) -> None:
        """Connect, if the platform doesn't call us."""

    async def finish(self) -> None:
        """Wait for work that continues after an answer."""

    async def stop(self) -> None:
        """Take nothing new, and finish what is in flight."""

    def unheard(self) -> float | None:
        """Return for how many seconds the platform couldn't reach us; None if it calls our own address."""


def longest_unheard(platforms: Iterable[Platform]) -> float | None:
    """Return the longest `unheard` of these platforms; None if all of them call our own address."""
    return max((silence for one in platforms if (silence := one.unheard()) is not None), default=None)
