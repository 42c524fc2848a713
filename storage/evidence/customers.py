"""Customers' requests beside what the log says of them, read together as of one moment, a page at a time (P8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.records import Party, RequestedRecording
from storage.tables.customers import CustomerLink, CustomerListening, CustomerMail, CustomerRequest, CustomerSession
from storage.tables.keys import MatterKey


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """A customer's request with what belongs to it, as stored, and what the log says of it, in order."""

    request: CustomerRequest
    recordings: list[RequestedRecording] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    links: list[CustomerLink] = field(default_factory=list)
    sessions: list[CustomerSession] = field(default_factory=list)
    listenings: list[CustomerListening] = field(default_factory=list)
    mails: list[CustomerMail] = field(default_factory=list)
    keys: list[MatterKey] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OfCustomers:
    """Customers' requests, one after the other; `last` and `spoilt` as in `Leaf`."""

    files: list[CustomerFile]
    last: str | None
    spoilt: list[tuple[str, Key]]


class CustomerEvidence(Evidence):
    """Queries for whoever holds what is stored of customers' requests against the log."""

    def of_customers(self, after: str, most: int, actions: Collection[str]) -> OfCustomers:
        """The next requests after that id, with the entries of these actions about them."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            page = select(CustomerRequest.id).where(CustomerRequest.id > after).order_by(CustomerRequest.id).limit(most)
            ids = list(self.session.scalars(page))
            files = self._filed(ids, actions)
            return OfCustomers(files, ids[-1] if len(ids) == most else None, self._spoilt)
        return OfCustomers([], None, [(CustomerRequest.__tablename__, ())])

    def _filed(self, ids: list[str], actions: Collection[str]) -> list[CustomerFile]:
        rows = self._of(CustomerRequest.id, ids, CustomerRequest.id)
        found = {one.id: CustomerFile(one) for one in rows}
        for named in self._of(RequestedRecording.request_id, found, RequestedRecording.place):
            found[named.request_id].recordings.append(named)
        for party in self._of(Party.matter_id, found, Party.person_id):
            found[party.matter_id].parties.append(party)
        for key in self._of(MatterKey.matter_id, found, MatterKey.matter_id):
            found[key.matter_id].keys.append(key)
        self._given(found)
        for entry in self.logged([*found], actions):
            found[entry.subject].entries.append(entry)
        return [*found.values()]

    def _given(self, found: Mapping[str, CustomerFile]) -> None:
        """What went out to customers. Whom a link let in, and what was had by it, goes by the link: that it is there is asked elsewhere."""
        by_link: dict[str, CustomerFile] = {}
        for link in self._of(CustomerLink.matter_id, found, CustomerLink.id):
            found[link.matter_id].links.append(link)
            by_link[link.id] = found[link.matter_id]
        for session in self._of(CustomerSession.link_id, by_link, CustomerSession.hash):
            by_link[session.link_id].sessions.append(session)
        for had in self._of(CustomerListening.link_id, by_link, CustomerListening.id):
            by_link[had.link_id].listenings.append(had)
        for mail in self._of(CustomerMail.matter_id, found, CustomerMail.id):
            found[mail.matter_id].mails.append(mail)
