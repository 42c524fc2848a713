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
AHEAD = timedelta(hours=1)  # clocks differ a little; a call with a time beyond that would outlive its erasure (P12)
CHUNK = 1024 * 1024  # bytes
SOON = 1.0  # seconds until a call is looked at that was just asked for, or found changed
REST = 10.0  # seconds between two looks that listeners can bring about
STILL_WRITTEN = timedelta(hours=1)  # a call is often written for as long as it lasts, and described only then
STATED = ("why", "stamp", "size", "modified")


class Stored:
    """The calls of one recording system, as the database has them when it is asked."""

    def __init__(self, database: Database, system: str) -> None:
        self.database, self.system = database, system

    async def folders(self) -> Mapping[str, int]:
        return await self.database.read(lambda store: store.recordings.folders(self.system), within=A_LARGE_REGISTER)

    async def within(self, folders: Collection[str]) -> Mapping[str, str]:
        return await self.database.read(
            lambda store: store.recordings.within(self.system, folders), within=A_LARGE_REGISTER
        )

    async def ever(self, names: Collection[str]) -> Collection[str]:
        return await self.database.read(lambda store: store.recordings.names(self.system, names))


class AtHand:
    """Few enough calls to be at hand, by native id → stamp; as they are when it is asked."""

    def __init__(self, stamps: Mapping[str, str] = ports.NOTHING) -> None:
        self.stamps = stamps

    async def folders(self) -> Mapping[str, int]:
        return Counter(folder_of(native_id) for native_id in self.stamps)

    async def within(self, folders: Collection[str]) -> Mapping[str, str]:
        return {native_id: stamp for native_id, stamp in self.stamps.items() if folder_of(native_id) in folders}

    async def ever(self, names: Collection[str]) -> Collection[str]:
        """Return all of them, since this can't be known here."""
        return names


Returned = Callable[[Sequence[ports.Sighting]], Awaitable[tuple[set[str], set[str]]]]
Unregistered = Callable[[Mapping[str, ports.Problem]], Awaitable[None]]
Told = ports.Sighting | ports.Problem | ports.Gone | ports.Looked


def not_in_future(one: Told, now: datetime) -> Told:
    """Return what the recording system tells, where a call that has yet to begin is a problem."""
    if not isinstance(one, ports.Sighting) or one.started <= now + AHEAD:
        return one
    words = (
        '"started" in its metadata lies more than an hour ahead. Write when the call began, with its offset from UTC.'
    )
    return ports.Problem(one.native_id, f"{one.native_id}: {words}", "ahead", one.stamp, one.size)


async def audio_of(
    recorder: ports.Recorder, native_id: str, stamp: str, changed: Callable[[str], None] = lambda _: None
) -> ports.Audio:
    """Return a recording's audio at this stamp. At any other `changed` is told its name; raises `Changed`, `Absent` or
    `Unavailable`.
    """
    audio = await recorder.audio(native_id)
    if audio.stamp != stamp:
        changed(native_id)
        raise ports.Changed(native_id)
    return audio


async def audio_digest(recorder: ports.Recorder, native_id: str, stamp: str) -> str:
    """Return the SHA-256 of a recording's audio at this stamp, even if its metadata are gone by now; raises as
    `audio_of`.
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
    """Say what is wrong with an operator's address that only looks like a colleague's; it counts as no one's.

    No chat knows a mailbox with letters outside of ASCII; a domain with such letters is the company's own, or odd.
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
    told = f"“{odd}” in the operator's address may only look like your own, so the operator counts as unknown."
    return f"{sighting.native_id}: {told} Write the address again."


def _operator_key(policy: Policy, email: str) -> str:
    try:
        return policy.key(email)
    except ValueError:
        return email.casefold()


@contextmanager
def _faults_kept_here() -> Iterator[None]:
    """Log and count a fault of one among several, so that it holds up no other.

    Raises `DatabaseDown`, which all would meet.
    """
    try:
        yield
    except DatabaseDown:
        raise
    except Exception as error:
        measures.TICK_FAULTS.labels("recordings").inc()
        log.exception("register.fault", error=type(error).__name__)


