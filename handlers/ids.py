"""Names for things that people read aloud, and secrets that nobody may guess."""

from __future__ import annotations

import hashlib
import secrets

# No 0/O, no 1/I: ids are read out on the phone. 32 of them, so that each byte of chance gives one as likely as any other.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
MANY = 16  # letters of what there are millions of


def new_id(prefix: str, letters: int = 8) -> str:
    """An id such as `R-7F3K2QXM` (40 bits): tells nothing about how many there are.

    What there are millions of, and nobody reads aloud, takes more `letters`, of 5 bits each: of a million names of 40
    bits two are the same every third time.
    """
    return f"{prefix}-" + "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(letters))


def new_receipt() -> str:
    """A secret of 160 bits that people write down and read out: 32 of the same letters."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(32))


def new_secret() -> str:
    """A secret of 256 bits, safe in a URL fragment and a cookie."""
    return secrets.token_urlsafe(32)


def short_key(key: str) -> str:
    """An idempotency key that fits into an index, whatever it was made of."""
    return key if len(key) <= 200 else hashed_name(key)


def hashed_name(told: str) -> str:
    """A name of the same length for anything; what opens something is kept as `Keys.mark_of_pass`, by the master key."""
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
