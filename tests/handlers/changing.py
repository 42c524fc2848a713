"""A call whose audio was read, and what the recording system shows under its name afterwards."""

from typing import Any

from handlers import recordings
from handlers.acting import CLOCK
from storage.records import Recording
from tests.handlers.builders import Company, call, register

ONE, OTHER = "1" * 64, "2" * 64


async def identified(company: Company, native_id: str = "call-1", audio: str = ONE) -> Recording:
    """Read the audio of a call for the first time."""
    known = await recording(company, native_id)
    await company.door.enter(recordings.identify_call(known.id, known.stamp, audio), CLOCK)
    return await recording(company, native_id)


async def recording(company: Company, native_id: str = "call-1") -> Recording:
    """Return the call that has this name now."""
    known = await company.database.read(lambda store: store.recordings.known("file", [native_id]))
    return known[native_id]


async def show(company: Company, **facts: Any) -> int:
    """Show the first call's name with another stamp; return the id of the call that has it then."""
    [number] = await register(company.door, call(1, **{"stamp": "2", "audio": ONE, **facts}))
    return number


async def replace_call(company: Company, **facts: Any) -> int:
    """Put another recording in the place of the first call, which was read."""
    await identified(company)
    return await show(company, audio=OTHER, **facts)
