"""A weekly card with all that belongs to it, read once; what its reader may not know of is left out, in number and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers.acting import Act
from handlers.cards import When
from handlers.matters.case import allowed, approvers, authority_of, missed
from handlers.matters.showing import of
from handlers.policy import Policy
from handlers.room import Room
from handlers.rules.access import company_day
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.rules.weekly import WeekCircumstances
from handlers.weekly.facts import Facts, read
from handlers.weekly.telling import about
from storage.records import Alarm, Party, Person
from storage.tables.weeks import WeeklyCard

GONE = "I can't find this card."
Rooms = Callable[[], Iterable[Room]]


@dataclass(frozen=True, slots=True)
class Since:
    """What is over by now of what the card tells: matters that wait no more, calls and files that are done, subjects that are mended."""

    matters: frozenset[str] = frozenset()
    calls: frozenset[int] = frozenset()
    files: frozenset[int] = frozenset()
    subjects: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class View:
    """The card as it stands at `now`. `facts` are those that the reader may know of; `others` are people that it names, by id, and
    `whats` says how sentences name each matter, `abouts` what else tells it from another one, as far as the reader may know that.
    """

    card: WeeklyCard
    facts: Facts
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None
    since: Since = Since()
    others: Mapping[int, Person] = field(default_factory=dict)
    whats: Mapping[str, str] = field(default_factory=dict)
    abouts: Mapping[str, tuple[str | When, ...]] = field(default_factory=dict)

    @property
    def matter(self) -> WeeklyCard:
        return self.card

    @property
    def what(self) -> str:
        return f"the weekly card {self.card.id}"

    @property
    def clause(self) -> str:
        return ""

    @property
    def circumstances(self) -> WeekCircumstances:
        """What the rules of who sees it need of it."""
        today = company_day(self.policy, self.now)
        return WeekCircumstances(policy=self.policy, today=today, unreachable=self.out | missed(self))

    def authority(self, person: Person) -> Authority:
        """By which role this person sees it; raises `Refused` with the reason why not."""
        return authority_of(self, person, "This card waits for somebody else to see it.")

    def asks(self, reader: int) -> bool:
        """Whether it waits for this reader."""
        return self.card.is_open and any(one.person_id == reader for one in approvers(self))

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        return [one.person_id for one in self.parties if not one.unreachable]


def load(act: Act, card: str) -> View:
    """Read a card; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    found = act.store.weeks.get(card)
    if found is None:
        raise Refused(GONE, code="unknown")
    return seen(act, found)


def seen(act: Act, card: WeeklyCard) -> View:
    """A card with what belongs to it, and none of its facts left out."""
    store, policy = act.store, act.today
    parties, alarm = store.matters.parties(card.id), store.alarms.latest(card.id)
    named = (card.seen_by, alarm.person_id if alarm else None, *(one.person_id for one in parties))
    people = store.people.named({one for one in named if one is not None})
    out = store.people.out_of_reach(policy.roles.everybody())
    return View(card, read(card.facts), parties, people, policy, act.now, out, alarm)


def for_reader(act: Act, view: View, reader: Person, rooms: Rooms) -> View:
    """The same for one reader: P9, P13: a matter of his or her own case is no part of it, and what has been mended is known."""
    facts, whats, abouts = view.facts, dict[str, str](), dict[str, tuple[str | When, ...]]()

    def may(matter: str) -> bool:
        if matter not in whats:
            whats[matter], abouts[matter] = _what(act, matter, reader, rooms)
        return bool(whats[matter])

    left: Facts = {
        **facts,
        "late": [one for one in facts["late"] if not one["pause"] or may(one["pause"])],
        "kept": [one for one in facts["kept"] if may(one["matter"])],
        "overdue": [one for one in facts["overdue"] if may(one["matter"])],
        "waiting": [one for one in facts["waiting"] if may(one["matter"])],
        "exceptions": [
            one for one in facts["exceptions"] if not _is_matter(act, one["subject"]) or may(one["subject"])
        ],
    }
    ids = {one["person"] for one in left["unreached"]} | {*left["untried"]}
    ids |= {who for one in (*left["overdue"], *left["waiting"]) for who in one["asked"]}
    others = act.store.people.named(one for one in ids if one is not None)
    return replace(view, facts=left, since=_since(act, left), others=others, whats=whats, abouts=abouts)


def _what(act: Act, matter: str, reader: Person, rooms: Rooms) -> tuple[str, tuple[str | When, ...]]:
    """How sentences name a matter to somebody who may know of it: whoever holds a copy, and anybody whose own case it is not; else nothing."""
    try:
        case = of(rooms(), matter).case(act, matter)
    except Refused:
        return "", ()
    may = reader.id in case.everybody() or case.circumstances.own_case(reader.email_key) is None
    return (case.what, about(act, case, reader)) if may else ("", ())


def _is_matter(act: Act, subject: str) -> bool:
    return act.store.matters.get(subject) is not None


def seeing(act: Act, card: str) -> tuple[View, Authority]:
    """Read a card for whoever has seen it, and by which role; for everybody else there is none."""
    view = load(act, card)
    return view, allowed(view, act.who.person_id, lambda case: case.authority(act.me), GONE)


def _since(act: Act, facts: Facts) -> Since:
    matters = [one["matter"] for one in (*facts["overdue"], *facts["waiting"])]
    calls = [number for row in facts["late"] for number in row["recordings"]]
    kept = [number for row in facts["kept"] for number in row["recordings"]]
    files = {number for row in facts["late"] for number in row["files"]}
    outside, listed = act.store.weeks.out_of_scope()
    return Since(
        matters=frozenset(one for one in matters if _is_over(act, one)),
        calls=frozenset({*calls, *kept} - act.store.weeks.undone({*calls, *kept}))
        | (frozenset(facts["outside"]) - {*outside}),
        files=frozenset(files - act.store.weeks.undone_files(files)) | (frozenset(facts["files"]) - {*listed}),
        subjects=frozenset(one["subject"] for one in facts["unreached"])
        - {one.subject for one in act.store.reach.open()},
        cards=frozenset(facts["unseen"]) - {one.id for one in act.store.weeks.open()},
    )


def _is_over(act: Act, matter: str) -> bool:
    row = act.store.matters.get(matter)
    return row is None or not row.is_open
