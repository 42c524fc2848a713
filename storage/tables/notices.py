"""The tables of the notices that callers get: when each was confirmed, what its page was seen to say, and when the announcement was down (P3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import LongWords, refers
from storage.marks import Marked, MarkedKind
from storage.records import Matter, Record


class NoticeCheck(MarkedKind, Matter, kw_only=True):
    """A notice is to be confirmed. `notice`: phone, website or outgoing. `why`: first, quarter, changed, no, or seen (the pages don't show it).

    `state`: waiting or stuck while open; confirmed; no where somebody answered no. `digest` is that of what is to be confirmed, `due_on`
    the company's day (ISO) from which it is waited for.
    """

    __tablename__ = "notice_checks"
    __mapper_args__ = {"polymorphic_identity": "notice"}  # noqa: RUF012
    id: Mapped[str] = mapped_column(refers("matters.id"), primary_key=True)
    notice: Mapped[str] = mapped_column(index=True)
    why: Mapped[str]
    digest: Mapped[str]
    due_on: Mapped[str]


class NoticeAnswer(Marked, Record):
    """What somebody answered who rang the lines, listened or looked at the page: yes or no, and what was heard or seen.

    `look` is what the pages were seen to say then, if anything. `salt` goes into the commitment to the words.
    """

    __tablename__ = "notice_answers"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    matter_id: Mapped[str] = mapped_column(refers("notice_checks.id"), index=True)
    person_id: Mapped[int] = mapped_column(refers("people.id"))
    at: Mapped[datetime]
    answer: Mapped[str]
    words: Mapped[str] = mapped_column(LongWords)
    look: Mapped[str] = mapped_column(default="")


class PageLook(Marked, Record):
    """What the two pages were seen to say, from `at` on and at `looked_at` last. `answer`: yes, no or unseen; `reasons` are closed words.

    `digest` is that of the wording and the addresses that were looked for, `number` the order of them, whatever a clock said.
    """

    __tablename__ = "page_looks"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    looked_at: Mapped[datetime]
    answer: Mapped[str]
    reasons: Mapped[list[Any]]
    digest: Mapped[str]


class Outage(Marked, Record):
    """Whole days of a line's own on which callers were not told, first and last included; nothing of it changes but how it was taken back.

    `lines` are E.164.
    """

    __tablename__ = "outages"
    id: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[date]
    last: Mapped[date]
    lines: Mapped[list[Any]]
    why: Mapped[str] = mapped_column(LongWords)
    entered_by: Mapped[int] = mapped_column(refers("people.id"))
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[int | None] = mapped_column(refers("people.id"), default=None)
    ended_why: Mapped[str] = mapped_column(LongWords, default="")
