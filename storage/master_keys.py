"""By which master keys this database is wrapped, within one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables.keys import MasterKey


class MasterKeys:
    """Queries and changes about the master key: never the key itself, only by what id it is known."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def root(self, key: str) -> bytes | None:
        """What marks and seals follow from, as this key wraps it."""
        row = self.session.get(MasterKey, key)
        return row.root if row is not None else None

    def all(self) -> dict[str, datetime]:
        """By which master keys something here may be wrapped, by id, and since when; none in a database that is new."""
        return {one.id: one.since for one in self.session.scalars(select(MasterKey).where(MasterKey.until.is_(None)))}

    def replaced(self) -> set[str]:
        """Those of before, by id: whatever they had wrapped is wrapped by another one."""
        return set(self.session.scalars(select(MasterKey.id).where(MasterKey.until.is_not(None))))

    def add(self, key: str, root: bytes, now: datetime) -> None:
        """Something may be wrapped by this one from now on; `root` is wrapped by it."""
        self.session.add(MasterKey(id=key, root=root, since=now))

    def replace(self, keys: Iterable[str], now: datetime) -> None:
        """Nothing is wrapped by these any more."""
        for one in self.session.scalars(select(MasterKey).where(MasterKey.id.in_(list(keys)))):
            one.until = now