class RecordingSync:
    """One recording system and what was wrong with its recordings when they were last seen.

    `returned` tells which of those that it shows were erased, which are not stored, and which can't be told from such now, which
    are looked at again. `unregistered` hears of those that can't be.
    """

    def __init__(
        self, door: Door, recorder: ports.Recorder, system: str, returned: Returned | None = None,
        unregistered: Unregistered | None = None,
    ) -> None:  # fmt: skip
        self.door, self.recorder, self.system, self.returned = door, recorder, system, returned
        self.unregistered = unregistered
        self.problems: dict[str, str] = {}
        self.read = False  # whether all calls have been looked at once
        self._looking = asyncio.Lock()
        self._cursor: object = None
        self._watched: Mapping[str, str] = {}
        self._again: set[str] = set()

    async def sync(self, met: Iterable[str] = ()) -> int:
        """Look with fresh eyes, and do what follows; returns how many calls were new, changed or gone. Raises as `look`."""
        await self._read_watched()
        total = await self.look(met)
        if not total:
            await self.settle()
        return total

    async def look(self, met: Iterable[str] = ()) -> int:
        """Store what is new, changed or gone; returns how many that was. Raises `Unavailable`, `DatabaseDown`.

        The first time everything is looked at, later what may have changed, and by name those in `met` and those that are watched
        since `see_to`. Only changed calls that are known by their content are read, and what is as large as something that was
        erased; the others are not opened.
        """
        async with self._looking:
            self._again.update(met)  # until a look has ended well: one that fails has looked at none of them
            total = await self._follow_recorder({**self._watched, **dict.fromkeys(self._again, "")})
        if total:
            await self.settle()
        return total

    async def see_to(self) -> None:
        """Find and read the calls that people ask for, and handle calls that came or went. Raises `DatabaseDown`."""
        await self._read_watched()
        await self.identify()
        await self.settle()

    async def _read_watched(self) -> None:
        now = self.door.now()
        self._watched = await self.door.database.read(lambda store: store.recordings.watched(self.system, now))

    async def settle(self) -> None:
        """Do what follows from calls that came or went. Raises `DatabaseDown`."""
        for chore in CALLS:
            await self._settle_chore(chore)

    async def _settle_chore(self, chore: Chore) -> None:
        now = self.door.now()
        for subject in await self.door.database.read(lambda store: chore.find(store, now)):
            with _faults_kept_here(), suppress(Repeated):  # another replica was first
                for step in chore.steps:
                    await self.door.enter(step(subject), CLOCK)

    async def identify(self) -> None:
        """Read requested calls, so that they are identified by their content. Raises `DatabaseDown`."""
        now = self.door.now()
        found = await self.door.database.read(lambda store: store.recordings.unidentified(self.system, now, AT_ONCE))
        for place in range(0, len(found), TOGETHER):
            await asyncio.gather(*map(self._identify_audio, found[place : place + TOGETHER]))

    async def _identify_audio(self, one: Recording) -> None:
        # A file that can't be read now is still known by its facts, so any change to it is noticed.
        with _faults_kept_here(), suppress(ports.Absent, ports.Unavailable):
            audio = await audio_digest(self.recorder, one.native_id, one.stamp)
            await self.door.enter(recordings.identify_call(one.id, one.stamp, audio), CLOCK)

    async def _follow_recorder(self, watched: Mapping[str, str]) -> int:
        found: list[ports.Sighting] = []
        gone: list[ports.Gone] = []
        problems: dict[str, ports.Problem] = {}
        total, later = 0, set[str]()
        async for told in self.recorder.changes(Stored(self.door.database, self.system), self._cursor, watched):
            match not_in_future(told, self.door.now()):
                case ports.Sighting() as one:
                    found.append(one)
                case ports.Problem() as one:
                    problems[one.native_id] = one
                    later |= {one.native_id} if isinstance(told, ports.Sighting) else set()
                case ports.Gone() as one:
                    gone.append(one)
                case ports.Looked(cursor):
                    total += await self._store_piece(found, gone, later)
                    # Only now: what could not be stored is told again from where the last look ended.
                    self._cursor, self._again, self.read = cursor, later, True
            if len(found) + len(gone) >= IN_A_PIECE:
                total += await self._store_piece(found, gone, later)
                found, gone = [], []
        self._log_problems({one.native_id: one.sentence for one in problems.values()})
        if self.unregistered is not None:
            with _faults_kept_here():
                await self.unregistered(problems)
        return total

    async def _store_piece(self, found: list[ports.Sighting], gone: list[ports.Gone], later: set[str]) -> int:
        """Store a piece, those that are known by their content each alone; what can't be stored now goes into `later`."""
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

    async def _known_by_content(self, found: list[ports.Sighting]) -> set[str]:
        if not found:
            return set()
        names = [one.native_id for one in found]
        return await self.door.database.read(
            lambda store: store.recordings.names(self.system, names, Recording.audio != "")
        )

    async def _store_read(self, sighting: ports.Sighting, later: set[str]) -> int:
        audio = ""
        with (
            _faults_kept_here(),
            suppress(ports.Absent, ports.Unavailable),
        ):  # it changes under our eyes, or can't be read
            audio = await audio_digest(self.recorder, sighting.native_id, sighting.stamp)
        if not audio:
            later.add(sighting.native_id)
            return 0
        return await self._enter_rows([{**row_of(self.door.policy, sighting), "audio": audio}], [], later)

    async def _enter_rows(self, rows: list[dict[str, Any]], away: list[ports.Gone], later: set[str]) -> int:
        if not rows and not away:
            return 0
        gone = [one.native_id for one in away if not one.hidden], [one.native_id for one in away if one.hidden]
        try:
            await self.door.enter(recordings.register_calls(self.system, rows, *gone), CLOCK)
        except DatabaseDown:
            raise
        except Exception:  # noqa: BLE001  whichever of them it is, the others are stored
            for one in (
                *(recordings.register_calls(self.system, [row], []) for row in rows),
                recordings.register_calls(self.system, [], *gone),
            ):
                names = {
                    *(row["native_id"] for row in one.given["shown"]),
                    *one.given["missing"],
                    *one.given["out_of_sight"],
                }
                later |= names
                with _faults_kept_here():
                    await self.door.enter(one, CLOCK)
                    later -= names
        return len(rows) + len(away)

    def _log_problems(self, problems: dict[str, str]) -> None:
        # A file name may hold a caller's number, so the log only counts; `recording-steward check` names them.
        if problems != self.problems:
            log.warning("recordings.problems", number=len(problems))
        self.problems = problems


