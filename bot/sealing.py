"""Keyed hashes: seals on lines of the journal, and marks by which an erased call is known again (P12)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.sealing import Keys
from storage.chain import compact

_SEAL = "journal seal"


class Seal:
    """Seals lines of the journal (HMAC-SHA256) and knows its own again, whatever master key the database has now.

    `key_id` says which key a seal is of, and no more. Of the bytes of a master key it is that key's own seal, as on a backup.
    """

    def __init__(self, master: Keys | bytes) -> None:
        self._keys = master if isinstance(master, Keys) else Keys(master)

    @property
    def key_id(self) -> str:
        """32 bits, in hex."""
        return self._keys.lasting("journal key id")[:4].hex()

    def sealed(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """The line with the id of the key and the seal over all of it."""
        named = {**line, "key": self.key_id}
        return {**named, "seal": self._of(named)}

    def fits(self, line: Mapping[str, Any]) -> bool:
        """Whether a line carries the seal that it must have."""
        bare = {name: value for name, value in line.items() if name != "seal"}
        return hmac.compare_digest(str(line.get("seal")).encode(), self._of(bare).encode())

    def _of(self, line: Mapping[str, Any]) -> str:
        return hmac.new(self._keys.lasting(_SEAL), compact(line).encode(), "sha256").hexdigest()


class Marks:
    """HMAC-SHA256 with a key that stays when the master key is replaced."""

    def __init__(self, master: Keys | bytes) -> None:
        self._keys = master if isinstance(master, Keys) else Keys(master)

    def of(self, *told: str) -> str:
        """Of these words, in hex; empty where there are none."""
        return self._keys.mark("erased calls", *told) if any(told) else ""

    def of_call(self, native_id: str, started: datetime) -> str:
        """Of the name that a call has, or had, in its recording system, and of when it began (aware)."""
        return self.of(native_id.partition("\n")[0], str(started.timestamp()))

    def of_size(self, size: int) -> str:
        """Of how large some audio is (bytes); empty for none, which is nobody's."""
        return self.of("size", str(size)) if size else ""
