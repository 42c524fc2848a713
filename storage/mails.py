"""Mails to customers that are to go, or of which nobody has heard (P8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from storage.customers import UNDER_WAY
from storage.tables.customers import CustomerMail


class Mails:
    """Queries and changes about those, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def due(self, now: datetime, longest: timedelta) -> list[str]:
        """The ids of those to send, or to be taken for lost, in the order of their times."""
        due = select(CustomerMail.id).where(*_due(now, longest)).order_by(CustomerMail.next_at, CustomerMail.id)
        return list(self.session.scalars(due))

    def is_due(self, mail: str, now: datetime, longest: timedelta) -> bool:
        """Whether this is one of them."""
        return self.session.scalar(select(exists().where(CustomerMail.id == mail, *_due(now, longest)))) or False


def _due(now: datetime, longest: timedelta) -> tuple[ColumnElement[bool], ...]:
    """None waits `longest`: what does was put off by a clock that was ahead."""
    come = or_(CustomerMail.next_at <= now, CustomerMail.next_at > now + longest)
    return CustomerMail.state.in_(UNDER_WAY), come
