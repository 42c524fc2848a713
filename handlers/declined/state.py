"""A declined call with all that belongs to it, read once, so that rules and cards need not ask the store (P5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from handlers.acting import Act
from handlers.customers.state import asked_by_number
from handlers.keeping import needing
from handlers.matters.case import allowed, approvers, involved, lasting, missed
from handlers.policy import Policy
from handlers.rules import routing
from handlers.rules.access import company_day
from handlers.rules.declined import DeclinedCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.routing import NOT_INVOLVED, Authority, Involved
from storage.records import Alarm, Party, Person, Recording
from storage.tables.calls import Declined


@dataclass(frozen=True, slots=True)
class Live:
    """A call that goes on, as the phone system tells it: `began` is aware, `caller` E.164 or empty, `recordings` native ids."""

    system: str
    call_id: str
    line: str
    caller: str
    operator_key: str
    began: datetime
    recordings: tuple[str, ...]


Trouble = Literal["", "unreachable", "unread", "cannot", "known", "known_still"]
"""What stood in the way: the phone system does not answer, tells too little of some call, or knows of no live calls at all; or the call is known."""


GONE = "I can't find this call."
SOMEBODY_ELSE = "Someone else decides about this call now."


@dataclass(frozen=True, slots=True)
class View:
    """One of them as it stands at `now`; `people` holds everybody that its card may name, by id.

    `calls` are its recordings that the register has; `erased` says when, by id, and `kept` which something keeps, or would
    keep if it were to be erased now. `offered` are calls of the register that may be meant, by id.
    `unmet` is how many of its names the register has not met.
    """

    declined: Declined
    calls: list[Recording]
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    unmet: int = 0
    erased: dict[int, datetime] = field(default_factory=dict)
    kept: frozenset[int] = frozenset()
    offered: dict[int, Recording] = field(default_factory=dict)
    involved: Involved = NOT_INVOLVED
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None

    @property
    def matter(self) -> Declined:
        return self.declined

    @property
    def what(self) -> str:
        return f"the declined recording {self.declined.id}"

    @property
    def clause(self) -> str:
        return "P5"

    @property
    def said_by(self) -> Person:
        return self.people[self.declined.said_by]

    @property
    def goes_by_itself(self) -> bool:
        """Whether it goes unless somebody keeps it."""
        return self.declined.erase_at is not None

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the buttons and can be reached."""
        return approvers(self)

    @property
    def circumstances(self) -> DeclinedCircumstances:
        """What the rules of who decides need of it."""
        today = company_day(self.policy, self.now)
        return DeclinedCircumstances(
            policy=self.policy, today=today, involved=self.involved, unreachable=self.out | missed(self)
        )

    def authority(self, person: Person) -> Authority:
        """By which role this person decides; raises `Refused` with the reason why not, but for what somebody must not learn."""
        if self.circumstances.own_case(person.email_key) == "concerned":
            raise Refused(SOMEBODY_ELSE, clause=self.clause, code="not_approver")
        return routing.may_decide(self.circumstances, person.email_key, lasting(self.parties, self.people))

    def asks(self, reader: int) -> bool:
        """Whether this reader may decide it."""
        return self.declined.is_open and any(party.person_id == reader for party in self.approvers)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        there = (one.person_id for one in self.parties if not one.unreachable)
        return list(dict.fromkeys((self.declined.said_by, *there)))


def load(act: Act, matter: str) -> View:
    """Read one of them; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    found = act.store.declines.get(matter)
    if found is None:
        raise Refused(GONE, code="unknown")
    return seen(act, found)


def seen(act: Act, declined: Declined) -> View:
    """One of them with what belongs to it."""
    store, policy = act.store, act.today
    parties, alarm = store.matters.parties(declined.id), store.alarms.latest(declined.id)
    names, calls = store.declines.recordings(declined.id), store.declines.calls(declined.id)
    numbers = [one.id for one in calls]
    named = (declined.said_by, declined.decided_by, alarm.person_id if alarm else None)
    ids = {one for one in (*named, *(party.person_id for party in parties)) if one is not None}
    people = store.people.named(ids)
    on_it = (people[declined.said_by].email_key, declined.operator_key, *(one.operator_key for one in calls))
    offered = store.recordings.all_of(one["recording"] for one in declined.choices if "recording" in one)
    return View(
        declined, calls, parties, people, policy, act.now,
        unmet=sum(one.recording_id is None and bool(one.native_id) for one in names),
        erased=store.erasures.erased(numbers), kept=_kept(act, declined, calls),
        offered={one.id: one for one in offered},
        involved=involved(store, operators=on_it, concerned=store.declines.concerned(numbers, act.now)),
        out=store.people.out_of_reach(policy.roles.everybody()), alarm=alarm,
    )  # fmt: skip


def _kept(act: Act, declined: Declined, calls: Sequence[Recording]) -> frozenset[int]:
    would_be = {
        one.id
        for one in (calls if declined.is_open else ())
        if any(needing(act, one.id, granted=True, also=asked_by_number(act, one)))
    }
    return frozenset(act.store.erasures.kept([one.id for one in calls], act.now) | would_be)


def deciding(act: Act, matter: str) -> tuple[View, Authority]:
    """Read one of them for whoever decides, and by which role; for everybody else there is none."""
    view = load(act, matter)
    return view, allowed(view, act.who.person_id, lambda case: case.authority(act.me), GONE)
