"""Seals: keys that are derived from the master key, one for each purpose, and what is authenticated with them."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.chain import compact

JOURNAL, JOURNAL_KEY_ID = b"recording-steward journal seal", b"recording-steward journal key id"


def derived(master: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose alone (HKDF-SHA256, RFC 5869); nobody gets from them to the master key or to another purpose."""
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(master)


class Seal:
    """Seals lines of the journal (HMAC-SHA256) and knows its own again; `key_id` says which key a seal is of, and no more."""

    def __init__(self, master: bytes) -> None:
        self._key = derived(master, JOURNAL)
        self.key_id = derived(master, JOURNAL_KEY_ID)[:4].hex()

    def sealed(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """The line with the id of the key and the seal over all of it."""
        named = {**line, "key": self.key_id}
        return {**named, "seal": self._of(named)}

    def fits(self, line: Mapping[str, Any]) -> bool:
        """Whether a line carries the seal that it must have."""
        bare = {name: value for name, value in line.items() if name != "seal"}
        return hmac.compare_digest(str(line.get("seal")).encode(), self._of(bare).encode())

    def _of(self, line: Mapping[str, Any]) -> str:
        return hmac.new(self._key, compact(line).encode(), "sha256").hexdigest()
