"""What left the house under a grant, as the audit log holds it, whatever a page told of it later (P11)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from storage.pages import pages
from storage.tables.log import NUMBERED, AuditEntry

SERVED = "listening.audio"
"""How the audit log calls it that audio left the house; its entries are about a grant."""
_DONE = (NUMBERED, AuditEntry.action == SERVED, AuditEntry.outcome == "done")
# As text: where a number is none, a server would refuse the whole question.
_CALL = AuditEntry.detail["recording"].as_string()
_SPANS = (
    select(AuditEntry.subject, _CALL, func.min(AuditEntry.at), func.max(AuditEntry.at))
    .where(*_DONE)
    .group_by(AuditEntry.subject, _CALL)
)


class Span(NamedTuple):
    """When a call's audio left the house first and last (aware)."""

    first: datetime
    last: datetime


def served(
    session: Session, grants: Iterable[str], during: tuple[datetime, datetime] | None = None
) -> dict[tuple[str, int], Span]:
    """When audio left the house, by grant and recording; `during` from one moment on and before another (aware), or ever.

    An entry that can't be read tells nothing, and keeps no other from it: it was changed by hand, as the chain tells.
    """
    found: dict[tuple[str, int], Span] = {}
    for some in pages(grants):
        for grant, call, first, last in session.execute(_SPANS.where(AuditEntry.subject.in_(some), *_within(during))):
            with suppress(ValueError, TypeError):
                span = Span(datetime.fromisoformat(first), datetime.fromisoformat(last))
                known = found.get((grant, int(call)), span)
                found[grant, int(call)] = Span(min(known.first, span.first), max(known.last, span.last))
    return found


def _within(during: tuple[datetime, datetime] | None) -> tuple[ColumnElement[bool], ...]:
    """The log writes each moment alike, in UTC, so that their order is that of their texts."""
    if during is None:
        return ()
    since, until = (one.astimezone(UTC).isoformat(timespec="microseconds") for one in during)
    return AuditEntry.at >= since, AuditEntry.at < until
