"""A digest with its readers, and what one of them is told: how things are now, without what that reader may not know (P9, P13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from handlers.acting import Act
from handlers.cards import When, Words
from handlers.matters.case import AnyCase, allowed, approvers, authority_of, missed
from handlers.matters.showing import of
from handlers.policy import Policy
from handlers.reach import unreached
from handlers.room import Room
from handlers.rules.access import company_day
from handlers.rules.deadlines import DigestCircumstances, week_ends
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority
from handlers.words import call_words, capital
from storage.records import Alarm, Party, Person, Recording, Request
from storage.records import Matter as Row
from storage.tables.calls import Keep, UnregisteredFile
from storage.tables.customers import CustomerRequest
from storage.tables.reviews import Digest, Draw, NoticeCheck, PolicyReview


@runtime_checkable
class _Named(Protocol):
    """A case about something that has a name, such as a notice."""

    @property
    def name(self) -> str: ...


def name_matter(act: Act, case: AnyCase, reader: Person) -> tuple[str | When, ...]:
    """Its kind and id, and which notice, month or line it is about; who asks for which call is only for those who hold its card."""
    return (capital(case.what), *_about(act, case, reader))


def _about(act: Act, case: AnyCase, reader: Person) -> tuple[str | When, ...]:
    matter = case.matter
    if isinstance(case, _Named):
        return (f" · {case.name}",)
    if isinstance(matter, Draw):
        return (f" · {date.fromisoformat(f'{matter.month}-01'):%B %Y}",)
    if isinstance(matter, Request) and reader.id in case.everybody():
        calls = act.store.recordings.of_request(matter.id)
        return (f" · {case.people[matter.requester_id].name} · ", *call_words(calls, act.policy, act.now))
    if isinstance(matter, Request | CustomerRequest) and matter.line in act.policy.lines:
        return (f" · {act.policy.lines[matter.line].label}",)
    return ()


GONE = "I can't find this card."
MOST = 40
"""So many things of a kind are listed one by one in Details."""
Rooms = Callable[[], Iterable[Room]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A matter that waits: what it is called, whom it was asked of, whether it was due by now, and whether nobody may decide it."""

    matter: str
    what: Words
    since: datetime
    asked: tuple[str, ...]
    late: bool
    stuck: bool


@dataclass(frozen=True, slots=True)
class News:
    """What one reader is told. `ahead` counts calls that go this week by line (E.164), `late` erasures by what is in their way."""

    ahead: Mapping[str, int]
    calls: Sequence[Recording]
    late: Mapping[str, int]
    waiting: Sequence[Waiting]
    kept: Sequence[tuple[Keep, Recording]]
    outside: Sequence[Recording]
    files: Sequence[UnregisteredFile]
    unreached: Sequence[str]


@dataclass(frozen=True, slots=True)
class View:
    """A digest and who has it, at `now`."""

    digest: Digest
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None

    @property
    def matter(self) -> Digest:
        return self.digest

    @property
    def what(self) -> str:
        return f"the weekly digest {self.digest.id}"

    @property
    def clause(self) -> str:
        return ""

    @property
    def circumstances(self) -> DigestCircumstances:
        """What the rules of who reads it need of it."""
        today = company_day(self.policy, self.now)
        return DigestCircumstances(policy=self.policy, today=today, unreachable=self.out | missed(self))

    def authority(self, person: Person) -> Authority:
        """By which role this person reads it; raises `Refused` for anybody else."""
        return authority_of(self, person, "This digest is for someone else.")

    def asks(self, reader: int) -> bool:
        """Whether this reader is asked to see it."""
        return self.digest.is_open and any(one.person_id == reader for one in approvers(self))

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card."""
        return [one.person_id for one in self.parties if not one.unreachable]


def load(act: Act, digest: str) -> View:
    """Read a digest; raises `Refused` if there is none."""
    found = act.store.digests.get(digest)
    if found is None:
        raise Refused(GONE, code="unknown")
    return with_readers(act, found)


def with_readers(act: Act, digest: Digest) -> View:
    """A digest with who has it."""
    store, policy = act.store, act.today
    parties, alarm = store.matters.parties(digest.id), store.alarms.latest(digest.id)
    named = (digest.seen_by, alarm.person_id if alarm else None, *(one.person_id for one in parties))
    people = store.people.named({one for one in named if one is not None})
    out = store.people.out_of_reach(policy.roles.everybody())
    return View(digest, parties, people, policy, act.now, out, alarm)


def load_for_reader(act: Act, digest: str) -> tuple[View, Authority]:
    """Read a digest for somebody who may see it, and by which role; raises `Refused` for anybody else."""
    view = load(act, digest)
    return view, allowed(view, act.who.person_id, lambda case: case.authority(act.me), GONE)


def gather_news(act: Act, reader: Person, rooms: Rooms) -> News:
    """How things are now, as far as this reader may know."""
    ends, late_since = (
        week_ends(act.policy, act.now),
        act.now - timedelta(minutes=act.policy.retention.most_minutes_late),
    )
    held = act.store.outlook.held_ahead(act.now, ends)
    kept = [
        pair for pair in (*act.store.outlook.keeps(act.now), *held) if _may_know(act, pair[0].matter_id, reader, rooms)
    ]
    but = {keep.recording_id for keep, _ in kept}
    return News(
        ahead=act.store.outlook.ahead(act.now, ends, but),
        calls=act.store.outlook.calls_ahead(act.now, ends, MOST + 1, but),
        late=act.store.outlook.late(late_since, act.now),
        waiting=[*_waiting(act, reader, rooms)],
        kept=kept,
        outside=act.store.recordings.out_of_scope(),
        files=act.store.unregistered.listed(),
        unreached=unreached(act.store, act.today, company_day(act.policy, act.now)),
    )


def _waiting(act: Act, reader: Person, rooms: Rooms) -> Iterator[Waiting]:
    for kind in [one.matter for one in rooms() if one.matter is not None]:
        for matter in kind.waiting(act.store):
            case = kind.case(act, matter)
            if case.matter.is_open and not isinstance(case.matter, Digest) and _concerns(case, reader):
                name, row = name_matter(act, case, reader), case.matter
                stuck = row.state == "stuck"
                asked = () if stuck else [one.person_id for one in approvers(case)] or sorted(case.everybody())
                names = tuple(case.people[one].name for one in asked)
                yield Waiting(matter, name, row.asked_at, names, _is_late(act, row), stuck)


def _may_know(act: Act, matter: str, reader: Person, rooms: Rooms) -> bool:
    try:
        return _concerns(of(rooms(), matter).case(act, matter), reader)
    except Refused:
        return False


def _concerns(case: AnyCase, reader: Person) -> bool:
    """Whether a matter may be named to this reader: to those who hold a copy, and to anybody unless it is their own case."""
    return reader.id in case.everybody() or case.circumstances.own_case(reader.email_key) is None


def _is_late(act: Act, matter: Row) -> bool:
    match matter:
        case CustomerRequest(due_at=datetime() as due):
            return due < act.now
        case NoticeCheck(due_on=day) | PolicyReview(due_on=day):
            return day < company_day(act.policy, act.now).isoformat()
        case _:
            return False
