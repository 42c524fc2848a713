"""Builds the running program from its parts; the only module that knows them all."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import structlog
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web

from bot import mail, trouble
from bot.beacon import Beacon, RandomDraws
from bot.chats.background import OpenPages, Platform, longest_unheard
from bot.chats.desk import Desk
from bot.chats.directory import Directory
from bot.chats.inbox import Inbox
from bot.clockwork.parts import Forgetting, PolicyOfTheDay, PolicyPeople, Reports, WeeklyDigest, greet_platform
from bot.clockwork.ticks import Clock, Ticks, run_for_ever
from bot.clockwork.trusted_clock import ClockWatch, TrustedClock, steady_seconds
from bot.delivery.confidential import Confidential
from bot.delivery.letters import Letters
from bot.delivery.worker import Delivery
from bot.journal import Journal, Marks, Seal
from bot.listeners import Listeners, Membership
from bot.pages import Noticing, Pages, WebPages
from bot.ports import Chat, Mailer, Recorder, Unavailable
from bot.proof.journalling import Noting, Patiently
from bot.proof.restoring import Restoring
from bot.proof.verification import Proof
from bot.readiness import Readiness
from bot.recorders import open_recorder
from bot.retention.declining import Declining
from bot.retention.erasing import Erasing
from bot.retention.mirroring import Mirroring
from bot.retention.recording_sync import RecordingSync, RecordingWatch, UnregisteredFiles
from bot.settings.config import Settings
from bot.slack.platform import LARGEST, SlackPlatform
from bot.web.answers import answer_faults, once_known, own_pages_only, response_headers
from bot.web.confidential import sorry_page
from bot.web.copies import CopyPages
from bot.web.figures import FigurePages
from bot.web.health import Health, PublicPages
from bot.web.limits import Limits, Pacing
from bot.web.listening import ListeningPages
from bot.web.reports import report_routes
from handlers import PUBLIC
from handlers.door import Door
from handlers.policy import Policy
from storage.database.store import Database, DatabaseDown
from storage.database.upgrade import upgrade_database

log = structlog.get_logger()


def utc_now() -> datetime:
    """Return the present moment (aware)."""
    return datetime.now(UTC)


class Steward:
    """The running program: `start` makes it ready, `stop` finishes what is under way.

    `mailer` and `pages` replace the mail server of the settings and the web, in tests. `wall` is the machine's clock;
    `seconds` counts and never goes back.
    """

    def __init__(self, settings: Settings, policy: Policy, wall: Callable[[], datetime] = utc_now, mailer: Mailer | None = None, pages: Pages | None = None, seconds: Callable[[], float] = steady_seconds) -> None:  # fmt: skip
        self.clock = TrustedClock(wall, seconds)
        self.settings, self.policy, self.now = settings, policy, self.clock.now
        self.database = Database(settings.database_url)
        self.recorder: Recorder = open_recorder(settings.recordings_url, self.clock.hear_storage)
        mailer, keys = mailer or mail.open_mailer(settings.mail, self.now), settings.keys()
        copies_at = f"{settings.public_url.rstrip('/')}/copy" if mailer is not None else ""
        self.door = Door(self.database, policy, self.now, self._wake_workers, keys, self._wake_confidential, copies_at)
        marks, journal = Marks(keys), Journal(settings.journal, Seal(keys), make=settings.journal_url is None)
        patiently = Patiently(journal)
        self.restoring, self.noting = Restoring(self.door, patiently, marks), Noting(self.door, patiently)
        system = settings.recordings_url.partition(":")[0]
        self.erasing = Erasing(self.door, self.recorder, system, marks, lambda: self.restoring.erased)
        self.declining = Declining(self.door, self.recorder, system)
        self.mirroring = Mirroring(self.door, self.recorder, system)
        self.noticing = Noticing(self.door, pages or WebPages())
        self.forgetting = Forgetting(self.door, self.erasing.overwritten)
        returned, unregistered = self.erasing.returned, UnregisteredFiles(self.door, system).note
        self.register = RecordingSync(self.door, self.recorder, system, returned, unregistered)
        self.watch = RecordingWatch(self.register)
        self.letters = Letters(self.door, mailer, mail.Writing(policy.company.name))
        self.directories, self.desks, self.open_pages = dict[str, Directory](), dict[str, Desk](), OpenPages(self.now)
        self._running: list[asyncio.Task[None]] = []
        self._greeting: asyncio.Task[None] | None = None
        self._clock: Clock | None = None
        self._why_not = "starting"  # a word of `bot.readiness.WHILE` for why no work is taken, empty while it is
        self.policy_of_the_day = PolicyOfTheDay(self.door)
        self.proof, self.reported = Proof(self.door, patiently, self.noting), Reports(self.door, patiently)
        self.clock_watch = ClockWatch(self.clock, self.door, self.directories)
        self.ticks = Ticks(
            self.door, self.register, self.directories, trusted=self.clock.trusted,
            more={"clock": self.clock_watch.tick, "pages": self.open_pages.close, "words": self.forgetting.tick, "holds": self.mirroring.tick,
                  "erasures": partial(self.mirroring.release_before, self.erasing.tick), "proof": self.proof.tick, "policy": self.policy_of_the_day.look,
                  "declined": self.declining.tick, "digest": WeeklyDigest(self.door, self.proof, PolicyPeople(self.door, self.directories).try_everybody).tick, "notices": self.noticing.tick, "random review": RandomDraws(self.door, Beacon(settings.beacon_url)).tick, "confidential": self.reported.tick, "journal": self.noting.note},
        )  # fmt: skip

    def build(self) -> web.Application:
        """Build the web application (chats, pages and health), within a running loop."""
        self.http = ClientSession(
            timeout=ClientTimeout(total=10), connector=TCPConnector(limit=64), cookie_jar=DummyCookieJar(),
            trace_configs=[self.clock.listener()],
        )  # fmt: skip
        url, limits, self.pacing = self.settings.public_url, Limits(self.settings.trusted_proxies), Pacing()
        listeners = Listeners(Membership(self.door, self.directories).confirmed, opened=self.open_pages.spend)
        copies = CopyPages(self.door, self.recorder, url, limits, self.watch.changed, self.pacing)
        self.pages = ListeningPages(self.door, self.recorder, url, limits, self.watch.changed, listeners, self.pacing)
        reports = report_routes(self.door, self.recorder, url, limits, listeners, self.pacing)
        figures = FigurePages(self.door, url, limits, listeners)
        faults = answer_faults({"/report": sorry_page, "/copy": copies.sorry, "/figures": figures.sorry})
        walls = [faults, own_pages_only(url), once_known(lambda: self.restoring.state)]
        app = web.Application(client_max_size=LARGEST, middlewares=walls)
        app.on_response_prepare.append(response_headers(url))
        self.platforms, public = self._build_platforms(), PublicPages(self.door, PUBLIC)
        pages = (self.pages, public, copies, figures)
        app.add_routes([*reports, *(one for some in pages for one in some.routes())])
        app.add_routes([one for platform in self.platforms for one in platform.routes()])
        self.delivery = Delivery(self.door, self.directories.values())
        self.door.takes_over = self.delivery.takes_over
        self.inbox, self.confidential = Inbox(self.door, self.desks), Confidential(self.door, self.directories.values())
        self.readiness = self._build_readiness()
        app.add_routes(Health(self.readiness).routes())
        return app

    def _build_readiness(self) -> Readiness:
        """Return what `/readyz` and the metrics are answered from."""
        return Readiness(
            self.database, self.now, state=lambda: self.restoring.state or self._why_not, last_tick=self.ticks.age,
            last_delivery=lambda: self.delivery.seconds() - self.delivery.last_turn, last_presses=self.inbox.age,
            every=self.settings.tick_seconds, reading=self._is_reading_recordings, unheard=partial(longest_unheard, self.platforms),
            parts=self.ticks.ages, doubt=self.clock.doubt,
        )  # fmt: skip

    def _build_platforms(self) -> list[Platform]:
        """Return the chat platforms that the settings name."""
        platforms: list[Platform] = []
        if self.settings.slack_bot_token:
            platforms.append(SlackPlatform(self.settings, self.http, self._build_desk))
        if self.settings.teams is not None:
            # Microsoft's libraries take a second to load, so they are loaded only for a company with Teams.
            from bot.teams.platform import TeamsPlatform

            platforms.append(TeamsPlatform(self.settings.teams, self.http, self._build_desk, self.settings.host))
        return platforms

    def _build_desk(self, chat: Chat) -> Desk:
        """Return a desk for a chat platform, which calls this once, and keep it with its directory."""
        self.directories[chat.platform] = Directory(chat, self.door, self.policy, time.monotonic)
        self.desks[chat.platform] = Desk(
            self.door,
            self.directories[chat.platform],
            self.settings.public_url,
            self._is_reading_recordings,
            self._wake_inbox,
            self.open_pages,
        )
        return self.desks[chat.platform]

    def _is_reading_recordings(self) -> bool:
        """Return True until the recording system's calls have all been read once."""
        return not self.register.read

    async def start(self) -> None:
        """Start everything at once, with a first tick that loads the calls; `bot/serving.py` takes these steps by itself."""
        await self.open()
        if not self.restoring.state:
            await self.tick()
        await self.begin()

    async def open(self) -> None:
        """Bring the database up to date, and check clock, keys, journal and policy; requests may be answered afterwards.

        Raises `DatabaseDown`, and `Misconfigured` if the keys are another database's.
        """
        log.info("database.ready", revision=await upgrade_database(self.database, trouble.upgrade_waits()))
        await self.clock_watch.begin()
        await trouble.unlock_keys(self.door)
        await self.restoring.compare_once()
        await self.database.examine()
        await self.policy_of_the_day.check()

    async def begin(self) -> None:
        """Begin to work, or wait in the background until it's known whether the database was restored. Raises `DatabaseDown`."""
        await self.policy_of_the_day.look()
        if self.restoring.state:
            self._running = [asyncio.create_task(self._begin_later())]
        else:
            await self._begin_work()

    async def _begin_later(self) -> None:
        """Begin once the journal has shown whether the database was restored, and all access has ended if it was."""
        await run_for_ever("restoring", self.restoring.compare_until_known)
        await self._begin_work()

    async def _begin_work(self) -> None:
        """Start the workers, the clock and the chats; a worker that ends by a fault is started again."""
        works: Mapping[str, Callable[[], Awaitable[None]]] = {
            "delivery": self.delivery.run, "watching": self.watch.run, "inbox": self.inbox.run,
            "confidential": self.confidential.run, "letters": self.letters.run, "declining": self.declining.run, "reports": self.reported.run,
        }  # fmt: skip
        self._running += [asyncio.create_task(run_for_ever(name, work)) for name, work in works.items()]
        self._greeting = asyncio.create_task(run_for_ever("greeting", self._greet_platforms))
        self._running.append(self._greeting)
        self._clock = Clock(self.ticks, self.settings.tick_seconds)
        self._clock.start()
        for platform in self.platforms:
            await platform.start()

    async def stop(self, leaving: Leaving | None = None) -> None:
        """Take nothing new, finish what is in flight as far as time allows (see `Leaving`), and close. Raises nothing."""
        leaving = leaving or Leaving()
        self.leave()
        if self._clock is not None:
            self._clock.stop()
        await leaving.stage("chats", self._stop_platforms, keep=4.0)
        await leaving.stage("presses", self.inbox.stop, keep=3.4)
        await leaving.stage("confidential", self.confidential.stop, keep=3.0)
        await leaving.stage("letters", self.letters.stop, keep=2.8)
        await leaving.stage("delivery", self.delivery.stop, keep=2.6)
        await leaving.stage("proof", self.proof.stop, keep=2.4)
        for task in self._running:
            task.cancel()
        await leaving.stage("work", lambda: asyncio.gather(*self._running, return_exceptions=True), keep=2.2)
        await leaving.stage("journal", self._note_newest_head, keep=0.5)
        await leaving.stage("database", self.database.close, keep=0.3)
        await leaving.stage("connections", self.http.close)

    def leave(self) -> None:
        """Take nothing new from now on, and end streams of audio."""
        self._why_not = "stopping"
        self.pacing.end()

    async def _stop_platforms(self) -> None:
        await asyncio.gather(*(platform.stop() for platform in self.platforms))

    async def _note_newest_head(self) -> None:
        """Write the log's newest head to the journal, as far as that is possible."""
        if not self.restoring.state:
            with suppress(DatabaseDown, Unavailable):
                await self.noting.note(at_once=True)

    async def finish(self) -> None:
        """Wait for work that continues after its answer."""
        for platform in self.platforms:
            await platform.finish()

    async def tick(self) -> None:
        """Do everything that is due now, part by part; messages that follow are sent by the delivery."""
        await self.ticks.tick()
        self.delivery.wake()

    def _wake_workers(self, taken_over: Sequence[str]) -> None:
        """Have the workers look at once; the door calls it after a commit, with the effects that the delivery takes over."""
        self.delivery.wake(taken_over)
        for one in (self.watch, self.letters, self.declining):
            one.wake()

    def _wake_confidential(self) -> None:
        """Have the workers for reports look at once; the door calls it after a private intent."""
        self.confidential.wake()
        self.reported.wake()

    def _wake_inbox(self) -> None:
        """Have the inbox look at once; a desk calls it when it keeps a press."""
        self.inbox.wake()

    @property
    def greeted(self) -> bool:
        """True once every chat platform has answered and everyone in the policy was looked up."""
        return self._greeting is not None and self._greeting.done()

    async def _greet_platforms(self) -> None:
        """Greet each chat platform until it answers; work is taken once the first one has."""
        each = (
            greet_platform(one, self.policy, self._is_stopping, self._note_first_answer)
            for one in self.directories.values()
        )
        await asyncio.gather(*each)

    def _is_stopping(self) -> bool:
        return self._why_not == "stopping"

    def _note_first_answer(self) -> None:
        """Take work from now on, unless the program is stopping."""
        self._why_not = self._why_not.removeprefix("starting")


