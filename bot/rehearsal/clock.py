"""The sample company's clock: it runs like any clock, and can be moved."""

import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from bot.rehearsal.happened import happened
from handlers.acting import CLOCK, NONE, Context, seated
from handlers.keeping import words_erased_at
from handlers.policy import Policy
from handlers.sealing import Keys
from storage.database.store import Database, Store
from storage.erasures import WITH_MOMENT
from storage.records import Recording


class MovableClock:
    """The real time plus an offset."""

    def __init__(self) -> None:
        self.offset = timedelta(0)
        self._leapt = 0.0

    def now(self) -> datetime:
        """Return the company's time, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def move(self, to: datetime) -> None:
        """Set the clock to `to`; it runs on from there."""
        self._leapt += max(0.0, (to - self.now()).total_seconds())
        self.offset = to - datetime.now(UTC)

    def seconds(self) -> float:
        """Return the company's time in seconds that never go back; when the clock leaps ahead, they have passed."""
        return time.monotonic() + self._leapt


def send_its_date(app: web.Application, clock: MovableClock) -> None:
    """Put the company's time into the `Date` of every response, as any server does."""

    async def dated(_: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(clock.now(), usegmt=True)

    app.on_response_prepare.append(dated)


class ClockRoutes:
    """`GET` and `POST /rehearsal/clock`: the time, what comes next, moving the clock, and what happened meanwhile."""

    def __init__(
        self, clock: MovableClock, database: Database, policy: Policy, tick: Callable[[], Awaitable[None]],
        told: Callable[[], None], keys: Keys = NONE,
    ) -> None:  # fmt: skip
        self.clock, self.database, self.policy, self.tick, self.told = clock, database, policy, tick, told
        self.keys = keys

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/rehearsal/clock", self._read), web.post("/rehearsal/clock", self._move)]

    async def _read(self, _: web.Request) -> web.Response:
        return web.json_response(await self._state())

    async def _move(self, request: web.Request) -> web.Response:
        try:
            to = datetime.fromisoformat(str(json.loads(await request.read())["now"]))
        except (ValueError, KeyError, TypeError, RecursionError, web.RequestPayloadError):
            to = None
        if to is None or to.tzinfo is None or not 2000 <= to.year <= 2200:
            sentence = 'Send {"now": "2027-01-04T09:00:00+11:00"}: a moment with its offset.'
            return web.json_response({"sentence": sentence}, status=400)
        since, _ = await self.database.read(lambda store: store.audit.head())
        ran = await self.move_to(to)
        return web.json_response({**await self._state(), "ran": ran, **await self._happened(since)})

    async def move_to(self, to: datetime) -> int:
        """Move on through everything due on the way, each at its time; return the number of ticks."""
        ran, due = 1, None
        # Later than the last one: what could not be done then is still due.
        while (due := await self._next_due(due and due[0])) is not None and due[0] <= to:
            self.clock.move(max(due[0], self.clock.now()))
            await self.tick()
            ran += 1
        if ran == 1 or to > self.clock.now():  # what fell due just before may have taken some seconds
            self.clock.move(to)
        await self.tick()
        self.told()
        return ran

    async def _next_due(self, after: datetime | None = None) -> tuple[datetime, str] | None:
        def look(store: Store) -> list[tuple[datetime, str]]:
            deadline, ahead = (
                store.deadlines.next(after),
                Recording.erase_at.is_not(None) if after is None else Recording.erase_at > after,
            )
            call = store.first_row(Recording, Recording.state.in_(WITH_MOMENT), ahead, by=(Recording.erase_at,))
            found = [deadline[:2]] if deadline else []
            words = min((one for one in self._ends_of_words(store) if after is None or one > after), default=None)
            return [*found, *((at, kind) for at, kind in ((call and call.erase_at, MOMENT), (words, WORDS)) if at)]

        return min(await self.database.read(look), default=None)

    def _ends_of_words(self, store: Store) -> list[datetime]:
        """Return when the words of each closed matter are erased."""
        closed = store.matter_keys.closed(self.clock.now() + FAR, "", MOST)
        return [words_erased_at(self.policy, one.at, one.line) for one in closed]

    async def _happened(self, since: int) -> dict[str, object]:
        """Return what the log says since that entry, in plain words; `zone` (IANA) is the company's."""

        def look(store: Store) -> dict[str, object]:
            things, more = happened(
                Context(store, seated(store, self.policy), self.clock.now(), CLOCK, self.keys), since
            )
            told = [{"at": one.at.isoformat(), "words": one.words, "note": one.note} for one in things]
            return {"happened": told, "happened_more": more}

        zone = self.policy.lines[self.policy.company.home_line].time_zone
        return {**await self.database.read(look), "zone": zone}

    async def _state(self) -> dict[str, object]:
        due = await self._next_due()
        # A browser knows only milliseconds, and must not ask for the moment just before.
        at = due[0] + timedelta(microseconds=-due[0].microsecond % 1000) if due else None
        label = LABELS.get(due[1]) if due else None
        return {"now": self.clock.now().isoformat(), "next": at.isoformat() if at else None, "next_label": label}


MOMENT, WORDS = "retention.close", "words.erase"
FAR, MOST = timedelta(days=36_500), 10_000
LABELS = {
    MOMENT: "a call’s time is up",
    WORDS: "old words are erased",
    "access.end": "access to a recording ends",
    "access.remind": "an approver is reminded",
    "access.deputy": "the deputy is asked",
    "access.next": "the next authority is asked",
    "access.lapse": "a request lapses",
    "access.undecided": "reminder of an investigation",
    "access.ending": "access is about to end",
    "access.nudge_again": "Nudge can be pressed again",
    "working_hours.begin": "reminders are sent",
    "policy_review.open": "the policy’s review opens",
    "policy_review.remind": "reminder of the policy’s review",
    "customer.remind": "reminder of a customer’s request",
    "customer.due_today": "a customer’s request is due",
    "customer.overdue": "a customer’s request is late",
    "customer.link_ends": "a customer’s link expires",
    "notices.ask": "a notice needs confirming",
    "notices.remind": "reminder of a notice to callers",
    "declined.go": "a declined call is erased",
    "declined.remind": "reminder of a declined call",
    "declined.unchosen": "an agent is asked again which call it was",
    "declined.hand_over": "a manager is asked which call it was",
    "hold.end": "a hold ends",
    "hold.ending": "a hold is about to end",
    "random_review.freeze": "the month’s calls are listed",
    "random_review.round": "the beacon draws the calls",
    "random_review.late": "the beacon is late",
    "random_review.give": "a drawn call can be heard",
    "random_review.end": "time to review calls is over",
    "random_review.remind": "reviewers are reminded",
    "retention.late": "reminder of a late erasure",
    "digest.not_seen": "the digest goes to the next reader",
    "retention.remind": "reminder of paused erasures",
}
"""What the button for the next event says for each kind of deadline; for any other it says only when."""
