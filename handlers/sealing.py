"""Ids, secrets, keys that follow from the master key, and what is sealed with them or with a matter's own key (P8, P11)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, TypeAdapter

from storage import chain, columns
from storage.records import Matter, Request

if TYPE_CHECKING:
    from handlers.acting import Context

# No 0/O, no 1/I: ids are read out on the phone. 32 of them, so that each byte of chance gives one as likely as any other.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
MANY = 16  # letters of what there are millions of


def new_id(prefix: str, letters: int = 8) -> str:
    """Return an id such as `R-7F3K2QXM` (40 bits), which doesn't reveal how many there are.

    For things by the million that no one reads aloud, take more `letters` (5 bits each): among a million ids of 40
    bits, two are equal every third time.
    """
    return f"{prefix}-" + "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(letters))


def new_receipt() -> str:
    """Return a secret of 160 bits that people write down and read out: 32 of the same letters."""
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(32))


def new_secret() -> str:
    """Return a secret of 256 bits, safe in a URL fragment and a cookie."""
    return secrets.token_urlsafe(32)


def short_key(key: str) -> str:
    """Return an idempotency key short enough for an index."""
    return key if len(key) <= 200 else hashed_name(key)


def hashed_name(text: str) -> str:
    """Return a name of fixed length for any text (SHA-256, hex). For secrets use `Keys.mark_of_pass`, which takes the
    master key.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


UNSEEN = ConfigDict(hide_input_in_errors=True, defer_build=True)
_BY_ANOTHER_NAME: Any = NewType  # type checkers know it in declarations only


class Unseen(BaseModel):
    """The base of data that is stored sealed or came from a person, so its errors never repeat it."""

    model_config = UNSEEN


def unseen_adapter(kind: object) -> TypeAdapter[Any]:
    """Return an adapter that reads and writes a dataclass, or one of several; its errors never repeat the data."""
    # Pydantic ignores what a dataclass sets for its errors and takes no `config` beside it; for a NewType of it, it does.
    return TypeAdapter(_BY_ANOTHER_NAME("Kept", kind), config=UNSEEN)


SIZE, _NONCE = 32, 12
_SHORTEST = 256  # bytes to which the shortest words are padded: an address is no longer
_END = b"\x80"  # of the words, before their padding (ISO/IEC 7816-4)
_MASTER_ID, _ROOT = b"recording-steward key id", b"recording-steward root"


class Unopened(ValueError):
    """This key does not open it: it is another's, or was changed. It says nothing of what is in it."""


def new_key() -> bytes:
    """Return 256 random bits."""
    return token_bytes(SIZE)


def seal_words(key: bytes, words: bytes, about: str, least: int = _SHORTEST) -> bytes:
    """Encrypt words and bind them to what they are `about` (AES-256-GCM, NIST SP 800-38D); the nonce comes first.

    They are padded to the next power of two, and to `least` bytes at least, so that the length hardly tells what they are.
    """
    nonce = token_bytes(_NONCE)
    padded = (words + _END).ljust(max(least, 1 << len(words).bit_length()), b"\0")
    return nonce + AESGCM(key).encrypt(nonce, padded, about.encode())


def open_sealed(key: bytes, sealed: bytes, about: str) -> bytes:
    """Return what was sealed; raises `Unopened` if the key is wrong, or anything was changed."""
    try:
        padded = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except (InvalidTag, ValueError) as error:
        raise Unopened from error
    return padded.rstrip(b"\0").removesuffix(_END)


def derive_key(master: bytes, info: bytes) -> bytes:
    """Derive 32 bytes for one purpose (HKDF-SHA256, RFC 5869), from which no other key can be computed."""
    return HKDF(SHA256(), SIZE, salt=None, info=info).derive(master)


def master_key_id(master: bytes) -> str:
    """Return a master key's name for people and the journal: 32 bits that reveal nothing else."""
    return derive_key(master, _MASTER_ID)[:4].hex()


