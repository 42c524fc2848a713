"""Paused erasures as a matter: what belongs to one, whom it waits for, and how they are reminded each working day (P12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.acting import Act, Done
from handlers.cards import Button, Row, Sign, When
from handlers.matters.case import allowed, approvers, entitled, lasting, missed
from handlers.matters.reminding import tell
from handlers.policy import Policy
from handlers.retention import intents
from handlers.rules import routing
from handlers.rules.access import company_day
from handlers.rules.erasure_guard import PauseCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.reminding import next_morning
from handlers.rules.routing import Authority
from handlers.telling import ON_A_LINE
from handlers.words import counted
from storage.pauses import Waiting
from storage.records import Alarm, Party, Person
from storage.tables.erasures import ErasurePause

GONE = "I can't find these erasures."
REMIND = "retention.remind"


@dataclass(frozen=True, slots=True)
class View:
    """One pause as it stands at `now`; `people` holds everybody that its card may name, by id.

    `waiting` is what belongs to it, `out` who of those in a role can't be asked now, `alarm` the last one about it. `restored` is when (aware)
    the database had been, where nobody had looked when these were paused.
    """

    pause: ErasurePause
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    waiting: Waiting
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None
    restored: datetime | None = None

    @property
    def matter(self) -> ErasurePause:
        return self.pause

    @property
    def what(self) -> str:
        return f"the paused erasures {self.pause.id}"

    @property
    def clause(self) -> str:
        return "P12"

    @property
    def things(self) -> str:
        """How many calls, in words."""
        return counted(self.waiting.number, "call")

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the buttons and can be reached."""
        return approvers(self)

    @property
    def circumstances(self) -> PauseCircumstances:
        """What the rules of who decides need of it."""
        today = company_day(self.policy, self.now)
        return PauseCircumstances(policy=self.policy, today=today, unreachable=self.out | missed(self))

    def authority(self, person: Person) -> Authority:
        """By which role this person decides; raises `Refused` with the reason why not."""
        return routing.may_decide(self.circumstances, person.email_key, lasting(self.parties, self.people))

    def asks(self, reader: int) -> bool:
        """Whether this reader may decide it; one that was kept can still be let go."""
        there = self.pause.is_open or self.pause.state == "kept"
        return there and any(party.person_id == reader for party in self.approvers)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        return list(dict.fromkeys(one.person_id for one in self.parties if not one.unreachable))


def load(act: Act, matter: str) -> View:
    """Read one; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    found = act.store.pauses.get(matter)
    if found is None:
        raise Refused(GONE, code="unknown")
    return seen(act, found)


def seen(act: Act, row: ErasurePause) -> View:
    """One with what belongs to it."""
    store, policy = act.store, act.today
    parties, alarm = store.matters.parties(row.id), store.alarms.latest(row.id)
    named = (row.decided_by, alarm.person_id if alarm else None, *(party.person_id for party in parties))
    people = store.people.named({one for one in named if one is not None})
    out, restored = store.people.out_of_reach(policy.roles.everybody()), store.audit.restored(row.closed_at)
    at = datetime.fromisoformat(restored.at) if restored is not None and "restored" in row.causes else None
    return View(row, parties, people, policy, act.now, store.pauses.waiting(row.id), out, alarm, at)


def deciding(act: Act, matter: str) -> tuple[View, Authority]:
    """Read one for whoever decides, and by which role; for everybody else there is none."""
    view = load(act, matter)
    return view, allowed(view, act.who.person_id, lambda case: case.authority(act.me), GONE)


def schedule(act: Act, pause: ErasurePause) -> None:
    """Ask the clock for the next morning."""
    act.store.deadlines.set(REMIND, pause.id, next_morning(act.policy, act.now))


def remind(act: Act, intent: intents.RemindOfPause) -> Done[None]:
    """Whoever is asked, each morning until it is decided."""
    view = load(act, intent.matter)
    if not view.pause.is_open:
        return Done(None, quiet=True)
    people = [one.person_id for one in view.approvers]
    fell = min(act.now, act.store.deadlines.moment(REMIND, intent.matter) or act.now)
    schedule(act, view.pause)
    tell(act, view.pause, REMIND, people, fell)
    return Done(None, detail={"reminded": people})


def row(view: View, person: int) -> Row | None:
    """How one person is reminded; None for whoever has nothing to decide any more."""
    if not view.pause.is_open or not view.asks(person) or not entitled(view, person):
        return None
    words = f"Erasures are paused: {view.things} wait for you to say Continue or Keep. Press Details to read why."
    return Row(words, Button(f"{ON_A_LINE}details", "Details", view.pause.id, "primary"), view.pause.id)


def home_rows(act: Act) -> list[Row]:
    """What waits for whoever asks, at home."""
    return [
        Row(
            f"{Sign.ALARM} Erasures paused: continue or keep?", Button("details", "Details", one.id, "primary"),
            ("since ", When(one.asked_at, now=act.now), f" · {one.id}"),
        )
        for one in act.store.pauses.waiting_for(act.me.id)
    ]  # fmt: skip
