"""A declined call with all that belongs to it, read once, so that rules and cards need not ask the store (P5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.acting import Context
from handlers.customers.state import asked_by_number
from handlers.keeping import matters_needing
from handlers.matters.case import Case, Kind, More
from handlers.rules.declined import DeclinedCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from storage.records import Person, Recording
from storage.tables.calls import Declined


@dataclass(frozen=True, slots=True)
class Live:
    """A call that goes on, as the phone system tells it: `began` is aware, `caller` E.164 or empty, `recordings` native ids."""

    system: str
    call_id: str
    line: str
    caller: str
    operator: int | None
    began: datetime
    recordings: tuple[str, ...]


Trouble = Literal["", "unreachable", "unread", "cannot", "known", "known_still"]
"""What stood in the way: the phone system does not answer, tells too little of some call, or knows of no live calls at all; or the call is known."""


SOMEBODY_ELSE = "Someone else decides about this call now."


@dataclass(frozen=True, kw_only=True)
class DeclinedCase(Case[Declined]):
    """One of them; `calls` are its recordings that the register has.

    `erased` says when, by id, and `kept` which something keeps, or would keep if it were to be erased now. `offered` are calls of
    the register that may be meant, by id. `unmet` is how many of its names the register has not met.
    """

    kind = Kind(
        "D-", name="declined", clause="P5", row=Declined, decided_by=DeclinedCircumstances,
        what="the declined recording", gone="I can't find this call.",
    )  # fmt: skip
    calls: Sequence[Recording]
    unmet: int
    erased: dict[int, datetime]
    kept: frozenset[int]
    offered: dict[int, Recording]

    @classmethod
    def load_more(cls, ctx: Context, matter: Declined) -> More:
        """Its calls. It is the own case of whoever said it, who was on the calls, or is concerned by what a call is needed for."""
        store, declines = ctx.store, ctx.store.declines
        names, calls = declines.recordings(matter.id), declines.calls(matter.id)
        numbers = [one.id for one in calls]
        offered = store.recordings.all_of(one["recording"] for one in matter.choices if "recording" in one)
        return More(
            operators=(matter.said_by, matter.operator_id, *(one.operator_id for one in calls)),
            concerned=declines.concerned(numbers, ctx.now),
            fields={
                "calls": calls, "unmet": sum(one.recording_id is None and bool(one.native_id) for one in names),
                "erased": store.erasures.erased(calls), "kept": _kept_calls(ctx, matter, calls), "offered": {one.id: one for one in offered},
            },
        )  # fmt: skip

    @property
    def said_by(self) -> Person:
        return self.people[self.matter.said_by]

    @property
    def goes_by_itself(self) -> bool:
        """Whether it goes unless somebody keeps it."""
        return self.matter.erase_at is not None

    def authority(self, person: int) -> Authority:
        """By which role this person decides; raises `Refused` with the reason why not, but for what somebody must not learn."""
        if self.circumstances.own_case(person) == "concerned":
            raise Refused(SOMEBODY_ELSE, clause=self.clause, code="not_approver")
        return super().authority(person)


def _kept_calls(ctx: Context, declined: Declined, calls: Sequence[Recording]) -> frozenset[int]:
    would_be = {
        one.id
        for one in (calls if declined.is_open else ())
        if any(matters_needing(ctx, one.id, granted=True, also=asked_by_number(ctx, one)))
    }
    return frozenset(ctx.store.erasures.kept([one.id for one in calls], ctx.now) | would_be)
