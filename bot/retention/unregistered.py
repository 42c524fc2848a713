"""Tells the register which files can't be registered, so that none of them stays there unseen (P4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.ports import Problem
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.unregistered import NotRegistered
from storage.tables.erasures import UnregisteredFile

STILL_WRITTEN = timedelta(hours=1)  # a call is often written for as long as it lasts, and described only then
IN_A_PIECE = 100
STATED = ("why", "stamp", "size", "modified")


class UnregisteredFiles:
    """What was told last, so that a tick with nothing new asks nothing."""

    def __init__(self, door: Door, system: str) -> None:
        self.door, self.system = door, system
        self._told: Mapping[str, Problem] | None = None

    async def note(self, problems: Mapping[str, Problem]) -> None:
        """All of a whole look. Raises `DatabaseDown`: then all are told again."""
        now = self.door.now()
        settled = {name: one for name, one in problems.items() if not _written(one, now)}
        if settled == self._told:
            return
        stored = await self.door.database.read(lambda store: store.unregistered.open(self.system))
        known = {one.native_id: one for one in stored}
        new = [one for one in settled.values() if _stated(one) != _stated(known.get(one.native_id))]
        await self._enter(new, [one.id for one in stored if not _stands(one.native_id, problems)])
        self._told = settled

    async def _enter(self, found: Sequence[Problem], over: Sequence[int]) -> None:
        for place in range(0, len(found), IN_A_PIECE):
            rows = [_row(one) for one in found[place : place + IN_A_PIECE]]
            await self.door.enter(NotRegistered(self.system, rows), CLOCK)
        for place in range(0, len(over), IN_A_PIECE):
            await self.door.enter(NotRegistered(self.system, (), over[place : place + IN_A_PIECE]), CLOCK)


def _row(one: Problem) -> dict[str, Any]:
    """What the register keeps of it, as `NotRegistered` takes it."""
    return {"native_id": one.native_id, **{name: getattr(one, name) for name in STATED}}


def _written(one: Problem, now: datetime) -> bool:
    """Whether its metadata may be yet to come; a time that lies ahead says nothing."""
    return one.modified is not None and now - STILL_WRITTEN < one.modified <= now


def _stated(one: Problem | UnregisteredFile | None) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in STATED) if one is not None else ()


def _stands(name: str, problems: Mapping[str, Problem]) -> bool:
    """Whether it is still told; of what lies in a folder that nobody can look into, nobody knows otherwise."""
    steps = name.split("/")
    above = ("/".join(steps[:number]) for number in range(1, len(steps)))
    return name in problems or any(one in problems and not problems[one].stamp for one in above)
