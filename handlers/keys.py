"""Keys that follow from the master key, one for each purpose, and what is sealed with them."""

from __future__ import annotations

import hmac
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIZE, _NONCE = 32, 12


class Unopened(Exception):
    """This key does not open it: it is another's, or was changed. It says nothing of what is in it."""


def new_key() -> bytes:
    """256 bits of chance, from which nothing else follows."""
    return token_bytes(SIZE)


def sealed(key: bytes, words: bytes, about: str) -> bytes:
    """Encrypted and authenticated (AES-256-GCM, NIST SP 800-38D), bound to what it is `about`; the nonce stands before it."""
    nonce = token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, words, about.encode())


def opened(key: bytes, told: bytes, about: str) -> bytes:
    """What was sealed; raises `Unopened`."""
    try:
        return AESGCM(key).decrypt(told[:_NONCE], told[_NONCE:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise Unopened from error


class Keys:
    """What follows from the master key: nobody gets from one of them to another, or back (HKDF-SHA256, RFC 5869)."""

    def __init__(self, master: bytes) -> None:
        self._master = master
        self._marking: dict[str, bytes] = {}

    def of(self, *purpose: str) -> bytes:
        """32 bytes for one purpose, which may have several parts (a report, its reader)."""
        info = "\0".join(("recording-steward", *purpose)).encode()
        return HKDF(SHA256(), SIZE, salt=None, info=info).derive(self._master)

    def mark(self, purpose: str, *told: str) -> str:
        """By this something is found again, and nobody learns from it what it is (HMAC-SHA256, hex)."""
        if (key := self._marking.get(purpose)) is None:
            key = self._marking[purpose] = self.of(purpose)
        return hmac.new(key, "\0".join(told).encode("utf-8", "surrogatepass"), "sha256").hexdigest()