class Keys:
    """What follows from the master key, and from the one before (`previous`) while it is being replaced.

    What is sealed or wrapped is written by the newest and opened by either. What can't be made again is marked and sealed by
    the `root`: it followed from the first master key of a database, which keeps it, wrapped by the newest.
    """

    def __init__(self, master: bytes, previous: bytes | None = None) -> None:
        self._masters = (master,) if previous is None else (master, previous)
        self._root = derive_key(master, _ROOT)
        self._marking: dict[str, bytes] = {}
        self._log_seal: chain.Sealer | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The id of each master key, the newest first."""
        return tuple(master_key_id(one) for one in self._masters)

    def of(self, *purpose: str) -> bytes:
        """Return 32 bytes for one purpose, which may have several parts (a report, its reader), by the newest master
        key.
        """
        return self._purpose_key(0, purpose)

    def seal(self, words: bytes, about: str, *purpose: str) -> bytes:
        """Seal words for a purpose, by the newest master key."""
        return seal_words(self.of(*purpose), words, about)

    def open(self, sealed: bytes, about: str, *purpose: str) -> bytes:
        """Return what was sealed for a purpose, by either master key; raises `Unopened`."""
        return self._open_with_any(sealed, about, purpose)[1]

    def rewrap(self, sealed: bytes, about: str, *purpose: str) -> bytes | None:
        """Seal again by the newest master key; None if that isn't needed. Raises `Unopened`."""
        place, words = self._open_with_any(sealed, about, purpose)
        return self.seal(words, about, *purpose) if place else None

    def marks(self, purpose: str, *told: str) -> tuple[str, ...]:
        """Return the digests by which a thing is found again, one for each master key. Look for all of them, and store
        the first.
        """
        each = range(len(self._masters))
        return tuple(_hmac_of(self._marks_by(place, purpose), told) for place in each)

    def mark(self, purpose: str, *told: str) -> str:
        """Return a lasting mark that finds something again without revealing it (HMAC-SHA256, hex)."""
        return _hmac_of(self.lasting(purpose), told)

    def mark_of_pass(self, kind: str, secret: str, *opens: str) -> str:
        """Return what is stored of a code, receipt or session.

        It is bound to what it `opens`, so no forged row opens anything.
        """
        return self.mark("pass", kind, *opens, secret)

    @property
    def log_seal(self) -> chain.Sealer:
        """The sealer of the log's entries; it recognises its own seals for as long as the database lives."""
        if self._log_seal is None:
            self._log_seal = chain.make_sealer(self.lasting("log entry"))
        return self._log_seal

    def lasting(self, purpose: str) -> bytes:
        """Return a key for this purpose that stays when the master key is replaced, since it follows from the root."""
        if purpose not in self._marking:
            self._marking[purpose] = derive_key(self._root, purpose.encode())
        return self._marking[purpose]

    def wrapped_root(self) -> bytes:
        """Return the root key, wrapped by the newest master key."""
        return self.seal(self._root, "root", "root")

    def take_root(self, wrap: bytes) -> None:
        """Use the root key stored in the database, whichever master key opens it; raises `Unopened`."""
        self._root = self.open(wrap, "root", "root")
        self._marking.clear()
        self._log_seal = None

    def _purpose_key(self, place: int, purpose: tuple[str, ...]) -> bytes:
        return derive_key(self._masters[place], "\0".join(("recording-steward", *purpose)).encode())

    def _open_with_any(self, sealed: bytes, about: str, purpose: tuple[str, ...]) -> tuple[int, bytes]:
        """Open with whichever master key fits; return the words, after the place of that key (0 is the newest). Raises
        `Unopened`.
        """
        for place in range(len(self._masters)):
            try:
                return place, open_sealed(self._purpose_key(place, purpose), sealed, about)
            except Unopened:
                continue
        raise Unopened

    def _marks_by(self, place: int, purpose: str) -> bytes:
        """Return the key of this purpose that follows from the master key at this place."""
        name = f"{place} {purpose}"
        if name not in self._marking:
            self._marking[name] = self._purpose_key(place, (purpose,))
        return self._marking[name]


def _hmac_of(key: bytes, told: tuple[str, ...]) -> str:
    return hmac.new(key, "\0".join(told).encode("utf-8", "surrogatepass"), "sha256").hexdigest()


_PURPOSE = "matter"
AS_KNOWN = "known"
"""What is known of who asks for a call is sealed as this."""


