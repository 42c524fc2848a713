"""`make rehearse`: two years of a company of 500 through the real handlers, and what was not as it has to be."""

import asyncio
import gc
import resource
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from bot.serving import quiet_logs
from storage.database.store import Database, Store
from storage.database.upgrade import upgrade_database
from storage.records import Recording
from tests.moments import NOW
from tests.years.at_once import hurry
from tests.years.large import END, calls, events, moved_in
from tests.years.steward import AWAY, Steward, Where, verified
from tests.years.town import Call, Event, record_sparsely
from tests.years.watching import Causes, Watching

SEED = 1
TICK = 30.0
"""Seconds between two ticks of a real clock: by these a folder's share of the day is counted, and not by leaps of an hour."""
RARELY = timedelta(hours=6)
"""Between two ticks at most, where nothing is pressed, recorded or due."""
PATIENCE = 3600.0  # seconds, for reading a whole log


class Rehearsal:
    """The company, its folder, its program, and what watches it."""

    def __init__(self, where: Where, town: list[Call]) -> None:
        self.where, self.town = where, town
        self.steward, self.watching = Steward(where, every=TICK), Watching(where.calls, town)
        self.steward.door.copies_at = "https://calls.fernhill.example"  # customers are written to
        self.ticks, self.began = 0, time.monotonic()
        self._ticked, self._idle = NOW, False  # whether nothing happened since the last tick

    async def play(self, happens: list[Event]) -> None:
        """One thing after the other; the clock's work is done at each look."""
        for number, one in enumerate(happens):
            await self._happens(one)
            if number % (len(happens) // 50 or 1) == 0:
                self._tell(one)

    async def _happens(self, one: Event) -> None:
        away = self.where.folder / AWAY
        match one.kind:
            case "call":
                record_sparsely(self.where.calls, self.town[one.call])
                self.watching.recorded(self.town[one.call])
            case "away":
                away.touch()
            case "back":
                away.unlink(missing_ok=True)
            case "before":
                await self._tick(one)
                self.watching.before_its_moment(one.call, one.at)
            case "look":
                if await self._is_due(one.at):
                    await self._tick(one)
            case _:
                await self.steward.press(one)
                if one.kind == "decline":
                    self.watching.may_go(one.call, declined=True)
        self._idle = self._idle and one.kind == "look"

    async def _is_due(self, at: datetime) -> bool:
        """Whether a tick could change anything, or the last was long ago. What is skipped wrongly lives on, and the watching finds it."""
        if not self._idle or at - self._ticked >= RARELY or self.watching.comes_due(at):
            return True
        coming = await self.steward.database.read(lambda store: store.deadlines.next())
        return coming is not None and coming.due_at <= at

    async def _tick(self, one: Event) -> None:
        self.ticks += 1
        self._ticked, self._idle = one.at, True
        if faults := await self.steward.at(one.at):
            raise RuntimeError(f"{faults} faults of ours were logged at {one.at}")
        self.watching.look(one.at)

    def _tell(self, one: Event) -> None:
        print(
            f"{time.monotonic() - self.began:7.0f} s  {one.at:%Y-%m-%d}  {self.ticks:6,} ticks"
            f"  {len(self.watching.gone):7,} calls gone  {_memory():4.0f} MB",
            flush=True,
        )

    async def check(self, end: datetime) -> tuple[Causes, dict[int, int], list[str]]:
        """What the log tells, the register's numbers of calls, and what was not as it has to be, `audit verify` included."""
        read = self.steward.database.read
        causes = await read(lambda store: Causes().read(store.audit.exported()), within=PATIENCE)
        numbers = await read(lambda store: registered(store, self.town), within=PATIENCE)
        print(f"{causes.entries:,} entries in the log, {len(causes.requests):,} requests, {len(causes.holds):,} holds, "
              f"{len(causes.pauses):,} pauses, {len(causes.certified):,} certificates ({_reasons(causes)})")  # fmt: skip
        faults = await verified(self.steward.database, self.where.folder)
        return causes, numbers, [*faults, *self.watching.check(causes, numbers, end)]


def registered(store: Store, town: Iterable[Call]) -> dict[int, int]:
    """The register's number of each call, by what an erased one keeps."""
    named = {(one.started, one.line, one.operator): one.number for one in town}
    rows = store.session.query(Recording.id, Recording.started, Recording.line, Recording.operator_name)
    told = ((number, (started, line, operator)) for number, started, line, operator in rows.yield_per(1000))
    return {named[facts]: number for number, facts in told if facts in named}


def _reasons(causes: Causes) -> str:
    return ", ".join(f"{number:,} {why}" for why, number in sorted(Counter(causes.certified_why.values()).items()))


def _memory() -> float:
    """Megabytes at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _rehearsed(number: int, folder: Path) -> int:
    hurry()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "calls").mkdir(parents=True)
    database = Database(f"sqlite:///{folder / 'steward.db'}")
    await upgrade_database(database)
    people = await database.write(moved_in)
    await database.close()
    town = calls(SEED, number)
    happens = events(SEED, town)
    print(f"{number:,} calls, {len(happens):,} things that happen, in {folder}", flush=True)
    gc.freeze()  # a million things that stay
    rehearsal = Rehearsal(
        Where(database_url=f"sqlite:///{folder / 'steward.db'}", folder=folder, people=people, town=tuple(town)), town
    )
    await rehearsal.play(happens)
    spent = time.monotonic() - rehearsal.began
    _, _, faults = await rehearsal.check(END)
    await rehearsal.steward.close()
    print(*faults[:50], sep="\n")
    gone = len(rehearsal.watching.gone)
    print(f"{'MISSED' if faults else 'holds '}  two years, 500 staff, {number:,} calls, {gone:,} erased: "
          f"{spent / 60:.1f} min ({time.process_time() / 60:.1f} of them busy), {rehearsal.ticks:,} ticks, {_memory():.0f} MB at most")  # fmt: skip
    return 1 if faults else 0


def main() -> int:
    """Play and check; 1 where something was not as it has to be."""
    quiet_logs()
    number, folder = int(sys.argv[1]), Path(sys.argv[2])
    return asyncio.run(_rehearsed(number, folder))


if __name__ == "__main__":
    sys.exit(main())
