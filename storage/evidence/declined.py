"""Declined calls beside what the log says of them, read together as of one moment, a page at a time (P5)."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import select

from storage.erasures import AGAIN, DECLINED
from storage.evidence.requests import Evidence, Logged
from storage.legible import Illegible, Key, legibly
from storage.records import Party, Recording
from storage.tables.declined import Declined, DeclinedRecording
from storage.tables.erasures import Erasure


@dataclass(frozen=True, slots=True)
class DeclinedFile:
    """A declined call with all that belongs to it, as stored, and what the log says of it, in order.

    `calls` are its recordings as the register has them, by id; `kept_beside` those of them that were kept in another matter.
    """

    declined: Declined
    recordings: list[DeclinedRecording] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    entries: list[Logged] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    calls: dict[int, Recording] = field(default_factory=dict)
    kept_beside: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class OfDeclined:
    """Declined calls, one after the other; `last` and `spoilt` as in `Leaf`."""

    files: list[DeclinedFile]
    last: str | None
    spoilt: list[tuple[str, Key]]


class DeclinedEvidence(Evidence):
    """Queries for whoever holds what is stored of declined calls against the log."""

    def of_declined(self, after: str, most: int, actions: Collection[str]) -> OfDeclined:
        """The next ones after that id, with the entries of these actions."""
        self._wary, self._spoilt = True, []
        with suppress(Illegible), legibly(self.session):
            ids = list(
                self.session.scalars(select(Declined.id).where(Declined.id > after).order_by(Declined.id).limit(most))
            )
            files = self._files(ids, actions)
            return OfDeclined(files, ids[-1] if len(ids) == most else None, self._spoilt)
        return OfDeclined([], None, [(Declined.__tablename__, ())])

    def _files(self, ids: list[str], actions: Collection[str]) -> list[DeclinedFile]:
        found = {one.id: DeclinedFile(one) for one in self._of(Declined.id, ids, Declined.id)}
        by_call: dict[int, DeclinedFile] = {}
        for row in self._of(DeclinedRecording.matter_id, found, DeclinedRecording.id):
            found[row.matter_id].recordings.append(row)
            if row.recording_id is not None:
                by_call[row.recording_id] = found[row.matter_id]
        for party in self._of(Party.matter_id, found, Party.person_id):
            found[party.matter_id].parties.append(party)
        begun = set[str]()
        for entry in self.logged([*found], actions):
            found[entry.subject].entries.append(entry)
            begun.update(_begun(entry.detail))
        for erasure in self._of(Erasure.recording_id, list(by_call), Erasure.id):
            # Begun by such a matter it waits for nobody, and has another cause, once a restore says that it was done before.
            declined = erasure.why == DECLINED or (erasure.why in AGAIN and erasure.id in begun)
            if declined:
                by_call[erasure.recording_id].erasures.append(erasure)
        self._stand([*found.values()], list(by_call))
        return [*found.values()]

    def _stand(self, files: list[DeclinedFile], numbers: list[int]) -> None:
        calls = {one.id: one for one in self._of(Recording.id, numbers, Recording.id)}
        both = select(DeclinedRecording.recording_id, DeclinedRecording.matter_id)
        kept = both.join(Declined, Declined.id == DeclinedRecording.matter_id).where(Declined.state == "kept")
        rows = self.session.execute(kept.where(DeclinedRecording.recording_id.in_(numbers))).all() if numbers else []
        for file in files:
            mine = {one.recording_id for one in file.recordings if one.recording_id is not None}
            file.calls.update((number, call) for number, call in calls.items() if number in mine)
            beside = {number for number, matter in rows if matter != file.declined.id}
            file.kept_beside.update(mine & beside)


def _begun(detail: object) -> list[str]:
    """The erasures that an entry says were begun; none in one that somebody changed, which the chain tells."""
    told = detail.get("erasures") if isinstance(detail, dict) else None
    return [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
