"""Keys that follow from the master key, one for each purpose, and what is sealed with them."""

from __future__ import annotations

import hmac
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.chain import Sealer, sealer

SIZE, _NONCE = 32, 12
_SHORTEST = 256  # bytes to which the shortest words are padded: an address is no longer
_END = b"\x80"  # of the words, before their padding (ISO/IEC 7816-4)
_MASTER_ID, _ROOT = b"recording-steward key id", b"recording-steward root"


class Unopened(ValueError):
    """This key does not open it: it is another's, or was changed. It says nothing of what is in it."""


def new_key() -> bytes:
    """256 bits of chance, from which nothing else follows."""
    return token_bytes(SIZE)


def sealed(key: bytes, words: bytes, about: str, least: int = _SHORTEST) -> bytes:
    """Encrypt words and bind them to what they are `about` (AES-256-GCM, NIST SP 800-38D); the nonce comes first.

    They are padded to the next power of two, and to `least` bytes at least, so that the length hardly tells what they are.
    """
    nonce = token_bytes(_NONCE)
    padded = (words + _END).ljust(max(least, 1 << len(words).bit_length()), b"\0")
    return nonce + AESGCM(key).encrypt(nonce, padded, about.encode())


def opened(key: bytes, told: bytes, about: str) -> bytes:
    """What was sealed; raises `Unopened`."""
    try:
        padded = AESGCM(key).decrypt(told[:_NONCE], told[_NONCE:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise Unopened from error
    return padded.rstrip(b"\0").removesuffix(_END)


def derived(master: bytes, info: bytes) -> bytes:
    """32 bytes for one purpose alone (HKDF-SHA256, RFC 5869); nobody gets from them to the master key or to another purpose."""
    return HKDF(SHA256(), SIZE, salt=None, info=info).derive(master)


def id_of(master: bytes) -> str:
    """By this a master key is named to people, and in the journal: 32 bits that say nothing else of it."""
    return derived(master, _MASTER_ID)[:4].hex()


class Keys:
    """What follows from the master key, and from the one before (`previous`) while it is being replaced.

    What is sealed or wrapped is written by the newest and opened by either. What can't be made anew is marked and sealed by
    the `root`: it followed from the first master key of a database, which keeps it, wrapped by the newest.
    """

    def __init__(self, master: bytes, previous: bytes | None = None) -> None:
        self._masters = (master,) if previous is None else (master, previous)
        self._root = derived(master, _ROOT)
        self._marking: dict[str, bytes] = {}
        self._log_seal: Sealer | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """By what id each master key is told from others, the newest first."""
        return tuple(id_of(one) for one in self._masters)

    def of(self, *purpose: str) -> bytes:
        """32 bytes for one purpose, which may have several parts (a report, its reader), by the newest master key."""
        return self._of(0, purpose)

    def seal(self, words: bytes, about: str, *purpose: str) -> bytes:
        """Sealed for a purpose, by the newest master key."""
        return sealed(self.of(*purpose), words, about)

    def open(self, told: bytes, about: str, *purpose: str) -> bytes:
        """What was sealed for a purpose, by either master key; raises `Unopened`."""
        return self._opened(told, about, purpose)[1]

    def anew(self, told: bytes, about: str, *purpose: str) -> bytes | None:
        """The same by the newest master key, or None for what is so already; raises `Unopened`."""
        place, words = self._opened(told, about, purpose)
        return self.seal(words, about, *purpose) if place else None

    def marks(self, purpose: str, *told: str) -> tuple[str, ...]:
        """By these something is found again that is marked anew with each master key; the first is the one to write."""
        each = range(len(self._masters))
        return tuple(_mark(self._marks_by(place, purpose), told) for place in each)

    def mark(self, purpose: str, *told: str) -> str:
        """By this something is found again for ever, and nobody learns from it what it is (HMAC-SHA256, hex)."""
        return _mark(self.lasting(purpose), told)

    def mark_of_pass(self, kind: str, secret: str, *opens: str) -> str:
        """What is stored of a code, a receipt or a session, bound to what it `opens`: nobody can write a row that opens something."""
        return self.mark("pass", kind, *opens, secret)

    @property
    def log_seal(self) -> Sealer:
        """Seals the entries of the log, and tells its own seals for as long as the database lives."""
        if self._log_seal is None:
            self._log_seal = sealer(self.lasting("log entry"))
        return self._log_seal

    def lasting(self, purpose: str) -> bytes:
        """A key that stays when the master key is replaced."""
        if purpose not in self._marking:
            self._marking[purpose] = derived(self._root, purpose.encode())
        return self._marking[purpose]

    def wrapped_root(self) -> bytes:
        """What marks and seals follow from, wrapped by the newest master key."""
        return self.seal(self._root, "root", "root")

    def take_root(self, wrap: bytes) -> None:
        """What a database keeps counts, whatever master key opens it; raises `Unopened`."""
        self._root = self.open(wrap, "root", "root")
        self._marking.clear()
        self._log_seal = None

    def _of(self, place: int, purpose: tuple[str, ...]) -> bytes:
        return derived(self._masters[place], "\0".join(("recording-steward", *purpose)).encode())

    def _opened(self, told: bytes, about: str, purpose: tuple[str, ...]) -> tuple[int, bytes]:
        """By which of the master keys, and what."""
        for place in range(len(self._masters)):
            try:
                return place, opened(self._of(place, purpose), told, about)
            except Unopened:
                continue
        raise Unopened

    def _marks_by(self, place: int, purpose: str) -> bytes:
        name = f"{place} {purpose}"
        if name not in self._marking:
            self._marking[name] = self._of(place, (purpose,))
        return self._marking[name]


def _mark(key: bytes, told: tuple[str, ...]) -> str:
    return hmac.new(key, "\0".join(told).encode("utf-8", "surrogatepass"), "sha256").hexdigest()
