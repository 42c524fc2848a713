"""Mails to customers that are to go, or of which nobody has heard (P8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from storage.customers import UNDER_WAY
from storage.legible import read_rows
from storage.tables.customers import CustomerMail


class Mails:
    """Queries and changes about those, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def any_due(self, now: datetime, longest: timedelta) -> bool:
        """Whether there is anything to send, or to be taken for lost."""
        return self.session.scalar(select(exists().where(*_due(now, longest)))) or False

    def next_due(self, now: datetime, longest: timedelta) -> str | None:
        """The id of the one whose time came first. Only that is read, since the rest of a row may not be readable."""
        due = select(CustomerMail.id).where(*_due(now, longest)).order_by(CustomerMail.next_at, CustomerMail.id)
        return self.session.scalars(due.limit(1)).first()

    def set_aside(self, mail: str, code: str, now: datetime) -> None:
        """It will never go, whatever its row says."""
        mine = CustomerMail.id == mail
        rows = read_rows(self.session, select(CustomerMail).where(mine), [CustomerMail.id], [])
        for [row] in rows:
            row.state, row.code, row.settled_at = "refused", code, now
        if not rows:  # what can't be read fits no mark in any case
            ended = {"state": "refused", "code": code, "settled_at": now}
            self.session.execute(update(CustomerMail).where(mine).values(ended))


def _due(now: datetime, longest: timedelta) -> tuple[ColumnElement[bool], ...]:
    """None waits `longest`: what does was put off by a clock that was ahead."""
    come = or_(CustomerMail.next_at <= now, CustomerMail.next_at > now + longest)
    return CustomerMail.state.in_(UNDER_WAY), come
