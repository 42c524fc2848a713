"""What the register holds of a recording system, as a recorder asks for it: from the database, or from a few at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from bot.ports import NOTHING
from storage.columns import folder_of
from storage.database.store import Database

A_LARGE_REGISTER = 120.0  # seconds


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


class AtHand:
    """Few enough calls to be at hand, by native id → stamp; as they are when it is asked."""

    def __init__(self, stamps: Mapping[str, str] = NOTHING) -> None:
        self.stamps = stamps

    async def folders(self) -> Mapping[str, int]:
        return Counter(folder_of(native_id) for native_id in self.stamps)

    async def within(self, folders: Collection[str]) -> Mapping[str, str]:
        return {native_id: stamp for native_id, stamp in self.stamps.items() if folder_of(native_id) in folders}
