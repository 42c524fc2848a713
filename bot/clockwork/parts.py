"""Some parts of a tick (`bot/clockwork/ticks.py`): policy in force, weekly digest, erasing words, confidential reports.

Also who is greeted at the start, and whether the people in the policy can be reached.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.chats.directory import Directory
from bot.measures import NEXT_TICK, TICK_FAULTS, Setbacks
from bot.ports import NOT_INSTALLED, Address, Unavailable, Unreachable
from bot.proof.journalling import Patiently, ReportCounters
from handlers import keeping, whose_data
from handlers.acting import CLOCK, Intent
from handlers.breach import clock, filing
from handlers.digest import steps as digest_steps
from handlers.door import Door
from handlers.policy import Policy
from handlers.policy_review.steps import keep_policy_text, refuse_a_replaced_policy
from handlers.random_review import steps as random_review_steps
from storage.chain import Sealer
from storage.database.store import DatabaseDown, Store
from storage.matters import ClosedMatter
from storage.records import LIVING, ChatAccount
from storage.vouching import Owner

log = structlog.get_logger()


class PolicyOfTheDay:
    """Looks once a day which policy is in force, since the clock may have been set meanwhile."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._looked: date | None = None

    async def look(self) -> None:
        """Put the policy's text into force and plan the next random draw, once a day. Raises `DatabaseDown`."""
        today = self.door.policy.company_day(self.door.now())
        if today == self._looked:
            return
        new = await self.door.enter(keep_policy_text(), CLOCK)
        self.door.database.policy = self.door.policy.digest
        await self.door.enter(random_review_steps.schedule_draw(), CLOCK)
        self._looked = today
        if new:
            log.info("policy.in_force", digest=self.door.policy.digest)

    async def check(self) -> None:
        """Raise `OtherPolicy` if a newer policy text has replaced this one; also `DatabaseDown`. Called at the start."""
        await self.door.look(CLOCK, refuse_a_replaced_policy)


class Verifying(Protocol):
    """What verifies the log each day; `last` is its last result, None before the first since the start."""

    last: digest_steps.LogVerification | None


class WeeklyDigest:
    """Makes the weekly digest; `try_everybody` checks which people in the policy can be reached. Raises `DatabaseDown`."""

    def __init__(self, door: Door, proof: Verifying, try_everybody: Callable[[], Awaitable[None]]) -> None:
        self.door, self.proof, self.try_everybody = door, proof, try_everybody

    async def tick(self) -> datetime | None:
        """Make the digest if it's due, but not before the log was verified since the start. Of several processes one makes it."""
        if self.proof.last is None:
            return NEXT_TICK
        if await self.door.look(CLOCK, digest_steps.is_due):
            await self.try_everybody()
            told = await self.door.look(CLOCK, digest_steps.tell_readers)
            await self.door.enter(digest_steps.make_digest(told, self.proof.last), CLOCK)
        return None


AT_ONCE = 200  # matters that are looked at together
SHOWN_AT_ONCE = 20  # matters whose cards are redrawn with one tick
FEW = 100  # messages that wait: with more, the cards wait as well
SHORTEST = timedelta(days=28)  # a month


