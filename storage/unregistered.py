"""Files that could not be registered: what is known of them, and what was decided (P4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.pages import Page, pages
from storage.tables.erasures import UnregisteredFile


class Unregistered:
    """Queries and changes about such files, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, file: UnregisteredFile) -> None:
        """One more, so that it has its number."""
        self.session.add(file)
        self.session.flush()

    def get(self, number: int) -> UnregisteredFile | None:
        """One of them, whatever became of it."""
        return self.session.get(UnregisteredFile, number)

    def open(self, system: str) -> list[UnregisteredFile]:
        """Those of this recording system that are neither erased nor over, in the order of their numbers."""
        mine = (UnregisteredFile.over_at.is_(None), UnregisteredFile.system == system)
        return list(self.session.scalars(select(UnregisteredFile).where(*mine).order_by(UnregisteredFile.id)))

    def named(self, system: str, names: Collection[str]) -> dict[str, UnregisteredFile]:
        """The same, of these native ids."""
        mine = (UnregisteredFile.over_at.is_(None), UnregisteredFile.system == system)
        query = select(UnregisteredFile).where(*mine)
        rows = (self.session.scalars(query.where(UnregisteredFile.native_id.in_(some))) for some in pages(names))
        return {one.native_id: one for some in rows for one in some}

    def listed(self) -> list[UnregisteredFile]:
        """Those that could not be registered, the ones that were seen first first."""
        those = select(UnregisteredFile).where(UnregisteredFile.state == "listed")
        return list(self.session.scalars(those.order_by(UnregisteredFile.first_seen, UnregisteredFile.id)))

    def undecided(self, most: int, skip: int = 0) -> tuple[int, list[UnregisteredFile]]:
        """Those of which nobody decided yet: how many, and the ones that have stood longest, after so many."""
        return self._of("listed", Page(most, skip))

    def kept(self, most: int, skip: int = 0) -> tuple[int, list[UnregisteredFile]]:
        """The same of those of which it was decided that they stay."""
        return self._of("kept", Page(most, skip))

    def _of(self, state: str, page: Page) -> tuple[int, list[UnregisteredFile]]:
        those = UnregisteredFile.state == state
        number = self.session.scalar(select(func.count()).select_from(UnregisteredFile).where(those)) or 0
        first = select(UnregisteredFile).where(those).order_by(UnregisteredFile.first_seen, UnregisteredFile.id)
        return number, list(self.session.scalars(page.of(first)))

    def end(self, file: UnregisteredFile, now: datetime, state: str = "over") -> None:
        """It is erased, or `over`; its name goes."""
        file.state, file.over_at = state, now
        file.native_id = file.stamp = ""