class Seal:
    """The keys of matters within one transaction."""

    def __init__(self, ctx: Context) -> None:
        self.keys, self.rows = ctx.keys, ctx.store.matter_keys

    def begin(self, matter: Matter) -> None:
        """Give a matter its key: 256 random bits, wrapped by a key derived from the master key."""
        key = self.rows.open[matter.id] = new_key()
        matter.wrap = self.keys.seal(key, matter.id, _PURPOSE, matter.id)

    def sealed(self, matter: str, words: bytes, what: str) -> bytes:
        """Encrypt words by the matter's key; `what` binds them to their place. Raises `Unopened` without a key."""
        key = self._matter_key(matter)
        if key is None:
            raise Unopened
        return seal_words(key, words, associated_data(matter, what))

    def opened(self, matter: str, sealed: bytes, what: str) -> bytes | None:
        """Return what was sealed; None once the key was destroyed. Raises `Unopened` for what was changed."""
        key = self._matter_key(matter)
        return open_sealed(key, sealed, associated_data(matter, what)) if key is not None else None

    def mark(self, matter: str, *told: str) -> str:
        """Return what the log may hold of words that name a person: equal words have equal marks while the key exists.

        HMAC-SHA256 by the matter's key, in hex, so numbers and addresses can't be guessed. Raises `Unopened` without a
        key.
        """
        key = self._matter_key(matter)
        if key is None:
            raise Unopened
        return Keys(key).marks("log", *told)[0]

    def _matter_key(self, matter: str) -> bytes | None:
        """Return the matter's key, unwrapped once per transaction; None once it was destroyed. Raises `Unopened`."""
        if matter not in self.rows.open:
            row = self.rows.get(matter)
            if row is None:
                return None
            self.rows.open[matter] = data_key(self.keys, row)
        return self.rows.open[matter]


def data_key(keys: Keys, matter: Matter) -> bytes:
    """Return the key of a matter, unwrapped; raises `Unopened`."""
    return keys.open(matter.wrap or b"", matter.id, _PURPOSE, matter.id)


def rewrap_matter_key(keys: Keys, matter: Matter) -> bool:
    """Wrap a matter's key with the newest master key; return False if it was already. Raises `Unopened`."""
    wrap = keys.rewrap(matter.wrap or b"", matter.id, _PURPOSE, matter.id)
    matter.wrap = wrap or matter.wrap
    return wrap is not None


def associated_data(matter: str, what: str) -> str:
    """Return the text that binds something sealed to its matter and its place there (`what`): it opens nowhere else."""
    return f"{matter} {what}"


WHAT = "written"


@dataclass(slots=True)
class Written:
    """The words of a request, each as a database keeps it; `salt` goes into every commitment of the log to something of it.

    `not_special`: it sounded like an investigation or a legal claim, and the requester said that it is none (P9).
    `legal_matter` is the investigation or claim that it belongs to, `decision` why it was decided so; `remarks` are
    questions, answers and reasons, by the remark's id.
    """

    salt: str = field(default_factory=columns.new_salt)
    purpose: str = ""
    legal_matter: str = ""
    basis: str = ""
    audience: str = ""
    decision: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    not_special: bool = False


_WRITTEN: TypeAdapter[Written] = unseen_adapter(Written)


def read_request_words(ctx: Context, request: Request) -> Written:
    """Return what was written; nothing of it once its key was destroyed. Raises `Unopened` for what was changed."""
    words = Seal(ctx).opened(request.id, request.sealed or b"", WHAT)
    return _WRITTEN.validate_json(words) if words is not None else Written(salt="")


def store_request_words(ctx: Context, request: Request, written: Written) -> None:
    """Store what is written of the request."""
    request.sealed = Seal(ctx).sealed(request.id, _written_bytes(written), WHAT)
    request.about = legal_matter_mark(ctx.keys, written)


def legal_matter_mark(keys: Keys, written: Written) -> str:
    """Return the mark of the investigation or claim that a request is about, the same whatever its case and spaces;
    empty without one.

    P11: while one request about it is open the others are hidden too, even after their own words were erased.
    """
    named = " ".join(written.legal_matter.casefold().split())
    return keys.mark("legal matter", named) if named else ""


def _written_bytes(written: Written) -> bytes:
    """Return the words as JSON; characters that can't be stored are replaced."""
    for name in ("purpose", "legal_matter", "basis", "audience", "decision"):
        setattr(written, name, columns.storable_text(getattr(written, name)))
    written.remarks = {name: columns.storable_text(words) for name, words in written.remarks.items()}
    return _WRITTEN.dump_json(written)
