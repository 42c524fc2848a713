"""What is sealed by a matter's own key: read while the key is there, and gone for good with it (P8, P11)."""

from __future__ import annotations

from datetime import datetime

from handlers.acting import Act
from handlers.keys import Keys, Unopened, new_key, opened, sealed
from storage.tables.keys import MatterKey

_PURPOSE = "matter"
AS_KNOWN = "known"
"""What is known of who asks for a call is sealed as this."""


class Seal:
    """The keys of matters within one transaction."""

    def __init__(self, act: Act) -> None:
        self.keys, self.rows = act.keys, act.store.matter_keys

    def begin(self, matter: str) -> None:
        """A matter gets its key: 256 bits of chance, wrapped by one that follows from the master key."""
        key = self.rows.open[matter] = new_key()
        self.rows.add(matter, self.keys.seal(key, matter, _PURPOSE, matter))

    def sealed(self, matter: str, words: bytes, what: str) -> bytes:
        """Encrypted for as long as the matter's key is kept; `what` binds it to its place. Raises `Unopened` without a key."""
        key = self._key(matter)
        if key is None:
            raise Unopened
        return sealed(key, words, about(matter, what))

    def opened(self, matter: str, told: bytes, what: str) -> bytes | None:
        """What was sealed; None once the key was destroyed. Raises `Unopened` for what was changed."""
        key = self._key(matter)
        return opened(key, told, about(matter, what)) if key is not None else None

    def ended(self, matter: str) -> datetime | None:
        """When its key was destroyed; None while it is there."""
        row = self.rows.ended(matter)
        return row.at if row is not None else None

    def mark(self, matter: str, *told: str) -> str:
        """What the audit log may hold of words that name somebody: it tells whether they are the same, to nobody once the key is gone.

        HMAC-SHA256 by the matter's key, in hex: nobody can try out numbers or addresses. Raises `Unopened` without a key.
        """
        key = self._key(matter)
        if key is None:
            raise Unopened
        return Keys(key).marks("log", *told)[0]

    def _key(self, matter: str) -> bytes | None:
        if matter not in self.rows.open:
            row = self.rows.get(matter)
            if row is None:
                return None
            self.rows.open[matter] = data_key(self.keys, row)
        return self.rows.open[matter]


def data_key(keys: Keys, row: MatterKey) -> bytes:
    """The key of a matter, unwrapped; raises `Unopened`."""
    return keys.open(row.wrap, row.matter_id, _PURPOSE, row.matter_id)


def wrapped_anew(keys: Keys, row: MatterKey) -> bool:
    """Wrapped by the newest master key from now on; False where it was so already. Raises `Unopened`."""
    wrap = keys.anew(row.wrap, row.matter_id, _PURPOSE, row.matter_id)
    row.wrap = wrap or row.wrap
    return wrap is not None


def about(matter: str, what: str) -> str:
    """What binds something sealed to its place."""
    return f"{matter} {what}"
