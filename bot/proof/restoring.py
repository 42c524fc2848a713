"""At each start, before anyone is let in: compares the database with the journal, to find out whether it was restored (P12)."""

import asyncio
from collections.abc import Iterable
from functools import partial

import structlog

from bot.journal import JournalDown, Marks
from bot.proof import journalling
from bot.proof.journalling import Patiently, Position, ReportCounters
from handlers import journal as handlers_journal
from handlers.acting import CLOCK
from handlers.breach import clock
from handlers.door import Door
from handlers.retention import closing
from storage.chain import GENESIS
from storage.database.store import DatabaseDown, Store
from storage.recordings import RecordingIdentity

log = structlog.get_logger()
AGAIN = 5.0  # seconds until a journal that was away is asked again
AT_ONCE = 2000  # rows that are looked at together
AWAY, OTHER_KEY, IN_PROGRESS = "journal_away", "journal_key", "restored"


class OtherKey(JournalDown):
    """The journal's newest lines are sealed with a key that is not here."""


class Restoring:
    """Finds out whether the database was restored; if so, ends all access and erases again.

    `state` is a word for why everyone is kept out, empty once the access in the database is known to be valid. `erased`
    are the marks of erased calls that a restored database doesn't know of.
    """

    def __init__(self, door: Door, patiently: Patiently, marks: Marks) -> None:
        self.door, self.patiently, self.marks = door, patiently, marks
        self.counters = ReportCounters(door, patiently)
        self.state, self.erased = AWAY, frozenset[str]()
        self.found = False  # whether this start found a restore

    async def compare_until_known(self) -> None:
        """Compare until the answer is known. Raises nothing, except that it may be cancelled."""
        while not await self.compare_once():  # noqa: ASYNC110  it is asked again, since nothing tells when it is back
            await asyncio.sleep(AGAIN)

    async def compare_once(self) -> bool:
        """Compare once; return True if the answer is known and everything that follows a restore is done."""
        try:
            await self._look_at_journal()
        except OtherKey as error:
            self.state = OTHER_KEY
            log.error("journal.other_key", key=str(error))
        except JournalDown as error:
            self.state = AWAY
            log.error("journal.away", why=str(error))
        except DatabaseDown as error:
            log.error("restore.later", why=str(error))
        except Exception as error:  # whatever it is, another look may go better, and until then everyone is kept out
            log.exception("restore.fault", error=type(error).__name__)
        else:
            self.state = ""
        return not self.state

    async def _look_at_journal(self) -> None:
        """Compare the database with the journal's newest lines, and do what follows. Raises `JournalDown` and `DatabaseDown`."""
        end = await self.patiently.newest()
        if end.flawed:
            log.warning("journal.flawed", lines=end.flawed)
        if end.key:
            raise OtherKey(end.key)
        if end.put_back or (end.position is not None and not await journalling.is_in_log(self.door, end.position)):
            self.state = IN_PROGRESS
            await self._follow_restore(end.position or Position(0, GENESIS))
            self.found = True
        else:
            await self._end_reports(older=False)
            self.erased = await self._unknown_erasures(None)

    async def _follow_restore(self, noted: Position) -> None:
        """Do everything that follows a restore; after an interruption it starts over.

        `noted` is where the journal says that the log ended.
        """
        found = await self.door.enter(handlers_journal.note_restored(noted.entries, noted.hash), CLOCK)
        log.error("database.restored", noted=noted.entries, found=found)
        # A log that is longer than noted but lacks that entry is another log altogether: nothing in it can be believed.
        known = found if found < noted.entries or await journalling.is_in_log(self.door, noted) else 0
        self.erased = await self._unknown_erasures(known)
        await self._erase_again()
        await self._end_reports(older=True)
        entries, last = await self.door.database.read(lambda store: store.audit.head())
        line = {
            "kind": journalling.RESTORED,
            "found": known,
            "entries": entries,
            "hash": last,
            "at": self.door.now().isoformat(),
        }
        await self.patiently.do(lambda: self.patiently.journal.add([line]))

    async def _unknown_erasures(self, found: int | None) -> frozenset[str]:
        """Return the marks of erased calls that this database doesn't know.

        `found` is where its log ends if it was restored just now.
        """
        journal = self.patiently.journal
        return await self.patiently.read(partial(journalling.unknown_erasures, journal.file, journal.seal, found))

    async def _end_reports(self, *, older: bool) -> None:
        """End again what has ended in reports, at every start: without new entries, a restore can't be seen (P13)."""
        await self.counters.refresh()
        if await self.door.database.read(clock.any_reports):
            journal = self.patiently.journal
            found = await self.patiently.read(partial(journalling.read_for_verification, journal.file, journal.seal))
            await self.door.enter(clock.end_reports_again(frozenset(found.ended), older=older), CLOCK)

    async def _erase_again(self) -> None:
        """Close the calls that had been erased before, whatever their ids are in this copy."""
        after = 0
        while self.erased and (page := await self.door.database.read(partial(_recording_places, after=after))):
            after = page[-1].id
            if calls := self._erased_among(page):
                await self.door.enter(closing.erase_again(calls), CLOCK)

    def _erased_among(self, page: Iterable[RecordingIdentity]) -> tuple[int, ...]:
        """Return the ids of those calls that had been erased."""
        return tuple(one.id for one in page if self.marks.of_call(one.native_id, one.started) in self.erased)


def _recording_places(store: Store, after: int) -> list[RecordingIdentity]:
    """Return the next calls by id, with the names under which their system has them."""
    return store.recordings.places(after, AT_ONCE)
