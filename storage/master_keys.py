"""By which master keys this database is wrapped, and the keys that stay when one is replaced, within one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables.keys import LastingKey, MasterKey


class MasterKeys:
    """Queries and changes about the master key: never the key itself, only by what id it is known."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def all(self) -> dict[str, datetime]:
        """By which master keys something here may be wrapped, by id, and since when; none in a database that is new."""
        return {one.id: one.since for one in self.session.scalars(select(MasterKey).where(MasterKey.until.is_(None)))}

    def replaced(self) -> set[str]:
        """Those of before, by id: whatever they had wrapped is wrapped by another one."""
        return set(self.session.scalars(select(MasterKey.id).where(MasterKey.until.is_not(None))))

    def add(self, key: str, now: datetime) -> None:
        """Something may be wrapped by this one from now on."""
        self.session.add(MasterKey(id=key, since=now))

    def replace(self, keys: Iterable[str], now: datetime) -> None:
        """Nothing is wrapped by these any more."""
        for one in self.session.scalars(select(MasterKey).where(MasterKey.id.in_(list(keys)))):
            one.until = now

    def lasting(self) -> dict[str, bytes]:
        """The keys that stay, by name, as they are wrapped."""
        return {one.name: one.wrap for one in self.session.scalars(select(LastingKey))}

    def keep(self, wraps: Mapping[str, bytes]) -> None:
        """These are kept, wrapped so, from now on."""
        for name, wrap in wraps.items():
            known = self.session.get(LastingKey, name)
            if known is None:
                self.session.add(LastingKey(name=name, wrap=wrap))
            else:
                known.wrap = wrap
