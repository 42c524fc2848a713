"""The tables of the reach check: what is wrong with a route and whom that was told, and on which days everybody was tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import refers
from storage.records import Record


class ReachProblem(Record):
    """What is wrong with one `subject` (person:7, role:team_leader, platform:…), now or last; mended at `mended_at`.

    `kind` is one of `handlers/rules/reach.py`, `why` a standing or a platform's word, `person_id` whom it is about, `since` the
    first day (ISO) on which nobody fills a role, `told_on` the day of the company's on which somebody was told last; each of these
    may be empty.
    """

    __tablename__ = "reach_problems"
    subject: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    why: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(refers("people.id"))
    since: Mapped[str]
    found_at: Mapped[datetime]
    told_on: Mapped[str] = mapped_column(default="")
    mended_at: Mapped[datetime | None] = mapped_column(default=None)


class ReachRun(Record):
    """Everybody was tried on this day (ISO) of the company's, last at `at`; `silent` are the people of whom nobody could tell, by id."""

    __tablename__ = "reach_runs"
    day: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    tried: Mapped[int]
    silent: Mapped[list[Any]]
