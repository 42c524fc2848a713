"""The one clock that `now` comes from, and whether it is trusted enough for what can't be undone (P12)."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

import structlog
from aiohttp import ClientSession, TraceConfig, TraceRequestEndParams

from bot.chats.directory import Directory
from handlers import journal, phrases
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.journal import is_confirmed

log = structlog.get_logger()
WAITING_DEADLINES = frozenset({
    "access.end", "access.lapse", "customer.link_ends", "customer.overdue", "declined.go", "hold.end", "random_review.freeze",
    "random_review.late", "random_review.end",
})  # fmt: skip
"""Kinds of deadlines whose work can't be undone: they wait while the clock isn't trusted."""
WAITING_PARTS = frozenset({"erasures", "words", "confidential", "tidying"})
"""Parts of a tick that close, erase, destroy or file something: they wait while the clock isn't trusted."""
AGREES = timedelta(minutes=5)  # by how much the `Date` of an answer may differ
TOGETHER = timedelta(minutes=10)  # by how much the wall clock and the steady clock may drift apart between answers
RECENT = 3600.0  # seconds for which an answer counts
RECENT_ENTRY = timedelta(days=2)  # the age up to which the newest log entry lets `now` follow the wall clock at a start
NEVER = datetime.min.replace(tzinfo=UTC)
PATIENCE = 60.0  # seconds before anyone is told: the next answer often settles it


def steady_seconds() -> float:
    """Count seconds that never run back, and that pass while the machine sleeps where the system can tell."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Doubt(NamedTuple):
    """Why the clock isn't trusted: a word for the log, and a sentence."""

    why: str
    words: str


class _Reading(NamedTuple):
    """A moment (aware), and what the steady clock showed at it."""

    moment: datetime
    seconds: float

    def on(self, seconds: float) -> datetime:
        """Return the moment at which the steady clock shows so many seconds."""
        return self.moment + timedelta(seconds=seconds - self.seconds)


class TrustedClock:
    """The wall clock while it is trusted; otherwise `now` continues from the last trusted moment by the steady clock.

    So no moment of an untrusted clock is used or stored: a clock that is a year ahead for ten seconds moves `now` by
    ten seconds, and nothing has to be undone once it is right. After a start and before an answer, `now` follows the
    wall clock if that is less than two days after the newest log entry, or the log is empty; otherwise it continues
    from that entry. If the first answer contradicts the wall clock, `now` continues from the answer. No one acts by a
    wrong clock, since no one can act before a chat has answered.

    `now` never runs back: it is never earlier than it was, nor at a start than the newest log entry. The only exception
    is a trusted clock, or such a first answer, that is more than ten minutes behind: then the later moment was wrong
    itself (a new database on a machine that was a year ahead), and `now` must not stay there until it comes. The log is
    ordered by its numbers.

    The clock is trusted while it agrees within five minutes with the `Date` of every service that answered in the last
    hour, and has moved together with the steady clock since the answers before that. It isn't trusted before a chat has
    answered. The Head's Continue counts as long as the two clocks move together, whatever an answer says. `wall` is
    aware; `seconds` never runs back.
    """

    def __init__(self, wall: Callable[[], datetime], seconds: Callable[[], float] = steady_seconds) -> None:
        self.wall, self.seconds = wall, seconds
        # By host, the newest `Date` of a service and of storage, with when it was heard.
        self._told: dict[str, _Reading] = {}
        self._stored: dict[str, _Reading] = {}
        self._begun: _Reading | None = None  # the start, if the wall clock fitted the newest log entry then
        self._confirmed: _Reading | None = None  # the Head's Continue
        self._borne_out = False  # whether an answer or the Head has confirmed the wall clock since the start
        self._last: _Reading | None = None  # what `now` continues from
        self._latest = NEVER  # the latest moment that `now` returned

    def begin(self, newest: datetime | None) -> None:
        """Start from the newest log entry (aware), or None for an empty log."""
        here = self._read_here()
        self._last, self._latest = here if newest is None else _Reading(newest, here.seconds), newest or NEVER
        if newest is None or -TOGETHER <= here.moment - newest < RECENT_ENTRY:
            self._begun = here

    def now(self) -> datetime:
        """Return the present moment (aware); while the wall clock isn't trusted, by the steady clock."""
        here = self._read_here()
        if self._find_doubt(here) is None or self._follows_the_log(here):
            self._go_on_from(here)
        self._latest = max(self._latest, self._last.on(here.seconds) if self._last else here.moment)
        return self._latest

    def _go_on_from(self, reading: _Reading) -> None:
        """Let `now` continue from this reading, backwards only if it was far ahead."""
        self._last = reading
        if self._latest - reading.moment > TOGETHER:
            self._latest = reading.moment

    def _follows_the_log(self, here: _Reading) -> bool:
        """Return True if nothing has answered yet, and the wall clock fits the newest log entry."""
        return not self._told and self._begun is not None and _difference(self._begun, here) <= TOGETHER

    def doubt(self) -> Doubt | None:
        """Return why the clock isn't trusted; None while it is."""
        return self._find_doubt(self._read_here())

    def trusted(self) -> bool:
        """Return True if what can't be undone may be done now."""
        return self.doubt() is None

    def confirm(self) -> None:
        """Trust the wall clock on the Head's word."""
        self._confirmed, self._borne_out = self._read_here(), True

    def hear(self, host: str, headers: Mapping[str, str]) -> None:
        """Take in the `Date` of a service's answer, unless it comes from a cache. Before the first that agrees, `now` follows it."""
        if (moment := _header_date(headers)) is None:
            return
        here = self._read_here()
        self._told = {**self._told, host: _Reading(moment, here.seconds)}
        if not self._borne_out:
            self._borne_out = abs(moment - here.moment) <= AGREES
            self._go_on_from(here if self._borne_out else self._told[host])

    def hear_storage(self, host: str, headers: Mapping[str, str]) -> None:
        """Take in the `Date` of a storage server.

        It may share this machine's clock, so it can contradict that clock but never confirm it.
        """
        if (moment := _header_date(headers)) is not None:
            self._stored = {**self._stored, host: _Reading(moment, self.seconds())}

    def listener(self) -> TraceConfig:
        """Return the trace configuration with which an aiohttp session reports each of its answers."""

        async def answered(_: ClientSession, __: SimpleNamespace, ended: TraceRequestEndParams) -> None:
            self.hear(ended.url.host or "", ended.response.headers)

        trace = TraceConfig()
        trace.on_request_end.append(answered)
        return trace

    def _read_here(self) -> _Reading:
        """Read the machine's two clocks."""
        return _Reading(self.wall(), self.seconds())

    def _find_doubt(self, here: _Reading) -> Doubt | None:
        """Return why the clock isn't trusted at this reading; None if it is."""
        if self._confirmed is not None and _difference(self._confirmed, here) <= TOGETHER:
            return None
        recent = {
            host: one for host, one in {**self._stored, **self._told}.items() if here.seconds - one.seconds <= RECENT
        }
        for host, one in recent.items():
            if _difference(one, here) > AGREES:
                return Doubt(
                    "contradicted", f"{_clock_words(here)}, but {host} says {_time_words(one.on(here.seconds))}."
                )
        if not self._told:
            return Doubt("unconfirmed", f"{_clock_words(here)}, and no service has confirmed it since I started.")
        newest = max(self._told.values(), key=lambda one: one.seconds)
        if _difference(newest, here) > TOGETHER:
            return Doubt("leapt", f"{_clock_words(here)}, but it should say {_time_words(newest.on(here.seconds))}.")
        return None


