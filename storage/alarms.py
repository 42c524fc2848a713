"""Who was told, is being told or could not be told that somebody has to see to something."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from storage.records import Alarm

# Put together once, since each card asks.
_LATEST = select(Alarm).where(Alarm.subject == bindparam("subject")).order_by(Alarm.id.desc()).limit(1)


class Alarms:
    """Queries and changes about alarms, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, row: Alarm) -> None:
        """One more person is being told, or nobody is left to tell."""
        self.session.add(row)

    def get(self, row_id: str) -> Alarm:
        """One attempt to tell somebody; raises `LookupError` if there is none."""
        row = self.session.get(Alarm, row_id)
        if row is None:
            raise LookupError(f"no alarm {row_id}")
        return row

    def tried(self, alarm: str) -> list[Alarm]:
        """All attempts to have one alarm heard, in their order."""
        return list(self.session.scalars(select(Alarm).where(Alarm.alarm == alarm).order_by(Alarm.id)))

    def latest(self, subject: str) -> Alarm | None:
        """The last attempt at the newest alarm about this."""
        return self.session.scalars(_LATEST, {"subject": subject}).first()

    def told(self, subject: str, person_id: int) -> bool:
        """Whether this person was told that somebody has to see to it."""
        same = (Alarm.subject == subject, Alarm.person_id == person_id, Alarm.state == "told")
        return self.session.scalar(select(exists().where(*same))) or False
