"""A notice that is to be confirmed with all that belongs to it, read once, so that rules and cards need not ask the store (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from handlers.acting import Act
from handlers.effects import Effect, Home, Tell
from handlers.matters.case import allowed, approvers, authority_of, missed
from handlers.policy import Policy
from handlers.rules import notices as rule
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from storage.records import Alarm, Party, Person
from storage.tables.reviews import NoticeAnswer, NoticeCheck, PageLook

GONE = "I can't find this notice."
NAMES: Mapping[str, str] = {
    "phone": "Phone announcement",
    "website": "Notice on the website",
    "outgoing": "Words on outgoing calls",
}


@dataclass(frozen=True, slots=True)
class View:
    """One of them as it is at `now`; `people` holds everybody that its card may name, by id.

    `look` is what the pages were seen to say when it was answered, and until then what they were seen to say last.
    """

    check: NoticeCheck
    answer: NoticeAnswer | None
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    look: PageLook | None = None
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None

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
        """Return True if this reader may confirm it."""
        return self.check.is_open and any(party.person_id == reader for party in self.approvers)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        return [one.person_id for one in self.parties if not one.unreachable]


def load(act: Act, matter: str) -> View:
    """Read one of them; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    found = act.store.notices.get(matter)
    if found is None:
        raise Refused(GONE, code="unknown")
    return view_of(act, found)


def view_of(act: Act, check: NoticeCheck) -> View:
    """One of them with what belongs to it."""
    store, policy = act.store, act.today
    parties, alarm, answer = (
        store.matters.parties(check.id),
        store.alarms.latest(check.id),
        store.notices.answered(check.id),
    )
    named = {one.person_id for one in (alarm, answer, *parties) if one is not None}
    return View(
        check, answer, parties, store.people.named({one for one in named if one is not None}), policy, act.now,
        look=_look(act, check, answer), out=store.people.out_of_reach(policy.roles.everybody()), alarm=alarm,
    )  # fmt: skip


def load_for_owner(act: Act, matter: str) -> tuple[View, Authority]:
    """Read one of them for who confirms it, and by which role; for everybody else there is none."""
    view = load(act, matter)
    return view, allowed(view, act.who.person_id, lambda case: case.authority(act.me), GONE)


def overseers(act: Act) -> list[int]:
    """The Head and the Manager, Human Resources, or who stands in for them today, and can be reached."""
    day = company_day(act.policy, act.now)
    named = (one for role in rule.OVERSEEING for one in act.today.holders_on(role, day))
    return list(
        act.store.people.ids_for([one for one in dict.fromkeys(named) if act.store.people.may_act(one)]).values()
    )


def tell_overseers(act: Act, words: str, once: str, button: str = "", matter: str = "") -> tuple[Effect, ...]:
    """A line in words to each of them but to who did it."""
    others = [one for one in overseers(act) if one != act.who.person_id]
    return tuple(Tell(one, words, once, button, matter) for one in others)


def redraw_homes(act: Act) -> tuple[Effect, ...]:
    """Their homes, and that of who did it, which show what changed."""
    people = dict.fromkeys((*overseers(act), *((act.who.person_id,) if act.who.person_id is not None else ())))
    return tuple(Home(one, home.platform) for one in people for home in act.store.people.homes(one))


def _look(act: Act, check: NoticeCheck, answer: NoticeAnswer | None) -> PageLook | None:
    if check.notice != "website":
        return None
    if answer is not None:
        return act.store.notices.seen(answer.look) if answer.look else None
    last = act.store.notices.looked()
    return last if last is not None and check.is_open and last.digest == check.digest else None
