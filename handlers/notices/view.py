"""A confirmation of a notice with all that belongs to it, read once, so that rules and cards need not ask the store (P3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from handlers.acting import Act
from handlers.matters.case import allowed, approvers, authority_of, missed
from handlers.notices.words import NAMES
from handlers.policy import Policy
from handlers.rules import notices as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from storage.records import Alarm, Party, Person
from storage.tables.notices import NoticeAnswer, NoticeCheck, Outage, PageLook

GONE = "I can't find this notice."


@dataclass(frozen=True, slots=True)
class View:
    """One of them as it stands at `now`; `people` holds everybody that its card may name, by id.

    `look` is what the pages were seen to say last, of a notice on the web, and `until` when they were last seen to have what could not be
    seen when it was asked for; `outage` is what was entered after a no.
    """

    check: NoticeCheck
    answers: list[NoticeAnswer]
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    look: PageLook | None = None
    outage: Outage | None = None
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None
    left: tuple[str, ...] = field(default=())
    until: datetime | None = None

    @property
    def matter(self) -> NoticeCheck:
        return self.check

    @property
    def what(self) -> str:
        return f"the confirmation {self.check.id}"

    @property
    def name(self) -> str:
        """What the notice is called."""
        return NAMES[self.check.notice]

    @property
    def clause(self) -> str:
        return "P3"

    @property
    def due(self) -> date:
        return date.fromisoformat(self.check.due_on)

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the buttons and can be reached."""
        return approvers(self)

    @property
    def circumstances(self) -> rule.NoticeCircumstances:
        """What the rules of who confirms need of it."""
        today, owner = company_day(self.policy, self.now), rule.owner(self.policy, self.check.notice)
        return rule.NoticeCircumstances(
            policy=self.policy, today=today, unreachable=self.out | missed(self), owner=owner
        )

    def authority(self, person: Person) -> Authority:
        """By which role this person confirms; raises `Refused` with the reason why not."""
        title = self.policy.role(self.circumstances.owner).title
        return authority_of(self, person, f"This notice is for the {title} to confirm.")

    def asks(self, reader: int) -> bool:
        """Whether this reader may confirm it."""
        return self.check.is_open and any(party.person_id == reader for party in self.approvers)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        return [one.person_id for one in self.parties if not one.unreachable]


def load(act: Act, matter: str) -> View:
    """Read one of them; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    found = act.store.notices.get(matter)
    if found is None:
        raise Refused(GONE, code="unknown")
    return seen(act, found)


def seen(act: Act, check: NoticeCheck) -> View:
    """One of them with what belongs to it."""
    store, policy = act.store, act.today
    parties, alarm, answers = (
        store.matters.parties(check.id),
        store.alarms.latest(check.id),
        store.notices.answers(check.id),
    )
    named = (
        alarm.person_id if alarm else None,
        *(one.person_id for one in parties),
        *(one.person_id for one in answers),
    )
    done = {one.line for one in answers}
    return View(
        check, answers, parties, store.people.named({one for one in named if one is not None}), policy, act.now,
        look=_look(act, check, answers), outage=store.outages.of_check(check.id) if check.state == "no" else None,
        out=store.people.out_of_reach(policy.roles.everybody()), alarm=alarm,
        left=tuple(one for one in rule.lines_to_ring(policy, check.notice) if one not in done) if check.is_open else (),
        until=_until(act, check),
    )  # fmt: skip


def _look(act: Act, check: NoticeCheck, answers: list[NoticeAnswer]) -> PageLook | None:
    """Of a notice on the web: what was seen when it was answered, and until then what was seen last of the same wording."""
    if check.notice != "website":
        return None
    if answers and answers[-1].look:
        return act.store.notices.seen(answers[-1].look)
    last = act.store.notices.looked()
    return last if last is not None and check.is_open and last.digest == check.digest else None


def _until(act: Act, check: NoticeCheck) -> datetime | None:
    """Whatever was seen after it was asked for."""
    there = act.store.notices.was_there(check.digest, by=check.asked_at) if check.why == "lost" else None
    return there.looked_at if there is not None else None


def answering(act: Act, matter: str) -> tuple[View, Authority]:
    """Read one of them for whoever confirms, and by which role; for everybody else there is none."""
    view = load(act, matter)
    return view, allowed(view, act.who.person_id, lambda case: case.authority(act.me), GONE)
