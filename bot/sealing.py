"""Keyed hashes: seals on lines of the journal, and marks by which an erased call is known again (P12)."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from handlers.keys import Keys
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
        return _carries(line, self._of)

    def proves(self, line: Mapping[str, Any]) -> bool:
        """The same, or that of a master key that is set, whose own seal it was before its database kept one."""
        named = zip(self._keys.ids, range(len(self._keys.ids)), strict=True)
        places = [place for one, place in named if one == line.get("key")]
        return self.fits(line) or any(_carries(line, partial(self._first, place)) for place in places)

    def may_be(self, key: object) -> bool:
        """Whether a line that names this key could be proved, if it were right."""
        return key in (self.key_id, *self._keys.ids)

    def _of(self, line: Mapping[str, Any]) -> str:
        return _hmac(self._keys.lasting(_SEAL), line)

    def _first(self, place: int, line: Mapping[str, Any]) -> str:
        return _hmac(self._keys.first(place, _SEAL), line)


def _carries(line: Mapping[str, Any], seal: Callable[[Mapping[str, Any]], str]) -> bool:
    bare = {name: value for name, value in line.items() if name != "seal"}
    return hmac.compare_digest(str(line.get("seal")).encode(), seal(bare).encode())


def _hmac(key: bytes, line: Mapping[str, Any]) -> str:
    return hmac.new(key, compact(line).encode(), "sha256").hexdigest()


class Marks:
    """HMAC-SHA256 with a key of its own, which followed from the first master key and stays when that is replaced."""

    def __init__(self, master: Keys | bytes) -> None:
        self._keys = master if isinstance(master, Keys) else Keys(master)

    def of(self, *told: str) -> str:
        """Of these words, in hex; empty where there are none."""
        words, key = "\0".join(told), self._keys.lasting("erased calls")
        return hmac.new(key, words.encode("utf-8", "surrogatepass"), "sha256").hexdigest() if words else ""

    def of_call(self, native_id: str, started: datetime) -> str:
        """Of the name that a call has in its recording system, and of when it began (aware)."""
        return self.of(native_id, str(started.timestamp()))

    def of_size(self, size: int) -> str:
        """Of how large some audio is (bytes); empty for none, which is nobody's."""
        return self.of("size", str(size)) if size else ""

    def of_moment(self, native_id: str, moment: datetime | None) -> str:
        """Of the name and of the call's moment (aware), which stays as it is whatever is written of its start; empty without one."""
        return self.of(native_id, "goes", str(moment.timestamp())) if moment else ""
