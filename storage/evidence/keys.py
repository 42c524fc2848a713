"""The keys of customers' requests as they are stored, beside what the log says of them, a page at a time (P8)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.evidence.key_states import KeyState
from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, legibly
from storage.tables.customers import CustomerRequest


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One matter: what is stored of its key, and what the log says of that."""

    matter: str
    sealed: KeyState
    entries: list[Logged]


class KeyEvidence:
    """Queries about keys for whoever verifies them, within one transaction. Those of requests for access stand in their dossiers."""

    def __init__(self, session: Session, evidence: Evidence) -> None:
        self.session, self.evidence = session, evidence

    def page(self, after: str, most: int, actions: Collection[str]) -> list[KeyFile]:
        """The next customers' requests after that id; none where they can't be read, which others tell."""
        with suppress(Illegible), legibly(self.session):
            query = (
                select(CustomerRequest.id).where(CustomerRequest.id > after).order_by(CustomerRequest.id).limit(most)
            )
            ids = list(self.session.scalars(query))
            entries: dict[str, list[Logged]] = {one: [] for one in ids}
            for entry in self.evidence.logged(ids, actions):
                entries[entry.subject].append(entry)
            states = self.evidence.key_states(ids)
            return [KeyFile(one, states[one], entries[one]) for one in ids]
        return []
