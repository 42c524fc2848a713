"""Which rows belong to which others, so that one whose owner is not there is found."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import FromClause, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.records import Grant, Listening, Matter, Party, Pass, Remark, Request, RequestedRecording
from storage.tables.concerned import Concerned
from storage.tables.customers import CustomerLink, CustomerListening, CustomerMail, CustomerRequest, CustomerSession
from storage.tables.declined import Declined, DeclinedRecording
from storage.tables.digests import Digest
from storage.tables.draws import CallReview, Draw
from storage.tables.erasures import ErasurePause, Keep
from storage.tables.holds import Hold
from storage.tables.keys import EndedKey, MatterKey
from storage.tables.notices import NoticeCheck
from storage.tables.policy import PolicyReview

OWNED: tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]], ...] = (
    (RequestedRecording.request_id, Matter.id),
    (Party.matter_id, Matter.id),
    (Concerned.matter_id, Matter.id),
    (Keep.matter_id, Matter.id),
    (DeclinedRecording.matter_id, Declined.id),
    (Remark.matter_id, Matter.id),
    (Grant.matter_id, Matter.id),
    (MatterKey.matter_id, Matter.id),
    (EndedKey.matter_id, Matter.id),
    (CallReview.draw_id, Draw.id),
    (CustomerLink.matter_id, CustomerRequest.id),
    (CustomerMail.matter_id, CustomerRequest.id),
    (CustomerListening.link_id, CustomerLink.id),
    (CustomerSession.link_id, CustomerLink.id),
    (Pass.grant_id, Grant.id),
    (Listening.grant_id, Grant.id),
)

_MATTERS, _REQUESTS, _REVIEWS = Matter.__table__, Request.__table__, PolicyReview.__table__


def _halves(kind: str, table: str, own: FromClause) -> tuple[tuple[str, Select[str]], ...]:
    same = own.c.id == _MATTERS.c.id
    return (
        ("matters", select(_MATTERS.c.id).where(_MATTERS.c.kind == kind, ~exists().where(same))),
        (table, select(own.c.id).where(~exists().where(same))),
    )


HALVES = (
    *_halves("access", "requests", _REQUESTS), *_halves("policy_review", "policy_reviews", _REVIEWS),
    *_halves("hold", "holds", Hold.__table__), *_halves("customer", "customer_requests", CustomerRequest.__table__),
    *_halves("erasure_pause", "erasure_pauses", ErasurePause.__table__),
    *_halves("notice", "notice_checks", NoticeCheck.__table__), *_halves("digest", "digests", Digest.__table__),
    *_halves("draw", "draws", Draw.__table__), *_halves("call_review", "call_reviews", CallReview.__table__),
    *_halves("declined", "declines", Declined.__table__),
)  # fmt: skip


@cache
def ownerless(owned: InstrumentedAttribute[Any], owner: InstrumentedAttribute[Any]) -> tuple[str, Select[str]]:
    """Rows of a table whose owner is not stored: the table's name, and the query."""
    there = exists().where(owner == owned)
    return owned.class_.__tablename__, select(owned).where(owned.is_not(None), ~there).order_by(owned)
