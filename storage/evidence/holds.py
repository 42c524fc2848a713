"""Holds beside what the log says of them, read together as of one moment, a page at a time (P12)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.records import Party
from storage.tables.concerned import Concerned
from storage.tables.erasures import Keep
from storage.tables.holds import Hold


@dataclass(frozen=True, slots=True)
class HoldFile:
    """A hold with all that belongs to it, as stored, and what the log says of it and of its calls, in order."""

    hold: Hold
    keeps: list[Keep] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    concerned: list[Concerned] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Held:
    """Holds, one after the other; `last` and `spoilt` as in `Leaf`."""

    files: list[HoldFile]
    last: str | None
    spoilt: list[tuple[str, Key]]


class HoldEvidence(Evidence):
    """Queries for whoever holds what is stored of holds against the log."""

    def held(self, after: str, most: int, actions: Collection[str]) -> Held:
        """The next holds after that id, with the entries of these actions about them and about their calls."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = list(self.session.scalars(select(Hold.id).where(Hold.id > after).order_by(Hold.id).limit(most)))
            files = self._files(ids, actions)
            return Held(files, ids[-1] if len(ids) == most else None, self._spoilt)
        return Held([], None, [(Hold.__tablename__, ())])

    def _files(self, ids: list[str], actions: Collection[str]) -> list[HoldFile]:
        found = {one.id: HoldFile(one) for one in self._of(Hold.id, ids, Hold.id)}
        about = {name: [file] for name, file in found.items()}
        for keep in self._of(Keep.matter_id, found, Keep.recording_id):
            found[keep.matter_id].keeps.append(keep)
            about.setdefault(f"recording:{keep.recording_id}", []).append(found[keep.matter_id])
        for party in self._of(Party.matter_id, found, Party.person_id):
            found[party.matter_id].parties.append(party)
        for one in self._of(Concerned.matter_id, found, Concerned.person_id):
            found[one.matter_id].concerned.append(one)
        kept = any(file.keeps for file in found.values())
        # What a restore brings back is told of many calls at once.
        for entry in self.logged([*about, *([""] if kept else [])], actions):
            for file in about.get(entry.subject, found.values()):
                file.entries.append(entry)
        return [*found.values()]
