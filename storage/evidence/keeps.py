"""What keeps calls past their moment and is no hold, as it is stored, beside what the log says of it, a page of matters at a time (P8, P12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import exists, select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.tables.declined import DeclinedRecording
from storage.tables.erasures import Keep
from storage.tables.holds import Hold

_HOLDS = Hold.__table__


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of what keeps calls for matters that are no holds; `entries` are about these calls and matters. `last` and `spoilt` as in `Leaf`."""

    rows: list[Keep]
    last: str | None
    spoilt: list[tuple[str, Key]]
    entries: list[Logged] = field(default_factory=list)


class KeepEvidence(Evidence):
    """Queries for whoever holds what keeps calls against the log; holds are read with all that belongs to them."""

    def kept(self, after: str, most: int, actions: Collection[str]) -> Kept:
        """Of the next matters after that id, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            others = (Keep.matter_id > after, ~exists().where(_HOLDS.c.id == Keep.matter_id))
            query = select(Keep.matter_id).where(*others).distinct().order_by(Keep.matter_id).limit(most)
            matters = list(self.session.scalars(query))
            rows: list[Keep] = self._of(Keep.matter_id, matters, Keep.recording_id)
            # What a restore brings back is told of many calls at once.
            about = [*matters, *sorted({f"recording:{one.recording_id}" for one in rows}), *([""] if rows else [])]
            declined = select(DeclinedRecording.matter_id).where(
                DeclinedRecording.recording_id.in_({one.recording_id for one in rows})
            )
            about += sorted(set(self.session.scalars(declined)))
            entries = [entry for some in pages(about) for entry in self.logged(some, actions)]
            last = matters[-1] if len(matters) == most else None
            return Kept(rows, last, self._spoilt, entries)
        return Kept([], None, [(Keep.__tablename__, ())])

    def lost(self, kept: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
        """Those of these pairs of call and matter of which no row is stored; none, where they can't be read at all."""
        wanted = set(kept)
        with suppress(Illegible), legibly(self.session):
            pairs = select(Keep.recording_id, Keep.matter_id)
            some = pages({matter for _, matter in wanted})
            rows = (self.session.execute(pairs.where(Keep.matter_id.in_(ids))).all() for ids in some)
            return wanted.difference((recording, matter) for page in rows for recording, matter in page)
        return set()
