"""Keeps the recording register in step with the call recording system, a few hundred calls at a time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog

from bot import measures, ports
from handlers import CALLS, recordings
from handlers.acting import CLOCK
from handlers.door import Door, Repeated
from handlers.policy import Policy
from handlers.room import Chore
from handlers.rules.identity import looks_like
from storage.columns import folder_of
from storage.database.store import Database, DatabaseDown
from storage.records import Recording
from storage.tables.calls import UnregisteredFile

log = structlog.get_logger()
A_LARGE_REGISTER = 120.0  # seconds
AT_ONCE = 500
TOGETHER = 16  # calls that are read side by side, so that they share a commit and leave the writer to people who ask
IN_A_PIECE = 100  # calls stored in one transaction, so that other writers never wait for more
AHEAD = timedelta(hours=1)  # allowed for clocks that differ; a start further ahead would delay the erasure (P12)
CHUNK = 1024 * 1024  # bytes
SOON = 1.0  # seconds until a call is looked at that was just asked for, or found changed
REST = 10.0  # seconds between two looks that listeners can bring about
STILL_WRITTEN = timedelta(hours=1)  # audio is often written while the call lasts, and its metadata only afterwards
STORED_FIELDS = ("why", "stamp", "size", "modified")


class RegisteredCalls:
    """The calls of one recording system, read from the database; the recorder asks what is registered (`KnownCalls`)."""

    def __init__(self, database: Database, system: str) -> None:
        self.database, self.system = database, system

    async def folders(self) -> Mapping[str, int]:
        """Return how many calls are directly in each folder of the recording system."""
        return await self.database.read(lambda store: store.recordings.folders(self.system), within=A_LARGE_REGISTER)

    async def within(self, folders: Collection[str]) -> Mapping[str, str]:
        """Return the stamps of the calls directly in these folders, by native id."""
        return await self.database.read(
            lambda store: store.recordings.within(self.system, folders), within=A_LARGE_REGISTER
        )

    async def ever(self, names: Collection[str]) -> Collection[str]:
        """Return those of these native ids that the register has or ever had."""
        return await self.database.read(lambda store: store.recordings.names(self.system, names))


class CallsInMemory:
    """A small set of calls in memory, by native id → stamp, in place of the register.

    It is empty for the command `check`, to which every recording is then new.
    """

    def __init__(self, stamps: Mapping[str, str] = ports.NOTHING) -> None:
        self.stamps = stamps

    async def folders(self) -> Mapping[str, int]:
        return Counter(folder_of(native_id) for native_id in self.stamps)

    async def within(self, folders: Collection[str]) -> Mapping[str, str]:
        return {native_id: stamp for native_id, stamp in self.stamps.items() if folder_of(native_id) in folders}

    async def ever(self, names: Collection[str]) -> Collection[str]:
        """Return all of them, since there is no record of past calls here."""
        return names


Returned = Callable[[Sequence[ports.Sighting]], Awaitable[tuple[set[str], set[str]]]]
Unregistered = Callable[[Mapping[str, ports.Problem]], Awaitable[None]]
Finding = ports.Sighting | ports.Problem | ports.Gone | ports.LookFinished


def refuse_future_start(finding: Finding, now: datetime) -> Finding:
    """Return the finding, or a `Problem` in its place if the call begins more than an hour from now."""
    if not isinstance(finding, ports.Sighting) or finding.started <= now + AHEAD:
        return finding
    words = '"started" in its metadata is more than an hour in the future. Write when the call began, with its offset from UTC.'
    return ports.Problem(finding.native_id, f"{finding.native_id}: {words}", "ahead", finding.stamp, finding.size)


async def audio_of(
    recorder: ports.Recorder, native_id: str, stamp: str, changed: Callable[[str], None] = lambda _: None
) -> ports.Audio:
    """Return a recording's audio if it still has this stamp; raises `Changed`, `Absent` or `Unavailable`.

    `changed` is called with the native id if the stamp is another.
    """
    audio = await recorder.audio(native_id)
    if audio.stamp != stamp:
        changed(native_id)
        raise ports.Changed(native_id)
    return audio


async def audio_digest(recorder: ports.Recorder, native_id: str, stamp: str) -> str:
    """Return the SHA-256 (hex) of a recording's audio if it still has this stamp. Raises as `audio_of`.

    Its metadata may be gone by now.
    """
    audio = await recorder.audio(native_id)
    if audio.stamp != stamp and not ports.lost_metadata(audio.stamp, stamp):
        raise ports.Changed(native_id)
    digest = sha256()
    for place in range(0, audio.size, CHUNK):
        await asyncio.to_thread(digest.update, await audio.read(place, place + CHUNK))
    return digest.hexdigest()


def row_of(policy: Policy, sighting: ports.Sighting) -> dict[str, Any]:
    """Return what the register keeps of a recording, as `recordings.register_calls` takes it."""
    row = {one.name: getattr(sighting, one.name) for one in fields(sighting)}
    seconds, email = row.pop("duration"), row.pop("operator_email")
    key = "" if odd_operator(policy, sighting) else _operator_key(policy, email)
    return {**row, "operator_key": key, "seconds": seconds}


def odd_operator(policy: Policy, sighting: ports.Sighting) -> str:
    """Return a sentence if an operator's address only looks like a colleague's, else an empty string.

    Such an operator counts as unknown. No chat knows a mailbox with letters outside ASCII; a domain with such letters is
    either the company's own, or odd.
    """
    address = sighting.operator_email
    domain = _operator_key(policy, address).rpartition("@")[2]
    own = {policy.identity.one_name(one) for one in policy.company.mail_domains}
    letters = address.rpartition("@")[0] if domain in own else address
    odd = next((one for one in letters if not one.isascii()), "")
    if not odd and domain not in own and ("xn--" in domain or any(looks_like(domain, one) for one in own)):
        odd = domain
    if not odd:
        return ""
    words = f"“{odd}” in the operator's address may only look like your own, so the operator counts as unknown."
    return f"{sighting.native_id}: {words} Write the address again."


def _operator_key(policy: Policy, email: str) -> str:
    """Return an operator's address as people are looked up by it; one that isn't an address, in lower case."""
    try:
        return policy.key(email)
    except ValueError:
        return email.casefold()


@contextmanager
def _faults_contained() -> Iterator[None]:
    """Log and count a fault of one piece of work, so that it delays no other.

    Raises `DatabaseDown`, which would stop all of them.
    """
    try:
        yield
    except DatabaseDown:
        raise
    except Exception as error:
        measures.TICK_FAULTS.labels("recordings").inc()
        log.exception("register.fault", error=type(error).__name__)


class RecordingSync:
    """Keeps the register in step with one recording system; `problems` are those of the last look.

    `returned` says which of the calls found were erased before (they aren't stored), and which can't be told from those
    yet (they are looked at again). `unregistered` is called with all problems of a look.
    """

    def __init__(
        self, door: Door, recorder: ports.Recorder, system: str, returned: Returned | None = None,
        unregistered: Unregistered | None = None,
    ) -> None:  # fmt: skip
        self.door, self.recorder, self.system, self.returned = door, recorder, system, returned
        self.unregistered = unregistered
        self.problems: dict[str, str] = {}
        self.read = False  # True once all calls have been looked at
        self._looking = asyncio.Lock()
        self._cursor: object = None
        self._watched: Mapping[str, str] = {}
        self._again: set[str] = set()

    async def sync(self, met: Iterable[str] = ()) -> int:
        """Read which calls are watched, look, and settle; returns how many calls were new, changed or gone.

        `met` are native ids of calls that a listener found changed. Raises as `look`.
        """
        await self._read_watched()
        total = await self.look(met)
        if not total:
            await self.settle()
        return total

    async def look(self, met: Iterable[str] = ()) -> int:
        """Store what is new, changed or gone; returns how many calls that was. Raises `Unavailable`, `DatabaseDown`.

        The first look takes in everything, later ones what may have changed, and the calls in `met` and those watched since
        `identify_and_settle`. Only two kinds of calls are opened and read: changed ones that are known by their content, and
        those of the same size as erased audio.
        """
        async with self._looking:
            self._again.update(met)  # until a look has ended well: one that fails has looked at none of them
            total = await self._follow_recorder({**self._watched, **dict.fromkeys(self._again, "")})
        if total:
            await self.settle()
        return total

    async def identify_and_settle(self) -> None:
        """Read the requested calls, and do what follows from calls that came or went. Raises `DatabaseDown`."""
        await self._read_watched()
        await self.identify()
        await self.settle()

    async def _read_watched(self) -> None:
        """Read which calls a look has to check by name, with their stamps."""
        now = self.door.now()
        self._watched = await self.door.database.read(lambda store: store.recordings.watched(self.system, now))

    async def settle(self) -> None:
        """Do what follows from calls that came or went. Raises `DatabaseDown`."""
        for chore in CALLS:
            await self._settle_chore(chore)

    async def _settle_chore(self, chore: Chore) -> None:
        """Take the steps of one chore for each subject that it finds in the database."""
        now = self.door.now()
        for subject in await self.door.database.read(lambda store: chore.find(store, now)):
            with _faults_contained(), suppress(Repeated):  # another replica was first
                for step in chore.steps:
                    await self.door.enter(step(subject), CLOCK)

    async def identify(self) -> None:
        """Read the audio of requested calls and store its hash, so that they are known by their content. Raises `DatabaseDown`."""
        now = self.door.now()
        found = await self.door.database.read(lambda store: store.recordings.unidentified(self.system, now, AT_ONCE))
        for place in range(0, len(found), TOGETHER):
            await asyncio.gather(*map(self._identify_audio, found[place : place + TOGETHER]))

    async def _identify_audio(self, one: Recording) -> None:
        """Store the hash of one call's audio."""
        # A file that can't be read now is still known by its facts, so any change to it is noticed.
        with _faults_contained(), suppress(ports.Absent, ports.Unavailable):
            audio = await audio_digest(self.recorder, one.native_id, one.stamp)
            await self.door.enter(recordings.identify_call(one.id, one.stamp, audio), CLOCK)

    async def _follow_recorder(self, watched: Mapping[str, str]) -> int:
        """Take in all findings of one look, storing them in pieces; return how many calls were new, changed or gone."""
        found: list[ports.Sighting] = []
        gone: list[ports.Gone] = []
        problems: dict[str, ports.Problem] = {}
        total, later = 0, set[str]()
        async for finding in self.recorder.changes(
            RegisteredCalls(self.door.database, self.system), self._cursor, watched
        ):
            match refuse_future_start(finding, self.door.now()):
                case ports.Sighting() as one:
                    found.append(one)
                case ports.Problem() as one:
                    problems[one.native_id] = one
                    later |= {one.native_id} if isinstance(finding, ports.Sighting) else set()
                case ports.Gone() as one:
                    gone.append(one)
                case ports.LookFinished(cursor):
                    total += await self._store_piece(found, gone, later)
                    # Only now: what could not be stored is told again from where the last look ended.
                    self._cursor, self._again, self.read = cursor, later, True
            if len(found) + len(gone) >= IN_A_PIECE:
                total += await self._store_piece(found, gone, later)
                found, gone = [], []
        self._log_problems({one.native_id: one.sentence for one in problems.values()})
        if self.unregistered is not None:
            with _faults_contained():
                await self.unregistered(problems)
        return total

    async def _store_piece(self, found: list[ports.Sighting], gone: list[ports.Gone], later: set[str]) -> int:
        """Store some findings and return how many; calls known by their content are read first, each alone.

        Native ids of calls that can't be stored now are added to `later`.
        """
        if self.returned is not None and found:
            erased, unread = await self.returned(found)
            later |= unread
            found = [one for one in found if one.native_id not in erased | unread]
        known = await self._known_by_content(found)
        total = await self._enter_rows(
            [row_of(self.door.policy, one) for one in found if one.native_id not in known], gone, later
        )
        for one in found:
            if one.native_id in known:
                total += await self._store_read(one, later)
        return total

    async def _known_by_content(self, sightings: list[ports.Sighting]) -> set[str]:
        """Return the native ids of those that the register knows by a hash of their audio."""
        if not sightings:
            return set()
        names = [one.native_id for one in sightings]
        return await self.door.database.read(
            lambda store: store.recordings.names(self.system, names, Recording.audio != "")
        )

    async def _store_read(self, sighting: ports.Sighting, later: set[str]) -> int:
        """Store a changed call with the hash of its audio; if that can't be read now, add it to `later`. Returns 1 or 0."""
        audio = ""
        with (
            _faults_contained(),
            suppress(ports.Absent, ports.Unavailable),
        ):  # it changes under our eyes, or can't be read
            audio = await audio_digest(self.recorder, sighting.native_id, sighting.stamp)
        if not audio:
            later.add(sighting.native_id)
            return 0
        return await self._enter_rows([{**row_of(self.door.policy, sighting), "audio": audio}], [], later)

    async def _enter_rows(self, rows: list[dict[str, Any]], gone: list[ports.Gone], later: set[str]) -> int:
        """Store rows and gone calls in one transaction; if that fails, one by one. Returns how many there are."""
        if not rows and not gone:
            return 0
        absent = [one.native_id for one in gone if not one.hidden]
        hidden = [one.native_id for one in gone if one.hidden]
        try:
            await self.door.enter(recordings.register_calls(self.system, rows, absent, hidden), CLOCK)
        except DatabaseDown:
            raise
        except Exception:  # noqa: BLE001  whichever of them it is, the others are stored
            for one in (
                *(recordings.register_calls(self.system, [row], []) for row in rows),
                recordings.register_calls(self.system, [], absent, hidden),
            ):
                names = {
                    *(row["native_id"] for row in one.given["shown"]),
                    *one.given["missing"],
                    *one.given["out_of_sight"],
                }
                later |= names
                with _faults_contained():
                    await self.door.enter(one, CLOCK)
                    later -= names
        return len(rows) + len(gone)

    def _log_problems(self, problems: dict[str, str]) -> None:
        """Keep the problems of the newest look, and log how many there are when they change."""
        # A file name may hold a caller's number, so the log only counts; `recording-steward check` names them.
        if problems != self.problems:
            log.warning("recordings.problems", number=len(problems))
        self.problems = problems


class RecordingWatch:
    """Looks at calls without waiting for the clock: requested ones, and those that a listener found changed."""

    def __init__(self, register: RecordingSync) -> None:
        self.register = register
        self._woken, self._met = asyncio.Event(), set[str]()

    def wake(self) -> None:
        """Look again soon: something happened, perhaps a request for a call."""
        self._woken.set()

    def changed(self, native_id: str) -> None:
        """Note a call that a listener found changed from what the register knows."""
        self._met.add(native_id)
        self._woken.set()

    async def run(self) -> None:
        """Look until cancelled; what fails now is looked at again with the next tick."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(SOON)
            self._woken.clear()
            try:
                await self._look_again()
            except (ports.Unavailable, DatabaseDown) as error:
                log.warning("register.later", why=type(error).__name__)
            except Exception as error:  # it must outlive every fault
                log.exception("register.broken", error=type(error).__name__)

    async def _look_again(self) -> None:
        """Look at the calls found changed, then rest, so that listeners can't keep it busy; identify requested calls."""
        if self._met:
            met, self._met = self._met, set()
            await self.register.sync(met)
            await asyncio.sleep(REST - SOON)
        await self.register.identify()


class UnregisteredFiles:
    """Stores which files can't be registered; remembers what it stored last, so that a tick without news reads nothing."""

    def __init__(self, door: Door, system: str) -> None:
        self.door, self.system = door, system
        self._noted: Mapping[str, ports.Problem] | None = None

    async def note(self, problems: Mapping[str, ports.Problem]) -> None:
        """Store all problems of a look that took in everything. Raises `DatabaseDown`; then all are stored next time."""
        now = self.door.now()
        settled = {name: one for name, one in problems.items() if not _is_being_written(one, now)}
        if settled == self._noted:
            return
        stored = await self.door.database.read(
            lambda store: store.recordings.unregistered(UnregisteredFile.system == self.system)
        )
        before = {one.native_id: one for one in stored}
        new = [one for one in settled.values() if _known_state(one) != _known_state(before.get(one.native_id))]
        await self._enter_changes(new, [one.id for one in stored if not _is_still_told(one.native_id, problems)])
        self._noted = settled

    async def _enter_changes(self, problems: Sequence[ports.Problem], over_ids: Sequence[int]) -> None:
        """Store new or changed problems, and remove the stored ones that are over (their row ids), in pieces."""
        for place in range(0, len(problems), IN_A_PIECE):
            rows = [_register_row(one) for one in problems[place : place + IN_A_PIECE]]
            await self.door.enter(recordings.note_files(self.system, rows), CLOCK)
        for place in range(0, len(over_ids), IN_A_PIECE):
            await self.door.enter(recordings.note_files(self.system, (), over_ids[place : place + IN_A_PIECE]), CLOCK)


def _register_row(one: ports.Problem) -> dict[str, Any]:
    """Return what the register keeps of it, as `recordings.not_registered` takes it."""
    return {"native_id": one.native_id, **{name: getattr(one, name) for name in STORED_FIELDS}}


def _is_being_written(one: ports.Problem, now: datetime) -> bool:
    """Return True if the metadata may still come, since the audio was written lately (a time in the future doesn't count)."""
    return one.modified is not None and now - STILL_WRITTEN < one.modified <= now


def _known_state(one: ports.Problem | UnregisteredFile | None) -> tuple[object, ...]:
    """Return what is stored of a problem, to tell whether it has changed; empty for None."""
    return tuple(getattr(one, name) for name in STORED_FIELDS) if one is not None else ()


def _is_still_told(name: str, problems: Mapping[str, ports.Problem]) -> bool:
    """Return True if its problem is still reported, or a folder above it can't be opened."""
    parts = name.split("/")
    folders = ("/".join(parts[:number]) for number in range(1, len(parts)))
    return name in problems or any(one in problems and not problems[one].stamp for one in folders)
