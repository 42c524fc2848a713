"""What is sealed by a matter's own key: read while the key is there, and gone for good with it (P8)."""

from __future__ import annotations

from handlers.acting import Act
from handlers.ids import new_secret
from handlers.keys import Keys, Unopened, new_key, opened, sealed
from storage.key_records import MatterKey


class Seal:
    """The keys of matters within one transaction."""

    def __init__(self, act: Act) -> None:
        self.keys, self.rows = act.keys, act.store.matter_keys

    def begin(self, matter: str) -> None:
        """A matter gets its key: 256 bits of chance, wrapped by one that follows from the master key."""
        wrap = sealed(self._wrapping(matter), new_key(), matter)
        self.rows.add(MatterKey(matter_id=matter, wrap=wrap, trace=new_secret()))

    def sealed(self, matter: str, words: bytes, what: str) -> bytes:
        """Encrypted for as long as the matter's key is kept; `what` binds it to its place. Raises `Unopened` without a key."""
        key = self._key(matter)
        if key is None:
            raise Unopened
        return sealed(key, words, f"{matter} {what}")

    def opened(self, matter: str, told: bytes, what: str) -> bytes | None:
        """What was sealed; None once the key was destroyed. Raises `Unopened` for what was changed."""
        key = self._key(matter)
        return None if key is None else opened(key, told, f"{matter} {what}")

    def mark(self, matter: str, *told: str) -> str:
        """What the audit log may hold of words that name somebody: it tells whether they are the same, to nobody once the key is gone.

        HMAC-SHA256 by the matter's key, in hex: nobody can try out numbers or addresses. Raises `Unopened` without a key.
        """
        key = self._key(matter)
        if key is None:
            raise Unopened
        return Keys(key).mark("log", *told)

    def _key(self, matter: str) -> bytes | None:
        row = self.rows.get(matter)
        return opened(self._wrapping(matter), row.wrap, matter) if row is not None else None

    def _wrapping(self, matter: str) -> bytes:
        return self.keys.of("matter", matter)
