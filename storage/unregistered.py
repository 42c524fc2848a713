"""Files that could not be registered: what is known of them, until they are mended, replaced or gone (P4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.pages import pages
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
        """Those of this recording system that still stand there, in the order of their numbers."""
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
        those = select(UnregisteredFile).where(UnregisteredFile.over_at.is_(None))
        return list(self.session.scalars(those.order_by(UnregisteredFile.first_seen, UnregisteredFile.id)))

    def count(self) -> int:
        """How many of them there are."""
        return self.session.scalar(select(func.count()).where(UnregisteredFile.over_at.is_(None))) or 0

    def end(self, file: UnregisteredFile, now: datetime) -> None:
        """It was mended or replaced, or is gone; its name goes."""
        file.over_at = now
        file.native_id = file.stamp = ""