def _header_date(headers: Mapping[str, str]) -> datetime | None:
    """Return the date in an answer's headers; None without one, or from a cache."""
    try:
        moment = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and headers.get("Age", "0") == "0" else None


def _difference(heard: _Reading, here: _Reading) -> timedelta:
    """Return how far the wall clock is off what it should show, by an earlier reading and the steady clock."""
    return abs(here.moment - heard.on(here.seconds))


def _clock_words(here: _Reading) -> str:
    return f"My machine's clock says {_time_words(here.moment)}"


def _time_words(moment: datetime) -> str:
    return phrases.moment_words(moment, "UTC", None)


class ClockWatch:
    """The part of a tick that checks the clock, and tells people when it isn't trusted."""

    def __init__(self, clock: TrustedClock, door: Door, directories: Mapping[str, Directory]) -> None:
        self.clock, self.door, self.directories = clock, door, directories
        self._since: float | None = None  # when the doubt began, by the steady clock
        self._told = ""  # the id of the wait that people were told of

    async def begin(self) -> None:
        """Start the clock, before anything asks it. Raises `DatabaseDown`."""
        self.clock.begin(await self.door.database.read(lambda store: store.audit.newest_moment()))
        if not self.clock.trusted():
            await self._ask_the_time()

    async def tick(self) -> None:
        """While the clock isn't trusted, ask the chats for the time; after a minute tell people, then look for the Head's Continue.

        Raises `DatabaseDown`.
        """
        if not self.clock.trusted():
            await self._ask_the_time()
        doubt = self.clock.doubt()
        if doubt is None:
            await self._go_on()
            return
        if self._since is None:
            self._since = self.clock.seconds()
            log.warning("clock.not_trusted", why=doubt.why, told=doubt.words)
        if not self._told and self.clock.seconds() - self._since >= PATIENCE:
            name = f"CL-{self.door.policy.company_day(self.door.now()):%Y%m%d}"
            await self.door.enter(journal.tell_of_wait(name, doubt.why, doubt.words), CLOCK)
            self._told = name
        elif self._told:
            await self._accept_the_heads_continue()

    async def _accept_the_heads_continue(self) -> None:
        """Trust the clock once the Head has confirmed it."""
        if await self.door.database.read(partial(is_confirmed, sealer=self.door.keys.log_seal, wait_id=self._told)):
            self.clock.confirm()
            await self._go_on()

    async def _go_on(self) -> None:
        """Note that the clock is trusted again, and tell people who were told of the doubt."""
        if self._told:
            await self.door.enter(journal.tell_wait_over(self._told), CLOCK)
        if self._since is not None:
            log.info("clock.trusted")
        self._since, self._told = None, ""

    async def _ask_the_time(self) -> None:
        """Send each chat a harmless request: every answer has a `Date`, which the clock hears."""
        for one in self.directories.values():
            try:
                await one.chat.greet()
            except Exception as error:  # noqa: BLE001  whatever it is, another answer may tell the time
                log.info("clock.not_answered", platform=one.chat.platform, why=str(error) or type(error).__name__)
