"""Addresses that people had before, as stored beside what the log says of them, read together as of one moment (P7)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from sqlalchemy import Text, select
from sqlalchemy import cast as as_type

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, legibly
from storage.pages import pages
from storage.records import FormerAddress
from storage.tables.log import NUMBERED, AuditEntry

LEFT = "left"
"""By this name an entry says whose which addresses were: by marks, since the log holds no address."""


class AddressEvidence(Evidence):
    """Queries for whoever holds them against the log: people change their addresses seldom."""

    def former(self, actions: Collection[str]) -> tuple[list[FormerAddress], list[Logged]] | None:
        """All of them, with the entries of these actions that speak of any, in order; None where they can't be read."""
        self._wary = True
        told = as_type(AuditEntry.detail, Text).like(f'%"{LEFT}"%')
        with suppress(Illegible), legibly(self.session):
            # Without DISTINCT, for which SQLite would go through the whole log by the index of subjects.
            about = select(AuditEntry.subject).where(NUMBERED, AuditEntry.action.in_(actions), told)
            rows = list(self.session.scalars(select(FormerAddress)))
            subjects = sorted(set(self.session.scalars(about)))
            entries = [one for some in pages(subjects) for one in self.logged(some, actions)]
            return rows, sorted((one for one in entries if LEFT in one.detail), key=lambda one: one.seq)
        return None
