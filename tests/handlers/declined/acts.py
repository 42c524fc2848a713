"""An agent on a call says that the caller declines, and the phone system is looked at, as the worker does (P5)."""

from datetime import timedelta
from typing import Any

from handlers.acting import CLOCK, Actor
from handlers.declined import deciding, saying
from handlers.declined.deciding import Live
from storage.records import Recording
from storage.tables.calls import Declined
from tests.handlers.builders import AU, Company, call, chosen, register, with_access
from tests.moments import NOW

LEGS = ("live/in.wav", "live/out.wav")


def live(call_id: str = "call-7", **facts: Any) -> Live:
    """Return a call of Bram's that is in progress."""
    told: dict[str, Any] = {
        "system": "file", "call_id": call_id, "line": AU, "caller": "+61412345678", "operator": int(chosen("bram")),
        "began": NOW - timedelta(minutes=2), "recordings": LEGS,
    }  # fmt: skip
    return Live(**{**told, **facts})


async def say(company: Company, who: Actor | None = None, *, key: str = "") -> str:
    """Say that the caller declines; return the matter's id."""
    teller = who or company.bram
    await company.door.enter(saying.note_declined(), teller, key=key)
    return (await newest(company, teller)).id


async def newest(company: Company, who: Actor) -> Declined:
    said = ("declined.say", f"person:{who.person_id}")
    rows = await company.database.read(lambda store: list(store.audit.exported()))
    return await row(company, [one["subject"] for one in rows if (one["action"], one["actor"]) == said][-1])


async def row(company: Company, matter: str) -> Declined:
    found = await company.database.read(lambda store: store.matters.of_kind(Declined, matter))
    assert found is not None
    return found


async def midway(company: Company, *calls: Live) -> str:
    """Say it as Bram, during a call that is found."""
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter, calls or (live(),)), CLOCK)
    return matter


async def afterwards(company: Company, place: int = 0) -> str:
    """Say it as Bram after the call, and choose which of his last calls it was."""
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter), CLOCK)
    await company.door.enter(saying.choose_call(f"{matter}:{place}"), company.bram)
    return matter


async def recorded(company: Company, matter: str, *names: str) -> list[int]:
    """Register what was recorded, and let the clock find it."""
    ids = await register(company.door, *(call(0, native_id=name) for name in names or LEGS))
    await company.door.enter(deciding.take_registered_calls(matter), CLOCK)
    return ids


async def states(company: Company, *numbers: int) -> list[str]:
    found = await company.database.read(lambda store: store.recordings.all_of(numbers))
    return [one.state for one in found]


def narrow(company: Company) -> None:
    """Let staff find only their own department's calls; Anna has none."""
    company.door.policy = with_access(company.door.policy, search_scope="department")


async def the_call(company: Company, number: int) -> Recording:
    found = await company.database.read(lambda store: store.recordings.get(number))
    assert found is not None
    return found
