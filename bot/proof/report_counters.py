"""What the journal says of how often reports were written: an older copy of one, put back into the database, is refused (P13)."""

from __future__ import annotations

from functools import partial

from bot.journal import JournalDown
from bot.proof.journal_lines import counted
from bot.proof.journalling import Patiently
from handlers.breach.clock import any_reports
from handlers.door import Door


class ReportCounters:
    """Keeps what the door knows of the journal up to date, also of what another process has written."""

    def __init__(self, door: Door, patiently: Patiently) -> None:
        self.door, self.patiently = door, patiently
        self._read = 0  # up to this byte

    async def refresh(self) -> None:
        """Read what was added since. The door forgets nothing, even if the file does. Raises `JournalDown` and `DatabaseDown`."""
        if not await self.door.database.read(any_reports):
            return
        before = -1
        while self._read != before:
            before = self._read
            found, self._read = await self.patiently.do(partial(self._next, before))
            self.know(found)

    def know(self, counters: dict[str, int]) -> None:
        """These stand in the journal."""
        for mark, counter in counters.items():
            self.door.outside[mark] = max(counter, self.door.outside.get(mark, 0))

    def _next(self, start: int) -> tuple[dict[str, int], int]:
        try:
            return counted(self.patiently.journal.file, self.patiently.journal.seal, start)
        except OSError as error:
            raise JournalDown(error.strerror or type(error).__name__) from error