class RecordingWatch:
    """Looks at calls without waiting for the clock: those that people ask for, and those that a listener found changed."""

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
        if self._met:
            met, self._met = self._met, set()
            await self.register.sync(met)
            await asyncio.sleep(REST - SOON)
        await self.register.identify()


class UnregisteredFiles:
    """What was told last, so that a tick with nothing new asks nothing."""

    def __init__(self, door: Door, system: str) -> None:
        self.door, self.system = door, system
        self._told: Mapping[str, ports.Problem] | None = None

    async def note(self, problems: Mapping[str, ports.Problem]) -> None:
        """Store all problems of a whole look. Raises `DatabaseDown`; then all are reported again."""
        now = self.door.now()
        settled = {name: one for name, one in problems.items() if not _is_being_written(one, now)}
        if settled == self._told:
            return
        stored = await self.door.database.read(
            lambda store: store.recordings.unregistered(UnregisteredFile.system == self.system)
        )
        known = {one.native_id: one for one in stored}
        new = [one for one in settled.values() if _known_state(one) != _known_state(known.get(one.native_id))]
        await self._enter_changes(new, [one.id for one in stored if not _is_still_told(one.native_id, problems)])
        self._told = settled

    async def _enter_changes(self, found: Sequence[ports.Problem], over: Sequence[int]) -> None:
        for place in range(0, len(found), IN_A_PIECE):
            rows = [_register_row(one) for one in found[place : place + IN_A_PIECE]]
            await self.door.enter(recordings.note_files(self.system, rows), CLOCK)
        for place in range(0, len(over), IN_A_PIECE):
            await self.door.enter(recordings.note_files(self.system, (), over[place : place + IN_A_PIECE]), CLOCK)


def _register_row(one: ports.Problem) -> dict[str, Any]:
    """Return what the register keeps of it, as `recordings.not_registered` takes it."""
    return {"native_id": one.native_id, **{name: getattr(one, name) for name in STATED}}


def _is_being_written(one: ports.Problem, now: datetime) -> bool:
    """Return True if its metadata may be yet to come; a time that lies ahead says nothing."""
    return one.modified is not None and now - STILL_WRITTEN < one.modified <= now


def _known_state(one: ports.Problem | UnregisteredFile | None) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in STATED) if one is not None else ()


def _is_still_told(name: str, problems: Mapping[str, ports.Problem]) -> bool:
    """Return True if its problem is still reported; it also counts as reported in a folder that can't be opened."""
    steps = name.split("/")
    above = ("/".join(steps[:number]) for number in range(1, len(steps)))
    return name in problems or any(one in problems and not problems[one].stamp for one in above)
