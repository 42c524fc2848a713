"""A stopped run with all that belongs to it, read once, so that rules and cards need not ask the store (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.acting import Act
from handlers.matters.case import allowed, approvers, authority_of, missed
from handlers.policy import Policy
from handlers.rules.access import company_day
from handlers.rules.breaker import AGREEING, RunCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from storage.records import Alarm, Party, Person
from storage.tables.erasures import StoppedRun

GONE = "I can't find these erasures."


@dataclass(frozen=True, slots=True)
class View:
    """One run as it stands at `now`; `people` holds everybody that its card may name, by id.

    `out` is who of those in a role can't be asked now, `alarm` the last one about it, `left` how many of its calls that are
    closed by now still have their audio. `restored` is when (aware) the database had been restored, where it stopped for that;
    then it may not have been unusual at all.
    """

    run: StoppedRun
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None
    left: int = 0
    restored: datetime | None = None

    @property
    def matter(self) -> StoppedRun:
        return self.run

    @property
    def what(self) -> str:
        return f"the stopped erasures {self.run.id}"

    @property
    def unusual(self) -> bool:
        """Whether it stopped since there were unusually many."""
        return self.run.register > 0 or self.restored is None

    @property
    def clause(self) -> str:
        return "P12"

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the button and can be reached."""
        return approvers(self)

    @property
    def asked(self) -> list[Party]:
        """Those of them who have yet to agree."""
        return [one for one in self.approvers if one.person_id != self.run.first_by]

    @property
    def wanted(self) -> int:
        """How many people have yet to agree."""
        return 0 if not self.run.is_open else 2 if self.run.first_by is None else 1

    @property
    def circumstances(self) -> RunCircumstances:
        """What the rules of who decides need of it."""
        today = company_day(self.policy, self.now)
        return RunCircumstances(policy=self.policy, today=today, unreachable=self.out | missed(self))

    def authority(self, person: Person) -> Authority:
        """By which role this person may agree; raises `Refused` with the reason why not."""
        titles = " and the ".join(self.policy.role(name).title for name in AGREEING)
        return authority_of(self, person, f"This is for the {titles} and their deputies.")

    def asks(self, reader: int) -> bool:
        """Whether this reader is asked to agree."""
        return any(party.person_id == reader for party in self.asked)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        return list(dict.fromkeys(one.person_id for one in self.parties if not one.unreachable))


def load(act: Act, run_id: str) -> View:
    """Read a run; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    run = act.store.stopped_runs.get(run_id)
    if run is None:
        raise Refused(GONE, code="unknown")
    return seen(act, run)


def seen(act: Act, run: StoppedRun) -> View:
    """A run with what belongs to it."""
    store, policy = act.store, act.today
    parties, alarm = store.matters.parties(run.id), store.alarms.latest(run.id)
    named = (run.first_by, run.second_by, alarm.person_id if alarm else None)
    ids = {one for one in (*named, *(party.person_id for party in parties)) if one is not None}
    out = store.people.out_of_reach(policy.roles.everybody())
    left, restored = store.stopped_runs.left(run.id), store.stopped_runs.restored(run.asked_at, run.id)
    return View(run, parties, store.people.named(ids), policy, act.now, out, alarm, left, restored)


def agreeing(act: Act, run_id: str) -> tuple[View, Authority]:
    """Read a run for whoever agrees, and by which role; for everybody else there is none."""
    view = load(act, run_id)
    return view, allowed(view, act.who.person_id, lambda run: run.authority(act.me), GONE)
