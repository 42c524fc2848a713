"""Switches off the recording of calls whose customers declined, and checks that it stays off until each call is over (P5)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.measures import NEXT_TICK
from bot.ports import Absent, LiveCall, Recorder, Sought
from handlers.acting import CLOCK, Intent
from handlers.declined import saying
from handlers.declined.deciding import Live, Trouble
from handlers.door import Door, Repeated
from handlers.rules import Refused
from handlers.rules.identity import Identity, email_key
from storage.database.store import DatabaseDown, Store
from storage.tables.calls import LOOKING, Declined

log = structlog.get_logger()
IDLE, BUSY = 30.0, 2.0
"""Seconds between two looks: with no call to watch, and with one."""
STAYS_OFF = timedelta(seconds=10)
"""How often a call whose recording is off is checked again."""
GONE = timedelta(seconds=15)
"""How long a call may be missing from the list before it counts as over."""
ANSWERS = 12.0
"""Seconds in which the phone system has to answer; then the call counts as recorded."""
OBEYS = 1.2
"""Seconds that a phone system has to do what it is asked, before that is checked."""


class Declining:
    """A worker of its own, since a person on the phone can't wait for a tick.

    `system` is the name of the recording system. `wait` waits for seconds. It survives every fault, and all it does may be
    done twice, also by another replica.
    """

    def __init__(
        self, door: Door, recorder: Recorder, system: str, wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.door, self.recorder, self.system, self._wait = door, recorder, system, wait
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at once: something was committed, perhaps a decline."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            self._woken.clear()
            going = True
            try:
                going = await self.look()
            except DatabaseDown as error:
                log.warning("declining.later", why=str(error))
            except Exception as error:
                log.exception("declining.fault", error=type(error).__name__)
            await self._rest(BUSY if going else IDLE)

    async def look(self) -> bool:
        """Handle all declines once; return True if a call is live or being looked for. Raises `DatabaseDown`."""
        looking, live = await self.door.database.read(
            lambda store: (store.matters.ids(Declined, (LOOKING,)), store.declines.live())
        )
        if looking:
            await self._find_calls(looking)
            live = await self.door.database.read(lambda store: store.declines.live())
        now = self.door.now()
        await asyncio.gather(*(self._check_call_safely(one) for one in live if _is_due(one, now)))
        if live or not looking:  # a decline reported meanwhile has woken it again
            return bool(live)
        return bool(await self.door.database.read(lambda store: store.matters.ids(Declined, (LOOKING,))))

    async def tick(self) -> datetime | None:
        """Look for audio of declined calls that are over and were never registered; tell what is still there.

        Returns `NEXT_TICK` while there is any such audio to look for. Raises `Unavailable`.
        """
        unmet = await self.door.database.read(lambda store: store.declines.unmet())
        for matter, names in unmet.items():
            remains = await self.recorder.look([Sought(one, 0, "") for one in names])
            await self._enter_safely(
                saying.tell_of_unregistered(matter) if any(remains.values()) else saying.forget_call_names(matter)
            )
        return NEXT_TICK if unmet else None

    async def _rest(self, seconds: float) -> None:
        """Wait so many seconds or until something is committed, but always a tenth of a second."""
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait({woken}, timeout=seconds)
        finally:
            woken.cancel()
        await self._wait(0.1)

    async def _find_calls(self, looking: Sequence[str]) -> None:
        """For each of these matters, find the live calls on which the person who reported the decline is the operator."""
        live_calls, trouble = await self._ask_live_calls()
        calls = await self.door.database.read(lambda store: self._with_operators(store, live_calls))
        for matter in looking:
            operator = await self.door.database.read(partial(_said_by, matter=matter))
            found = tuple(one for one in calls if one.operator == operator)
            await self._enter_safely(saying.take_calls_found(matter, found, trouble))

    async def _ask_live_calls(self) -> tuple[list[LiveCall], Trouble]:
        """Return the live calls that can be read, and a word for what is wrong (empty if nothing is). Never raises."""
        if self.recorder.capabilities().live == "none":
            return [], "cannot"
        try:
            listed = await asyncio.wait_for(self.recorder.live(), ANSWERS)
        except Exception as error:  # noqa: BLE001  whatever it is, it can't be said that nothing is recorded
            log.warning("declining.unreachable", error=type(error).__name__)
            return [], "unreachable"
        readable = [one for one in listed if isinstance(one, LiveCall)]
        return readable, "" if len(readable) == len(listed) else "unread"

    def _with_operators(self, store: Store, live_calls: Sequence[LiveCall]) -> list[Live]:
        """Return these live calls with the people on them, as far as those are known."""
        keys = [(_address_key(one.operator_email, self.door.policy.identity), one.started) for one in live_calls]
        people = store.people.on_calls(keys, make=False)
        return [
            Live(self.system, one.call_id, one.line, one.caller, people.get(key), one.started, one.recordings)
            for one, key in zip(live_calls, keys, strict=True)
        ]

    async def _check_call_safely(self, one: Declined) -> None:
        """Check one call and store the outcome; if that fails, the call counts as recorded, and the others go on."""
        try:
            await self._enter_safely(await asyncio.wait_for(self._stop_and_check(one), ANSWERS))
        except Absent:
            if _is_gone(one, self.door.now()):
                await self._enter_safely(saying.note_call_ended(one.id))
        except DatabaseDown:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it can't be said that recording is off
            log.warning("declining.unreachable", matter=one.id, error=type(error).__name__)
            await self._enter_safely(saying.note_still_recorded(one.id, trouble="unreachable"))

    async def _stop_and_check(self, one: Declined) -> Intent[None]:
        """Ask the system to stop recording, check that in another way, and return what to store.

        It asks again each time until recording is off, since an OK proves nothing.
        """
        call = await self._find_call(one)
        if call is not None and call.started != one.began:
            return saying.note_call_ended(one.id)  # its name was given to another call, which is recorded
        if one.live != "off":
            await self._stop(one)
        still_recorded = await self.recorder.still(one.call_id, await self._unregistered_names(one))
        if still_recorded and one.live == "off":  # recording was started again: take back at once that it is off
            await self.recorder.stop(one.call_id)
        recordings = await self._current_recordings(one)
        return (
            saying.note_still_recorded(one.id, still_recorded, recordings=recordings)
            if still_recorded
            else saying.note_not_recorded(one.id, recordings)
        )

    async def _stop(self, one: Declined) -> None:
        """Ask the phone system to stop recording, and give it time to do so."""
        await self.recorder.stop(one.call_id)
        await self._wait(OBEYS)

    async def _unregistered_names(self, one: Declined) -> tuple[str, ...]:
        """Return the native ids of its recordings that aren't registered, even those the system no longer lists."""
        rows = await self.door.database.read(lambda store: store.declines.recordings(one.id))
        return tuple(row.native_id for row in rows if row.native_id and row.recording_id is None)

    async def _current_recordings(self, one: Declined) -> tuple[str, ...]:
        """Return the native ids that it is recorded under now; a transfer may have added some."""
        call = await self._find_call(one)
        return call.recordings if call is not None else ()

    async def _find_call(self, one: Declined) -> LiveCall | None:
        """Return this call as the system lists it now; None if it doesn't."""
        listed = await self.recorder.live()
        return next((call for call in listed if isinstance(call, LiveCall) and call.call_id == one.call_id), None)

    async def _enter_safely(self, intent: Intent[None]) -> None:
        """Store an outcome; one that another replica was first with, or that is refused, is left out."""
        try:
            await self.door.enter(intent, CLOCK)
        except Repeated:
            pass  # another replica was first
        except Refused as refusal:
            log.warning("declining.refused", why=refusal.code)


def _is_gone(one: Declined, now: datetime) -> bool:
    """Return True if the call has been missing long enough to be over.

    A phone system that rewrites its list shows no calls for a moment.
    """
    seen = one.looked_at or one.asked_at
    return not seen <= now < seen + GONE


def _is_due(one: Declined, now: datetime) -> bool:
    """Return True if it should be checked now: rarely once it's off, but always if the clock was set back."""
    return one.live != "off" or one.looked_at is None or not one.looked_at <= now < one.looked_at + STAYS_OFF


def _said_by(store: Store, matter: str) -> int:
    """Return the id of the person who reported this decline; 0 if there is no such matter."""
    declined = store.matters.of_kind(Declined, matter)
    return declined.said_by if declined else 0


def _address_key(email: str, identity: Identity) -> str:
    """Return an address as people are looked up by it; empty if it's none."""
    try:
        return email_key(email, identity)
    except ValueError:
        return ""
