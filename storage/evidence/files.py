"""Files that could not be registered, as they are stored, beside what the log says was decided of them (P4)."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.tables.erasures import Erasure, UnregisteredFile

_NUMBER = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Decided:
    """Files of which something was decided, their erasures, and what the log says of both, in order; `spoilt` as in `Leaf`.

    `back` is what it says of files that had been erased and stood there again.
    """

    files: list[UnregisteredFile] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    back: list[Logged] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class FileEvidence(Evidence):
    """Queries for whoever holds these decisions against the log: as many as the Head has pressed."""

    def decided(self, deciding: Collection[str], returning: str) -> Decided:
        """Every decision, with the entries of these actions, and those of `returning` about whole recording systems."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            named = select(Erasure.file_id).where(Erasure.file_id.is_not(None))
            decided = or_(UnregisteredFile.decided_by.is_not(None), UnregisteredFile.id.in_(named))
            touched = or_(decided, UnregisteredFile.state.in_(("kept", "closed", "erased")))
            numbers = list(self.session.scalars(select(UnregisteredFile.id).where(touched)))
            files = [one for some in pages(sorted(numbers)) for one in self._files(some)]
            ids = list(self.session.scalars(select(Erasure.id).where(Erasure.file_id.is_not(None))))
            erasures = [one for some in pages(ids) for one in self._of(Erasure.id, some, Erasure.id)]
            subjects = [f"file:{one}" for one in numbers]
            entries = [one for some in pages(subjects) for one in self.logged(some, deciding)]
            back = list(self.logged({one.system for one in files}, [returning]))
            return Decided(files, erasures, entries, back, self._spoilt)
        return Decided(spoilt=[(UnregisteredFile.__tablename__, ())])

    def _files(self, numbers: list[int]) -> list[UnregisteredFile]:
        found: list[UnregisteredFile] = self._of(UnregisteredFile.id, numbers, UnregisteredFile.id)
        return found

    def lost(self, subjects: Collection[str]) -> set[str]:
        """Those of these files (`file:7`) that nobody stores; none, where they can't be read at all."""
        told = {one: one.partition(":")[2] for one in subjects}
        numbers = {int(number): one for one, number in told.items() if _NUMBER.fullmatch(number)}
        with suppress(Illegible), legibly(self.session):
            rows = (select(UnregisteredFile.id).where(UnregisteredFile.id.in_(some)) for some in pages(numbers))
            found = {number for query in rows for number in self.session.scalars(query)}
            return {one for number, one in numbers.items() if number not in found}
        return set()
