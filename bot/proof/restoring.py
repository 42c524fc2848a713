"""At each start, before anybody is let in: is this the database that the journal knows? If not, it was restored (P12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Any

import structlog

from bot.journal import JournalDown
from bot.proof import loss
from bot.proof.journal_lines import (
    ENDED,
    ERASURE,
    MARKS,
    RESTORED,
    WORDS_ERASED,
    Newest,
    Position,
    believed,
    ended,
    further,
    latest,
    moment_of,
    newest,
    not_erased,
    position_of,
)
from bot.proof.journalling import Patiently
from bot.proof.report_counters import ReportCounters
from bot.sealing import Marks
from handlers import AFTER_RESTORE
from handlers.acting import CLOCK
from handlers.breach.clock import any_reports
from handlers.breach.intents import EndRestoredReports
from handlers.checkpoints import Restored
from handlers.door import Door, Repeated
from handlers.forgetting import EraseWordsAgain
from handlers.retention.intents import EraseAgain, Recall
from handlers.room import Chore
from storage.chain import GENESIS
from storage.database.store import DatabaseDown, Store
from storage.recordings import Place

Line = dict[str, Any]
log = structlog.get_logger()
AGAIN = 5.0  # seconds until a journal that was away is asked again
PIECES = 256  # of the journal, 64 MB
AT_ONCE = 2000  # lines, or rows, that are looked at together
AWAY, OTHER_KEY, AT_IT = "journal_away", "journal_key", "restored"


class OtherKey(JournalDown):
    """The journal's newest lines are sealed with a key that is not here, and the database does not bear them out."""


