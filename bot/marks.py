"""Keyed hashes of what an erased call was: it is known again by them, and nobody learns from them what it was (P12)."""

from __future__ import annotations

import hmac
from datetime import datetime

from handlers.keys import Keys


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
