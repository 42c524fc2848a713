"""A hold with all that belongs to it, read once, so that rules and cards need not ask the store (P12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from handlers.acting import Act
from handlers.matters.case import allowed, approvers, involved, lasting, missed
from handlers.policy import Policy
from handlers.rules import holds as rule
from handlers.rules.access import company_day
from handlers.rules.holds import HoldCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.routing import NOT_INVOLVED, Authority, Involved
from storage.holds import Held
from storage.prefetch import Page
from storage.records import Alarm, Party, Person
from storage.tables.calls import Hold
from storage.tables.people import Concerned


@dataclass(frozen=True, slots=True)
class Begun:
    """The hold that now stands, and until when; `asked` where somebody has yet to confirm it.

    `erased` are the moments at which others of the chosen calls were erased; `too_late` counts those that the recording
    system was asked to delete already.
    """

    hold: str
    until: datetime
    asked: bool
    number: int
    erased: tuple[datetime, ...] = ()
    too_late: int = 0


T = TypeVar("T")
GONE = "I can't find this hold."
FIRST = 5
"""So many calls stand on the card itself."""


@dataclass(frozen=True, slots=True)
class View:
    """One hold as it stands at `now`; `people` holds everybody that its card may name, by id.

    `calls` are the first of its `number` calls; `concerned` are those whom its case is about, and `involved` they and those who
    were on any of its calls. `out` is who of those in a role can't be asked now.
    """

    hold: Hold
    calls: list[Held]
    number: int
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    concerned: tuple[Concerned, ...] = ()
    involved: Involved = NOT_INVOLVED
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None

    @property
    def matter(self) -> Hold:
        return self.hold

    @property
    def what(self) -> str:
        return f"hold {self.hold.id}"

    @property
    def clause(self) -> str:
        return "P12"

    @property
    def over(self) -> bool:
        """Whether it keeps nothing any more, also where the clock has not seen to it yet."""
        return not self.hold.keeps or self.now >= self.hold.ends_at

    @property
    def asker(self) -> Person:
        return self.people[self.hold.asked_by]

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the buttons and can be reached."""
        return [one for one in approvers(self) if not self.has_no_part(one.person_id)]

    @property
    def circumstances(self) -> HoldCircumstances:
        """What the rules of who decides need of it."""
        return HoldCircumstances(
            policy=self.policy,
            today=company_day(self.policy, self.now),
            involved=self.involved,
            unreachable=self.out | missed(self),
        )

    def authority(self, person: Person) -> Authority:
        """By which role this person sees to it; raises `Refused` with the reason why not."""
        asked = lasting(self.parties, self.people) if self.hold.is_open else frozenset[str]()
        return rule.decides(self.circumstances, person.email_key, asked)

    def asks(self, reader: int) -> bool:
        """Whether this reader is asked to see to it."""
        return any(party.person_id == reader for party in self.approvers)

    def has_no_part(self, person_id: int) -> bool:
        """Whether this person was on one of its calls or is whom its case is about."""
        person = self.people.get(person_id)
        named = any(one.person_id == person_id for one in self.concerned)
        return named or (person is not None and self.involved.why(person.email_key) is not None)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card: whoever asked for it, and of the others those who have a part in it."""
        hidden, first = "copy" if self.hold.is_open else "", self.hold.asked_by
        parties = [one.person_id for one in self.parties if not one.unreachable and one.part != hidden]
        there = [one for one in (first, *parties) if not self.has_no_part(one)]
        return list(dict.fromkeys((first, *there) if self.hold.begun == "asked" else there))


def load(act: Act, hold_id: str) -> View:
    """Read a hold; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    hold = act.store.holds.get(hold_id)
    if hold is None:
        raise Refused(GONE, code="unknown")
    return seen(act, hold)


def seen(act: Act, hold: Hold) -> View:
    """A hold with what belongs to it."""
    store, policy = act.store, act.today
    parties, alarm = store.matters.parties(hold.id), store.alarms.latest(hold.id)
    concerned = store.matters.concerned([hold.id]).get(hold.id, [])
    named = (hold.asked_by, hold.set_by, hold.renewed_by, hold.closed_by, alarm.person_id if alarm else None)
    ids = {one for one in named if one is not None} | {one.person_id for one in parties}
    on_it = store.holds.operators([hold.id]).get(hold.id, ())
    return View(
        hold, store.holds.calls(hold.id, Page(FIRST)), store.holds.number(hold.id), parties,
        store.people.named(ids | {one.person_id for one in concerned}), policy, act.now,
        concerned=tuple(concerned),
        involved=involved(store, operators=on_it, concerned=(one.email_key for one in concerned)),
        out=store.people.out_of_reach(policy.roles.everybody()), alarm=alarm,
    )  # fmt: skip


def known(act: Act, hold_id: str, may: Callable[[View], T]) -> tuple[View, T]:
    """Read a hold for somebody, and what `may` answers, which raises `Refused` for whoever may not do it.

    The same refusal whether it does not exist or is none of his or her business.
    """
    view = load(act, hold_id)
    return view, allowed(view, act.who.person_id, may, GONE)


def deciding(act: Act, hold_id: str) -> tuple[View, Authority]:
    """Read a hold for whoever sees to it, and by which role; raises as `known`."""
    return known(act, hold_id, lambda view: view.authority(act.me))