class Restoring:
    """`state` says in a word why nobody may be let in yet; empty once it is known that all access in the database is true."""

    def __init__(self, door: Door, patiently: Patiently, marks: Marks) -> None:
        self.door, self.patiently, self.marks = door, patiently, marks
        self.counters = ReportCounters(door, patiently)
        self.state = AWAY
        self.found = False  # whether this start found a restore

    async def until_known(self) -> None:
        """Look until it is known. Raises nothing but what cancels it."""
        while not await self.known():  # noqa: ASYNC110  it is asked again, since nothing tells when it is back
            await asyncio.sleep(AGAIN)

    async def known(self) -> bool:
        """Look once; whether it is known now, and everything that must follow a restore is done."""
        try:
            await self._look()
        except OtherKey as error:
            self.state = OTHER_KEY
            log.error("journal.other_key", key=str(error))
        except JournalDown as error:
            self.state = AWAY
            log.error("journal.away", why=str(error))
        except DatabaseDown as error:
            log.error("restore.later", why=str(error))
        except Exception as error:  # whatever it is, another look may go better, and until then nobody is let in
            log.exception("restore.fault", error=type(error).__name__)
        else:
            self.state = ""
        return not self.state

    async def _look(self) -> None:
        end = await self.patiently.do(self._newest)
        if end.flawed:
            log.warning("journal.flawed", lines=end.flawed)
        if (
            end.foreign is not None
            and further(end.position, end.foreign) is end.foreign
            and not await self._holds(end.foreign)
        ):
            raise OtherKey(end.key)
        if end.put_back or (end.position is not None and not await self._holds(end.position)):
            self.state = AT_IT
            await self._follow(end.position or Position(0, GENESIS))
            self.found = True
        else:
            await self._miss(end)
            await self._end_reports(restored=False)

    async def _end_reports(self, *, restored: bool) -> None:
        """At every start, whether it is a restore or not: the log may not have moved since the copy was made (P13)."""
        await self.counters.refresh()
        if not await self.door.database.read(any_reports):
            return
        traces = set[str]()
        async for some in self._ended(ENDED):
            traces |= some
        await self.door.enter(EndRestoredReports(frozenset(traces), restored), CLOCK)

    async def _ended(self, kinds: Collection[str]) -> AsyncIterator[set[str]]:
        """What the journal says has ended for good, so much of it at a time, however long it is."""
        left = ended(self.patiently.journal.file, self.patiently.journal.seal, kinds)
        with suppress(FileNotFoundError):
            while some := await self.patiently.do(lambda: list(islice(left, PIECES))):
                yield set().union(*some)

    def _newest(self) -> Newest:
        journal = self.patiently.journal
        try:
            loss.there(journal)
            return newest(journal.file, journal.seal)
        except OSError as error:
            raise JournalDown(error.strerror or type(error).__name__) from error

    async def _holds(self, position: Position) -> bool:
        """Whether the log has this entry. After a crash it is ahead of the journal, and never behind."""
        if position == Position(0, GENESIS):
            return True
        hashes = await self.door.database.read(lambda store: store.audit.hashes([position.entries]))
        return hashes.get(position.entries) == position.hash

    async def _miss(self, end: Newest) -> None:
        """Tell where the journal lacks what was written into it: it is not believed, and says nothing of a restore."""
        written = await self.door.database.read(lambda store: store.checkpoints.newest_written())
        known = max((one.entries for one in (end.position, end.foreign) if one is not None), default=-1)
        if written is not None and known < written.entries:
            await loss.tell(self.door, written)

    async def _follow(self, noted: Position) -> None:
        """Everything that a restore brings; done again from its beginning where it was cut off."""
        common = await self._common()
        found, _ = await self.door.database.read(lambda store: store.audit.head())
        log.error("database.restored", common=common, noted=noted.entries, found=found)
        with suppress(Repeated):  # another replica was first, or a start before this one
            await self.door.enter(Restored(common, noted.entries, noted.hash, found), CLOCK)
        await self._end_access()
        await self._recall()
        await self._erase_words()
        await self._close()
        await self._end_reports(restored=True)
        await self._tell_the_journal(noted, common)

    async def _common(self) -> int:
        """The last entry that database and journal tell alike, before the first that they do not."""
        alike, other = 0, None
        async for lines in self._pages():
            here = await self._here(lines)
            for line, position in _placed(lines):
                if line["kind"] == RESTORED:
                    # What stood above this was lost then, and is no part of what counts.
                    alike, other = min(alike, line["common"]), other if other and other <= line["common"] else None
                if position in here:
                    alike = max(alike, position.entries)
                else:
                    other = min(other or position.entries, position.entries)
        return alike if other is None else min(alike, other - 1)

    async def _here(self, lines: Sequence[Line]) -> set[Position]:
        """Where the log ended when these lines were written, as far as this log holds it."""
        numbers = {position.entries for _, position in _placed(lines)}
        hashes = await self.door.database.read(lambda store: store.audit.hashes(numbers))
        return {Position(*one) for one in hashes.items()}

    async def _pages(self) -> AsyncIterator[list[Line]]:
        """Every line that can be believed, some at a time, however long the journal is."""
        left = believed(self.patiently.journal.file, self.patiently.journal.seal)
        while some := await self.patiently.do(lambda: list(islice(left, AT_ONCE))):
            yield some

    async def _end_access(self) -> None:
        for chore in AFTER_RESTORE:
            await self._end(chore)

    async def _end(self, chore: Chore) -> None:
        now = self.door.now()
        for subject in await self.door.database.read(lambda store: chore.find(store, now)):
            for step in chore.steps:
                await self.door.enter(step.wants(subject), CLOCK)

    async def _recall(self) -> None:
        """Take out of the journal which calls were erased; what the database knew when a line was written it knows better."""
        number, stayed = 0, await self._not_erased()
        async for lines in self._pages():
            here = await self._here(lines)
            those = (one for one in lines if one["kind"] == ERASURE and position_of(one) not in here)
            told = [one for one in those if not _stayed(one, stayed)]
            marks = {str(one.get(name)): str(one["erasure"]) for one in told for name in MARKS if one.get(name)}
            number += await self.door.enter(Recall(marks), CLOCK) if marks else 0
        log.info("restore.recalled", marks=number)

    async def _not_erased(self) -> dict[str, datetime]:
        """Erasures that did not happen, and until when what is told of them does not count."""
        found, left = dict[str, datetime](), not_erased(self.patiently.journal.file, self.patiently.journal.seal)
        with suppress(FileNotFoundError):
            while some := await self.patiently.do(lambda: list(islice(left, PIECES))):
                found = latest(chain(found.items(), *(one.items() for one in some)))
        return found

    async def _erase_words(self) -> None:
        """P11: what people wrote and was erased since the copy was made is erased again."""
        async for traces in self._ended((WORDS_ERASED,)):
            for matter in await self.door.database.read(partial(_traced, traces=traces)):
                await self.door.enter(EraseWordsAgain(matter), CLOCK)

    async def _close(self) -> None:
        """Close the calls that are these, whatever their numbers are now."""
        if not await self.door.database.read(lambda store: store.recalls.any()):
            return
        after = 0
        while page := await self.door.database.read(partial(_places, after=after)):
            after = page[-1].id
            marks = {mark: one.id for one in page for mark in self._marks(one) if mark}
            known = await self.door.database.read(partial(_known, marks=marks))
            if known:
                await self.door.enter(EraseAgain(tuple(sorted({marks[one] for one in known}))), CLOCK)

    def _marks(self, one: Place) -> tuple[str, str]:
        return self.marks.of_call(one.native_id, one.started), self.marks.of_moment(one.native_id, one.erase_at)

    async def _tell_the_journal(self, noted: Position, common: int) -> None:
        entries, last = await self.door.database.read(lambda store: store.audit.head())
        line = {
            "kind": RESTORED, "noted": noted.entries, "noted_hash": noted.hash, "common": common, "entries": entries,
            "hash": last, "at": self.door.now().isoformat(),
        }  # fmt: skip
        await self.patiently.do(lambda: self.patiently.journal.add([line]))


def _placed(lines: Sequence[Line]) -> list[tuple[Line, Position]]:
    return [(one, position) for one in lines if (position := position_of(one)) is not None]


def _stayed(told: Line, stayed: Mapping[str, datetime]) -> bool:
    """Whether a line about an erasure was taken back since; one whose moment can't be read counts."""
    at, until = moment_of(told), stayed.get(str(told["erasure"]))
    return at is not None and until is not None and at <= until


def _places(store: Store, after: int) -> list[Place]:
    return store.recordings.places(after, AT_ONCE)


def _known(store: Store, marks: Collection[str]) -> set[str]:
    return store.recalls.known(marks)


def _traced(store: Store, traces: Collection[str]) -> list[str]:
    return store.matter_keys.traced(traces)
