"""The hash chain of the audit log, in a form that anyone can recompute from the entries alone."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from json.encoder import encode_basestring as quote
from typing import Any, NamedTuple

GENESIS = "0" * 64
FIELDS = ("seq", "at", "actor", "action", "subject", "outcome", "clause", "detail", "marks", "journal", "previous")
Sealer = Callable[[str], str]
"""Gives the seal of an entry by its hash, which covers all of it and every entry before."""
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
# JSON columns are written like this: plain ASCII detail is then stored in its canonical form, and needn't be parsed
# and rewritten to be verified.
compact = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


class Link(NamedTuple):
    """An entry as the database holds it: `detail` and `marks` are the text of its JSON.

    The functions here take its fields by place (10 is `previous`, 11 `hash`, 12 `seal`), since they also get plain rows.
    """

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    outcome: str
    clause: str
    detail: str
    marks: str
    journal: int
    previous: str
    hash: str
    seal: str = ""


def make_sealer(key: bytes) -> Sealer:
    """Make the sealer, keyed BLAKE2b (RFC 7693): without the key no one can forge an entry of the bot's."""
    keyed = blake2b(key=key, digest_size=16)

    def seal(hashed: str) -> str:
        one = keyed.copy()
        one.update(hashed.encode())
        return one.hexdigest()

    return seal


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fault` is empty when the chain holds; else it says where it breaks and how. `astray`: numbers of marks that it lacks."""

    entries: int
    head: str
    fault: str = ""
    astray: tuple[int, ...] = ()


def entry_digest(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry without its own hash, as canonical JSON (sorted keys, no spaces, UTF-8)."""
    return sha256(_canonical({name: row[name] for name in FIELDS}).encode()).hexdigest()


def as_row(link: Link) -> dict[str, Any]:
    """Return an entry as it is exported: the hashed fields in order, then the hash.

    Raises ValueError if its detail isn't JSON.
    """
    row = {**link._asdict(), "detail": json.loads(link.detail), "marks": json.loads(link.marks)}
    return {name: row[name] for name in (*FIELDS, "hash")}


@dataclass(slots=True)
class Walk:
    """Recomputes a chain piece by piece. `marks` are hashes that the entries of these numbers must have.

    With a `sealer` it collects which entries are `unsealed`, from the first to the last of each run: the bot did not write them.
    """

    marks: Mapping[int, str] = field(default_factory=dict)
    sealer: Sealer | None = None
    seq: int = 0
    hash: str = GENESIS
    fault: str = ""
    astray: list[int] = field(default_factory=list)
    unsealed: list[tuple[int, int]] = field(default_factory=list)

    def take(self, links: Iterable[Link]) -> None:
        """Continue with the next entries; after the first that doesn't fit, the rest is ignored."""
        seq, hash_before, marks, seal = self.seq, self.hash, self.marks, self.sealer
        for link in () if self.fault else links:
            if link[0] != seq + 1 or link[10] != hash_before or not hash_fits(link):
                self.fault = _break_sentence(link, seq, hash_before)
                break
            seq, hash_before = seq + 1, link[11]
            if seal is not None and seal(hash_before) != link[12]:
                self._note_unsealed(seq)
            if seq in marks and marks[seq] != hash_before:
                self.astray.append(seq)
        self.seq, self.hash = seq, hash_before

    def _note_unsealed(self, seq: int) -> None:
        """Add an entry without the bot's seal to the run that ends just before it, or begin a new run."""
        first = self.unsealed.pop()[0] if self.unsealed and self.unsealed[-1][1] == seq - 1 else seq
        self.unsealed.append((first, seq))

    def verdict(self, head: tuple[int, str] | None) -> Verdict:
        """Return the result; `head` (number of entries, hash) is the end that the chain should have, or None if that is
        lost.
        """
        fault = self.fault
        if not fault and head is None:
            fault = "audit_head, the end of the log, can't be read"
        elif not fault and head is not None and (self.seq, self.hash) != head:
            fault = f"the log ends at entry {self.seq}, but {head[0]} were written"
        return Verdict(self.seq, self.hash, fault, tuple(self.astray))


def hash_fits(link: Link) -> bool:
    """Return True if an entry that follows the one before it has the hash that it should have."""
    try:
        return _hash_as_stored(link) == link[11] or _as_parsed(Link(*link)) == link[11]
    except (TypeError, ValueError, RecursionError):  # the bot never writes such a value
        return False


def is_sealed(link: Link, sealer: Sealer) -> bool:
    """Return True if the bot wrote this entry and it is unchanged."""
    return hash_fits(link) and sealer(link.hash) == link.seal


def _hash_as_stored(link: Link) -> str:
    """Return the hash of an entry as it is stored, without parsing it: right if its detail is in canonical form.
    `previous` was already compared with the hash of the entry before. A hash needs no quoting, which takes a quarter of
    the time.
    """
    seq, at, actor, action, subject, outcome, clause, detail, marks, journal, previous, *_ = link
    line = (
        f'{{"action":{quote(action)},"actor":{quote(actor)},"at":{quote(at)},"clause":{quote(clause)},"detail":{detail},'
        f'"journal":{journal!r},"marks":{marks},"outcome":{quote(outcome)},"previous":"{previous}","seq":{seq},"subject":{quote(subject)}}}'
    )
    return sha256(line.encode()).hexdigest()


def _as_parsed(link: Link) -> str:
    """Return the hash of an entry whose detail and marks are spelt as the bot does; empty for any other.
    For another spelling or a repeated key, a database could read something else than what is hashed here.
    """
    row = as_row(link)
    ours = link.detail == compact(row["detail"]) and link.marks == compact(row["marks"])
    return entry_digest(row) if ours else ""


def _break_sentence(link: Link, seq: int, hash_before: str) -> str:
    """Return the sentence that says how the chain breaks at this entry."""
    if link[0] != seq + 1:
        return f"entry {seq + 1} is missing: the next one says it is {link[0]}"
    if link[10] != hash_before:
        return f"entry {seq + 1} does not follow entry {seq}"
    return f"entry {seq + 1} was changed after it was written"
