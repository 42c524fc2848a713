"""Draws and their reviews beside what the log says of them, read together as of one moment, a page at a time (P10)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.evidence.key_states import KeyState, key_states
from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.records import Grant, Listening, Party, Pass, RequestedRecording
from storage.tables.draws import CallReview, Draw


@dataclass(frozen=True, slots=True)
class DrawFile:
    """A draw with all that belongs to it, as stored, and what the log says of it, of its reviews and their access, in order.

    `keys` is what stands of the keys of all these matters, by id.
    """

    draw: Draw
    reviews: list[CallReview] = field(default_factory=list)
    named: list[RequestedRecording] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    listenings: list[Listening] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    keys: dict[str, KeyState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfDraws:
    """Draws, one after the other; `last` and `spoilt` as in `Leaf`."""

    files: list[DrawFile]
    last: str | None
    spoilt: list[tuple[str, Key]]


class DrawEvidence(Evidence):
    """Queries for whoever holds what is stored of draws against the log."""

    def of_draws(self, after: str, most: int, actions: Collection[str]) -> OfDraws:
        """The next ones after that id, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = list(self.session.scalars(select(Draw.id).where(Draw.id > after).order_by(Draw.id).limit(most)))
            files = self._files(ids, actions)
            return OfDraws(files, ids[-1] if len(ids) == most else None, self._spoilt)
        return OfDraws([], None, [(Draw.__tablename__, ())])

    def _files(self, ids: list[str], actions: Collection[str]) -> list[DrawFile]:
        found = {one.id: DrawFile(one) for one in self._of(Draw.id, ids, Draw.id)}
        for party in self._of(Party.matter_id, found, Party.person_id):
            found[party.matter_id].parties.append(party)
        whose = dict(found)
        for review in self._of(CallReview.draw_id, found, CallReview.id):
            found[review.draw_id].reviews.append(review)
            whose[review.id] = found[review.draw_id]
        for matter, state in key_states(self._of, whose).items():
            whose[matter].keys[matter] = state
        self._access(whose)
        for entry in self.logged([*whose], actions):
            whose[entry.subject].entries.append(entry)
        return [*found.values()]

    def _access(self, whose: dict[str, DrawFile]) -> None:
        """Calls and access by review, and what was opened and heard by access; from then on access is told by its id, too."""
        for named in self._of(RequestedRecording.request_id, [*whose], RequestedRecording.place):
            whose[named.request_id].named.append(named)
        for grant in self._of(Grant.matter_id, [*whose], Grant.id):
            whose[grant.matter_id].grants.append(grant)
            whose[grant.id] = whose[grant.matter_id]
        for opened in self._of(Pass.grant_id, [*whose], Pass.hash):
            whose[opened.grant_id].passes.append(opened)
        for heard in self._of(Listening.grant_id, [*whose], Listening.id):
            whose[heard.grant_id].listenings.append(heard)
