"""Confirmations of notices, looks at pages and outages, as stored beside what the log says of them, read together as of one moment (P3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.pages import pages
from storage.records import Party
from storage.tables.notices import NoticeAnswer, NoticeCheck, Outage, PageLook


@dataclass(frozen=True, slots=True)
class Noted:
    """All of them, with what the log says of them, in order; `spoilt` as in `Leaf`."""

    checks: list[NoticeCheck] = field(default_factory=list)
    answers: list[NoticeAnswer] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    looks: list[PageLook] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    spoilt: list[tuple[str, Key]] = field(default_factory=list)


class NoticeEvidence(Evidence):
    """Queries for whoever holds notices against the log: there are few in a year."""

    def noted(self, actions: Collection[str]) -> Noted:
        """Every one, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = self._ids(NoticeCheck.id)
            looks, outages = self._ids(PageLook.id), self._ids(Outage.id)
            return Noted(
                self._each(NoticeCheck.id, ids, NoticeCheck.id),
                self._each(NoticeAnswer.matter_id, ids, NoticeAnswer.id),
                self._each(Party.matter_id, ids, Party.person_id),
                self._each(PageLook.id, looks, PageLook.id),
                self._each(Outage.id, outages, Outage.id),
                [one for some in pages([*ids, *looks, *outages]) for one in self.logged(some, actions)],
                self._spoilt,
            )
        return Noted(spoilt=[(NoticeCheck.__tablename__, ())])

    def lost(self, looks: Collection[str], outages: Collection[str]) -> dict[str, list[str]]:
        """Those of these ids that nobody stores, by table; none of a table that can't be read."""
        found: dict[str, list[str]] = {}
        for table, ids in ((PageLook, looks), (Outage, outages)):
            with suppress(Illegible), legibly(self.session):
                known = set(self.session.scalars(select(table.id)))
                found[table.__tablename__] = sorted(set(ids) - known)
        return found

    def _ids(self, column: InstrumentedAttribute[str]) -> list[str]:
        return list(self.session.scalars(select(column).order_by(column)))

    def _each(
        self,
        column: InstrumentedAttribute[str],
        ids: Sequence[str],
        order: InstrumentedAttribute[str] | InstrumentedAttribute[int],
    ) -> list[Any]:
        return [one for some in pages(ids) for one in self._of(column, some, order)]
