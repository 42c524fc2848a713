"""Mails to customers that are to go, or of which nobody has heard: one whose row somebody spoilt holds up no other (P8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from storage.customers import UNDER_WAY
from storage.legible import is_called, told
from storage.mending import mended
from storage.tables.customers import CustomerMail


class Mails:
    """Queries and changes about those, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def any_due(self, now: datetime, longest: timedelta) -> bool:
        """Whether there is anything to send, or to be taken for lost. What waits `longest` was put off by a clock that stood ahead."""
        come = exists().where(CustomerMail.state.in_(UNDER_WAY), _come(now, longest))
        return self.session.scalar(select(come)) or False

    def due(self, state: str, now: datetime, longest: timedelta, most: int, spoilt: list[str]) -> list[CustomerMail]:
        """Mails of this state whose time has come, the first to go first; none waits `longest`, as above.

        Where a row can't be read, nobody can read its words from now on. Where not even that helps it ends, and is added to `spoilt`.
        """
        ids = select(CustomerMail.id).where(CustomerMail.state == state, _come(now, longest))
        first = ids.order_by(CustomerMail.next_at, CustomerMail.id).limit(most)
        found, lost = mended(self.session, CustomerMail, CustomerMail.id, first, _instead(now), {"sealed": b""})
        for one in lost:
            ended = {"state": "refused", "code": "unreadable", "settled_at": now}
            self.session.execute(update(CustomerMail).where(is_called(CustomerMail.id, one)).values(ended))
        spoilt += map(told, lost)
        return self.due(state, now, longest, most, spoilt) if lost and not found else found


def _instead(now: datetime) -> dict[str, Any]:
    return {
        "kind": "copy", "message_id": CustomerMail.id, "made_at": now, "next_at": now, "link_id": None, "code": "",
        "settled_at": None,
    }  # fmt: skip


def _come(now: datetime, longest: timedelta) -> ColumnElement[bool]:
    return or_(CustomerMail.next_at <= now, CustomerMail.next_at > now + longest)
