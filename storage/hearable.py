"""What can be heard now under what was given: in time and in reach, or kept for it (P5, P12)."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias, TypeVar

from sqlalchemy import ColumnElement, and_, exists, or_, select

from storage.erasures import keeping
from storage.records import Grant, Recording, RequestedRecording
from storage.tables.declined import Declined, DeclinedRecording
from storage.tables.erasures import Keep

T = TypeVar("T")
Asked: TypeAlias = T | ColumnElement[T]
"""A value in a query, or a parameter of that name."""


def hearable(now: Asked[datetime]) -> ColumnElement[bool]:
    """That one at least of a grant's calls can be heard (`now` is aware): as `Recording.closed` has it, and whoever plays them."""
    in_time = or_(Recording.erase_at.is_(None), Recording.erase_at > now)
    in_reach = and_(Recording.state.not_in(("declined", "closed", "gone", "erased")), in_time)
    those = (Keep.recording_id == Recording.id, Keep.matter_id == RequestedRecording.request_id, *keeping(now))
    both = select(DeclinedRecording.recording_id).join(Declined, Declined.id == DeclinedRecording.matter_id)
    declined = both.where(DeclinedRecording.recording_id == Recording.id, Declined.state != "kept").exists()
    named = (RequestedRecording.request_id == Grant.matter_id, Recording.id == RequestedRecording.recording_id)
    return exists().where(*named, or_(in_reach, and_(exists().where(*those), ~declined)))
