"""The wrapped keys of matters, within one transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storage.key_records import MatterKey


class MatterKeys:
    """Queries and changes about the keys of matters, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, matter: str) -> MatterKey | None:
        """The key of a matter; None where it never had one, or where it was destroyed."""
        return self.session.get(MatterKey, matter)

    def add(self, key: MatterKey) -> None:
        """A matter has a key from now on."""
        self.session.add(key)
