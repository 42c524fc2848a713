"""Weekly digests as stored beside what the log says of them, read together as of one moment."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.records import Party
from storage.tables.digests import Digest


@dataclass(frozen=True, slots=True)
class Digested:
    """All of them, with what the log says of them, in order; `spoilt` as in `Leaf`."""

    digests: list[Digest] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class DigestEvidence(Evidence):
    """Queries for holding digests against the log: there are few in a year."""

    def digested(self, actions: Collection[str]) -> Digested:
        """Every one, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = list(self.session.scalars(select(Digest.id).order_by(Digest.id)))
            return Digested(
                [one for some in pages(ids) for one in self._of(Digest.id, some, Digest.id)],
                [one for some in pages(ids) for one in self._of(Party.matter_id, some, Party.person_id)],
                sorted((one for some in pages(ids) for one in self.logged(some, actions)), key=lambda one: one.seq),
                self._spoilt,
            )
        return Digested(spoilt=[(Digest.__tablename__, ())])