class Forgetting:
    """Erases the words of closed matters whose time is up. `overwritten` is called once their keys were destroyed."""

    def __init__(
        self, door: Door, overwritten: Callable[[], object], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.door, self.overwritten = door, overwritten
        self._setbacks = Setbacks(seconds)
        self._looked: datetime | None = None

    async def tick(self) -> datetime | None:
        """Erase words once an hour, and redraw some of their cards on each tick. Raises `DatabaseDown`.

        Returns `NEXT_TICK` while cards are left to redraw.
        """
        hour = self.door.now().replace(minute=0, second=0, microsecond=0)
        if hour != self._looked:
            await self._erase_words()
            # Requests about one legal matter are no longer linked once all their words are gone.
            await self._enter_side_by_side([whose_data.untie_matters()])
            self._looked = hour
        unshown = await self.door.database.read(lambda store: store.matter_keys.unshown(SHOWN_AT_ONCE))
        if unshown and await self.door.database.read(lambda store: store.outbox.waiting()) < FEW:
            await self._enter_side_by_side(map(keeping.show_erased, unshown))
        return NEXT_TICK if unshown else self._setbacks.again()

    async def _erase_words(self) -> None:
        """Erase the words of closed matters whose time is up, if the log vouches that they were closed."""
        now, policy, after = self.door.now(), self.door.policy, ""
        before = now - policy.records.closed_request_months * SHORTEST
        while page := await self.door.database.read(partial(_closed_matters, before=before, after=after)):
            due = [one.matter for one in page if keeping.words_erased_at(policy, one.at, one.line) <= now]
            if due:
                vouched = await self.door.database.read(
                    partial(_vouched_for, sealer=self.door.keys.log_seal, matters=due)
                )
                await self._enter_side_by_side(map(keeping.erase_words, vouched))
                self.overwritten()
            after = page[-1].matter

    async def _enter_side_by_side(self, intents: Iterable[Intent[None]]) -> None:
        """Enter these through the door side by side, so that they share commits; one that fails doesn't hold up the others."""
        await asyncio.gather(*map(self._enter_alone, intents))

    async def _enter_alone(self, intent: Intent[None]) -> None:
        """Enter one intent; if it fails, it's tried again after a while."""
        piece = f"{intent.action}:{intent.subject}"
        await self._setbacks.alone("words", piece, partial(self.door.enter, intent, CLOCK))


def _closed_matters(store: Store, before: datetime, after: str) -> list[ClosedMatter]:
    """Return the next matters, after the id `after`, that were closed before this time and still have their words."""
    return store.matter_keys.closed(before, after, AT_ONCE)


def _vouched_for(store: Store, sealer: Sealer, matters: Collection[str]) -> list[str]:
    """Return the matters whose rows are as the bot left them, by the log.

    The rows of the others were changed by hand, so their words are kept.
    """
    rows = {one: {("matters", one)} for one in matters}
    altered = store.not_vouched(sealer, set[Owner]().union(*rows.values()))
    if altered:
        log.error("words.altered", matters=sorted({one for _, one in altered}))
    return [one for one, its_rows in rows.items() if its_rows.isdisjoint(altered)]


PART = "confidential"
"""What log and metrics call this part of a tick. It runs equally often whether there are reports or not."""


class Reports:
    """The clock's work on confidential reports; its faults are logged without any text of theirs.

    `patiently` does what writes to the journal, which may hang. The `counters` say how often each report was written.
    """

    def __init__(self, door: Door, patiently: Patiently) -> None:
        self.door, self.patiently, self.counters = door, patiently, ReportCounters(door, patiently)
        self._told: date | None = None  # the day of the last look at what the journal must be told
        self._woken, self._one_at_a_time = asyncio.Event(), asyncio.Lock()

    def wake(self) -> None:
        """Write to the journal at once, since something confidential was done."""
        self._woken.set()

    async def run(self) -> None:
        """Write journal lines whenever woken, until cancelled; what fails is written with a tick."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            with suppress(Unavailable, DatabaseDown):
                await self.tell()

    async def tick(self) -> datetime | None:
        """Take the steps on reports that are due, then write to the journal. Returns `NEXT_TICK` if not all was done. Raises `DatabaseDown`."""
        done = [await self._enter_safely(piece) for piece in (filing.report_findings(), clock.review_reports())]
        with suppress(Unavailable):  # the part that writes the other lines says that the journal is away
            await self.tell()
            await self.counters.refresh()
            return None if all(done) else NEXT_TICK
        return NEXT_TICK

    async def _enter_safely(self, piece: Intent[int]) -> bool:
        """Do one piece of work and return True; a fault is logged, delays no other, and gives False. Raises `DatabaseDown`."""
        try:
            await self.door.enter(piece, CLOCK)
        except DatabaseDown:
            raise
        except Exception as error:  # noqa: BLE001  a traceback may hold what a person wrote
            TICK_FAULTS.labels(PART).inc()
            log.error("tick.fault", part=PART, error=type(error).__name__)
            return False
        return True

    async def tell(self) -> None:
        """Write a journal line for each access that ended, key that was destroyed and report that was written.

        A line is written again if in doubt. It says nothing of its place in the log, and of its time only the day. Lines that
        only say that a report was written wait until fewer people may read one, or for the next day: otherwise the journal
        would reveal at what minute a report was made. Raises `JournalDown` and `DatabaseDown`.
        """
        async with self._one_at_a_time:
            marks = await self.door.database.read(clock.untold_traces)
            today = self.door.now().date()
            if marks and (clock.is_urgent(marks) or today != self._told):
                lines = [clock.journal_line(one, today.isoformat()) for one in marks]
                await self.patiently.do(lambda: self.patiently.journal.add(lines))
                self.counters.remember({one.mark: one.counter for one in marks if one.counter})
                await self.door.enter(clock.note_journalled(marks), CLOCK)
            self._told = today


ASKED_AGAIN = 5.0  # seconds until a platform that did not answer is greeted again
SILENT_AFTER = 3  # failures in a row after which a platform isn't asked further this time
LOST_AT_ONCE = 3  # accounts lost, with none left: then the platform is at fault, and no one counts as gone


async def greet_platform(
    directory: Directory, policy: Policy, stopping: Callable[[], bool], answered: Callable[[], None]
) -> None:
    """Greet a platform until it answers; then call `answered`, and look up everyone the policy names.

    Raises nothing of the platform's.
    """
    while not stopping():
        try:
            await directory.chat.greet()
        except Exception as error:  # noqa: BLE001  whatever it is, another try may find the platform well
            log.error("chat.not_reached", platform=directory.chat.platform, why=str(error) or type(error).__name__)
            await asyncio.sleep(ASKED_AGAIN)
        else:
            answered()
            await meet_holders(directory, policy)
            return


async def meet_holders(directory: Directory, policy: Policy) -> None:
    """Look up everyone the policy names, so that their names and time zones are on the first card. Raises nothing."""
    for email in policy.named:
        try:
            await directory.meet(await directory.chat.find(email))
        except (Unavailable, Unreachable, DatabaseDown) as error:
            if (code := getattr(error, "code", "database")) != NOT_INSTALLED:
                log.warning("officer.not_found", platform=directory.chat.platform, code=code)
        except Exception as error:  # whatever it is, the others are met
            log.exception("officer.fault", platform=directory.chat.platform, error=type(error).__name__)


@dataclass(slots=True)
class _Answers:
    """On one platform: how many accounts can be written to, and which can't, with the reason."""

    answered: int = 0
    lost: list[tuple[ChatAccount, Unreachable]] = field(default_factory=list)


class PolicyPeople:
    """Checks whether the people in the policy can be reached, and stores what each platform says. Raises `DatabaseDown`."""

    def __init__(
        self, door: Door, directories: Mapping[str, Directory], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.door, self.directories = door, directories
        self._setbacks = Setbacks(seconds)

    async def try_everybody(self) -> None:
        """Look up everyone in the policy on every platform; one that doesn't answer changes nothing."""
        named = self.door.policy.named
        accounts = await self.door.database.read(lambda store: store.people.accounts_of(named))
        for directory in self.directories.values():
            await self._try_on(directory, accounts)

    async def _try_on(self, directory: Directory, accounts: Mapping[str, list[ChatAccount]]) -> None:
        """Try everyone on one platform, by e-mail address; note which accounts are lost, unless the platform itself is at fault."""
        platform, silences, answers = directory.chat.platform, 0, _Answers()
        for who in accounts:
            theirs = [one for one in accounts[who] if one.platform == platform]
            try:
                work = partial(self._try_person, directory, who, theirs, answers)
                await self._setbacks.alone("reach", f"{platform}:{who}", work)
                silences = 0
            except Unavailable as error:
                silences += 1
                if error.outage or silences >= SILENT_AFTER:
                    log.warning("reach.platform_silent", platform=platform, code=error.code)
                    break
        if not answers.answered and len(answers.lost) >= LOST_AT_ONCE:
            log.warning("reach.platform_down", platform=platform, code=answers.lost[0][1].code)
            return
        for account, why in answers.lost:
            work = partial(directory.lost, account.account_id, why)
            await self._setbacks.alone("reach", f"{platform}:lost:{account.account_id}", work)

    async def _try_person(
        self, directory: Directory, who: str, accounts: list[ChatAccount], answers: _Answers
    ) -> None:  # fmt: skip
        """Try each account of a person (`who` is their e-mail address); if none is active, look for one with that address."""
        for one in accounts:
            try:
                profile = await directory.chat.knock(Address(one.account_id, one.reference))
            except Unreachable as error:
                answers.lost.append((one, error))
            else:
                answers.answered += 1
                await directory.meet(profile)
        if not any(one.standing == LIVING for one in accounts):
            with suppress(Unreachable):
                profile = await directory.chat.find(who)
                await directory.meet(await directory.chat.knock(Address(profile.account_id)))
