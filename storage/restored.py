"""After a restore nobody knows which access had ended since the copy was made, so all of it ends (P8, P12)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.inbox import Inbox
from storage.records import Grant, Pass
from storage.sessions import delete_rows
from storage.tables.customers import ALIVE, CustomerLetter

ALL_ENDED = "all_ended"


class Ended(NamedTuple):
    """What ended: the access of staff, customers' links, and how many presses were dropped undone."""

    grants: list[Grant]
    links: list[CustomerLetter]
    presses: int


class Restores:
    """What follows a restore, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def end_all_access(self, now: datetime) -> Ended:
        """End every grant, link, code and session but those of reports, and drop presses that may have been done already."""
        grants = list(self.session.scalars(select(Grant).where(Grant.ended_at.is_(None), Grant.ends_at > now)))
        for grant in grants:
            grant.ended_at, grant.ended_why = now, ALL_ENDED
        links = list(
            self.session.scalars(
                select(CustomerLetter).where(CustomerLetter.link.in_(ALIVE), CustomerLetter.ends_at > now)
            )
        )
        for link in links:
            link.link, link.session_ends_at = "ended", None
        _doubt_letters(self.session, now)
        delete_rows(self.session, Pass, Pass.grant_id.is_(None))  # those of a grant open nothing any more, and say why
        return Ended(grants, links, Inbox(self.session).clear())


def _doubt_letters(session: Session, now: datetime) -> None:
    """A letter that waits may have gone already: it counts as lost on its way, so somebody is asked before it goes again.

    One with a link is dropped by itself, since its link is dead.
    """
    for one in session.scalars(
        select(CustomerLetter).where(CustomerLetter.state == "waiting", CustomerLetter.link == "")
    ):
        one.state, one.next_at = "sending", now
