"""Reads checkpoints out of a journal, or out of a copy of one, and says which of them can be believed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from bot.journal import LONGEST_LINE
from bot.moments import moment
from bot.proof.journal_lines import CHECKPOINT, ENDED, HEAD, REPORT_COUNTED, RESTORED
from bot.sealing import Seal
from handlers.words import counted
from storage.chain import GENESIS, Verdict

MOST_FLAWS = 20
HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Noted:
    """What a line says: on this day the log had so many entries, the last with this hash. `day` is empty in one that is no checkpoint.

    `at` is the moment at which it was taken (aware); None where that can't be read.
    """

    day: str
    entries: int
    hash: str
    at: datetime | None = field(default=None, compare=False)


class Lost(NamedTuple):
    """A restore: when (aware), the last entry that stayed as it was, and the last one that was noted before."""

    at: datetime | None
    common: int
    noted: int

    def words(self, zone: str) -> str:
        """For whoever verifies the log, by an IANA zone."""
        day = moment(self.at.replace(second=0), zone) if self.at else "a day that can't be read"
        after = f"of the entries after {self.common:,} those up to {self.noted:,} may be others than before"
        return f"the database was restored on {day}: {after}"


@dataclass(slots=True)
class Notes:
    """The checkpoints of a file, by the number of entries. `flaws` are sentences about lines that can't be believed.

    `heads` are the hashes of the entries with which the log ended from minute to minute: they count as checkpoints do.
    `reports` says by mark how often each confidential report was written, `ended` which of them are no more.
    `restores` are those that were seen to: what checkpoints say of entries that were lost then counts no
    more. `sealed` counts lines whose seal is right, `unproved` those whose seal nobody can try, as its key is not here.
    """

    noted: dict[int, Noted] = field(default_factory=dict)
    flaws: list[str] = field(default_factory=list)
    sealed: int = 0
    unproved: int = 0
    restores: list[Lost] = field(default_factory=list)
    heads: dict[int, str] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    @property
    def marks(self) -> dict[int, str]:
        """By number: the hash that this entry of the log must have."""
        return self.heads | {entries: one.hash for entries, one in self.noted.items()}

    def add(self, noted: Noted) -> bool:
        """Take a line; False where an earlier one says otherwise of the same entry, which then counts."""
        before = self.noted.get(noted.entries)
        known = before.hash if before else self.heads.get(noted.entries, noted.hash)
        if known == noted.hash and noted.day:
            self.noted.setdefault(noted.entries, noted)
        elif known == noted.hash:
            self.heads[noted.entries] = known
        return known == noted.hash


def read(file: Path, seal: Seal | None, replaced: Collection[str] | None = ()) -> Notes:
    """Read a file line by line, passing over lines of other kinds. Raises OSError.

    Where there is a `seal`, a key that is not here is believed to have made a line only if it is one of the `replaced` ones, by id;
    with None nobody can tell which these are, and any may have been.
    """
    notes = Notes()
    with file.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE), b""), start=1):
            if line.strip() and len(notes.flaws) < MOST_FLAWS:
                _take(notes, number, line, _Prover(seal, replaced))
    return notes


class _Prover(NamedTuple):
    seal: Seal | None
    replaced: Collection[str] | None

    def right(self, told: dict[str, Any]) -> bool | None:
        """Whether the seal of a line is right; None where nobody can tell."""
        if self.seal is None:
            return None
        if self.seal.proves(told):
            return True
        key = told.get("key", self.seal.key_id)
        return None if self._is_away(self.seal, key) else False

    def _is_away(self, seal: Seal, key: object) -> bool:
        return not seal.may_be(key) and (self.replaced is None or key in list(self.replaced))

    def why(self, told: dict[str, Any]) -> str:
        """What is wrong with a seal, for whoever verifies the log."""
        ours = self.seal is not None and self.seal.may_be(told.get("key", self.seal.key_id))
        return "its seal is wrong" if ours else "it names a key that was never this database’s"


def _take(notes: Notes, number: int, line: bytes, prover: _Prover) -> None:
    try:
        told = json.loads(line)
        noted = _noted(told) if told["kind"] in (CHECKPOINT, HEAD) else None
        lost = _lost(told) if told["kind"] == RESTORED else None
    except (KeyError, TypeError, ValueError, RecursionError):
        notes.flaws.append(f"line {number} is no line of a journal, or was damaged")
        return
    right = prover.right(told)
    if lost is not None and (prover.seal is None or right):
        _restored(notes, lost)
    if noted is None:
        if right:
            _of_reports(notes, told)
        return
    what = f"line {number}, the checkpoint of {noted.day}," if noted.day else f"line {number}"
    if right is False:
        notes.flaws.append(f"{what} was changed or made by somebody else: {prover.why(told)}")
        return
    notes.sealed += bool(right)
    notes.unproved += right is None
    if not notes.add(noted):
        notes.flaws.append(f"{what} contradicts an earlier line")


def _of_reports(notes: Notes, told: dict[str, Any]) -> None:
    if told["kind"] == REPORT_COUNTED:
        notes.reports[str(told["id"])] = max(int(told["counter"]), notes.reports.get(str(told["id"]), 0))
    elif told["kind"] in ENDED:
        notes.ended.add(str(told["id"]))


def _restored(notes: Notes, lost: Lost) -> None:
    """What had been noted of entries that were lost counts no more; a copy of that line, further below, takes nothing away again."""
    if lost in notes.restores:
        return
    notes.noted = {entries: one for entries, one in notes.noted.items() if not lost.common < entries <= lost.noted}
    notes.heads = {entries: one for entries, one in notes.heads.items() if not lost.common < entries <= lost.noted}
    notes.reports.clear()  # those that came in since the copy are lost with it
    notes.restores.append(lost)


def _noted(told: dict[str, Any]) -> Noted:
    day, entries, last = told["day"] if told["kind"] == CHECKPOINT else "", told["entries"], told["hash"]
    if not isinstance(day, str) or isinstance(entries, bool) or not isinstance(entries, int) or entries < 0:
        raise ValueError(told)
    if not HASH.fullmatch(last):
        raise ValueError(told)
    return Noted(day and date.fromisoformat(day).isoformat(), entries, last, _moment(told.get("at")))


def _lost(told: dict[str, Any]) -> Lost:
    common, noted, entries = told["common"], told["noted"], told["entries"]
    if not all(isinstance(one, int) for one in (common, noted, entries)):
        raise ValueError(told)
    return Lost(_moment(told.get("at")), common, noted)


def _moment(told: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return at if at.tzinfo else None


def contradicted(notes: Notes, verdict: Verdict) -> Iterator[str]:
    """What was noted and the log does not bear out; beyond a break of the chain nothing can be said of it."""
    for entries, noted in sorted(notes.noted.items()):
        if entries in verdict.astray or (entries == 0 and noted.hash != GENESIS):
            yield _rewritten(entries, f"the checkpoint of {noted.day}")
        elif entries > verdict.entries and not verdict.fault:
            yield _cut_off(entries, f"the checkpoint of {noted.day}", verdict)
    # Of heads there are many: the first that is wrong, or the last that is lacking, says all.
    if astray := notes.heads.keys() & verdict.astray:
        yield _rewritten(min(astray), "the journal")
    if (last := max(notes.heads, default=0)) > verdict.entries and not verdict.fault:
        yield _cut_off(last, "the journal", verdict)


def _rewritten(entries: int, who: str) -> str:
    return f"entry {entries:,} is not the one that {who} noted: the log was rewritten there or before"


def _cut_off(entries: int, who: str, verdict: Verdict) -> str:
    return (
        f"{who} noted {counted(entries, 'entry', 'entries')}, but the log has {verdict.entries:,}: "
        "this is an older copy of the database, or the end of the log was cut off"
    )