ALL, LAST = 7.0, 7.5  # seconds for all stages of a stop, and after which the process ends in any case
GRACE = 0.05  # seconds in which what was cut short may come to its end


class Leaving:
    """The time for all stages of a stop; what one stage leaves over is there for the next. `seconds` never goes back."""

    def __init__(self, budget: float = ALL, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self._end = seconds, seconds() + budget

    async def stage(self, name: str, work: Callable[[], Awaitable[object]], keep: float = 0.0) -> None:
        """Do one stage of a stop, cut short so that `keep` seconds are left for the others. Raises nothing."""
        doing = asyncio.create_task(_await_work(work))
        try:
            await asyncio.wait({doing}, timeout=max(0.0, self._end - self.seconds() - keep))
        finally:
            in_time = not doing.cancel()
        if not in_time:
            log.warning("stopping.cut_short", stage=name)
            # A wait for a silent server can't be cancelled, and is left behind.
            await asyncio.wait({doing}, timeout=GRACE)
        if doing.done() and not doing.cancelled() and (error := doing.exception()) is not None:
            log.error("stopping.fault", stage=name, error=type(error).__name__, exc_info=error)


async def _await_work(work: Callable[[], Awaitable[object]]) -> None:
    """Await the work in a coroutine, since a task takes no other awaitable."""
    await work()


def end_process_after(seconds: float = LAST) -> None:
    """End the process after so many seconds, even if threads hang on a disk that doesn't answer."""
    timer = threading.Timer(seconds, _exit_now)
    timer.daemon = True
    timer.start()


def _exit_now() -> None:
    """End the process at once, without waiting for its threads."""
    log.error("stopping.forced")
    os._exit(1)
