"""What the reports' own log says of which reports there were, and which ended; it is sealed like all that it holds (P13)."""

from __future__ import annotations

from collections.abc import Callable

from handlers.keys import Keys, Unopened, opened, sealed
from storage.breaches import Breaches
from storage.tables.breaches import ReportEntry

ABOUT = "breach head"
"""The key that lasts of what is said of all reports: where their log ends, and which of them ended."""


class Account:
    """Which reports there were. By its `mark` the log speaks of a report; by that of none, of what this account began with."""

    def __init__(self, keys: Keys, rows: Breaches, mark: Callable[[str], str]) -> None:
        self.keys, self.rows, self.mark = keys, rows, mark

    def begin(self) -> None:
        """From now on the log says of each report that ends that it did; what was gone before stands in one entry."""
        if not self.rows.logged(self.mark("")):
            stored = {self.mark(one) for one in self.rows.ids()}
            self._say(self.mark(""), "\n".join(sorted(self.rows.log_marks() - stored)))

    def end(self, report: str) -> None:
        """This one is no more."""
        self._say(self.mark(report), "")

    def gone_before(self) -> set[str] | None:
        """What an earlier version let go without a word, by its marks; None where these keys are not those of the log, or it began with an earlier version."""
        told = next((told for row in self.rows.logged(self.mark("")) if (told := self._told(row)) is not None), None)
        return None if told is None else set(told.split())

    def fits(self, before: set[str]) -> bool:
        """Whether each report that it tells of, and not of its end, is stored, and no other."""
        stored, logged = {self.mark(one) for one in self.rows.ids()}, self.rows.log_marks() - {self.mark("")}
        gone = logged - stored
        return stored <= logged and before <= gone and all(map(self._ended, gone - before))

    def _ended(self, mark: str) -> bool:
        return any(self._told(row) is not None for row in self.rows.logged(mark)[-1:])

    def _say(self, mark: str, words: str) -> None:
        self.rows.log(mark, sealed(self.keys.lasting(ABOUT), words.encode(), mark))

    def _told(self, row: ReportEntry) -> str | None:
        try:
            return opened(self.keys.lasting(ABOUT), row.sealed, row.report).decode()
        except Unopened:
            return None
