"""A request with all that belongs to it, read once, so that rules and cards need not ask the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

from handlers.acting import Act
from handlers.matters.case import allowed, approvers, involved, lasting, missed
from handlers.policy import Policy
from handlers.policy.values import RoleName
from handlers.rules import access as rule
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.reasons import reason_of
from handlers.rules.refusal import Refused
from handlers.rules.routing import NOT_INVOLVED, Authority, Involved, authority, may_decide
from handlers.sealing import Seal, Written, read
from handlers.words import listed
from storage.database.store import Store
from storage.records import Alarm, Grant, Party, Person, Recording, Remark, Request
from storage.tables.people import Concerned


@dataclass(frozen=True, slots=True)
class Filed:
    """The request that is open now; `again` says that it was filed before, by another submission."""

    request: str
    again: bool = False


T = TypeVar("T")
GONE = "I can't find this request."


@dataclass(frozen=True, slots=True)
class View:
    """One request as it stands at `now`; `people` holds everybody that its card may name, by id.

    `out` is who of those in a role can't be asked now, `alarm` the last one about it. `history` is what else the requester asked for, as far as
    one reader may decide it.
    `concerned` are those whom it names as concerned by it. `kept` says until when it keeps calls that have had their time, by id, `erased` when those that are erased were; `shut` are those of the kept whose callers declined (P5).
    `written` is what people wrote about it; that was erased at `gone_at`, if it was.
    """

    request: Request
    recordings: list[Recording]
    parties: list[Party]
    remarks: list[Remark]
    written: Written
    grant: Grant | None
    people: dict[int, Person]
    history: list[Request]
    policy: Policy
    now: datetime
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None
    concerned: tuple[Concerned, ...] = ()
    involved: Involved = NOT_INVOLVED
    kept: Mapping[int, datetime] = field(default_factory=dict)
    erased: Mapping[int, datetime] = field(default_factory=dict)
    gone_at: datetime | None = None
    shut: frozenset[int] = frozenset()

    @property
    def gone(self) -> bool:
        """Whether what was written has gone with its key."""
        return not self.written.salt

    @property
    def matter(self) -> Request:
        return self.request

    @property
    def what(self) -> str:
        return name_request(self.request)

    @property
    def requester(self) -> Person:
        return self.people[self.request.requester_id]

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the buttons and can be reached."""
        return approvers(self)

    @property
    def investigation(self) -> bool:
        return reason_of(self.policy, self.request.reason, longer=self.request.longer).route == "investigation"

    @property
    def clause(self) -> str:
        return "P9" if self.investigation else "P7"

    @property
    def askable(self) -> bool:
        """Whether one of its calls at least can still be asked for (P12)."""
        return any(one.state == "present" and not one.closed(self.now) for one in self.recordings)

    @property
    def access_open(self) -> bool:
        grant = self.grant
        return grant is not None and grant.ended_at is None and self.now < grant.ends_at

    def hears(self, one: Recording) -> bool:
        """Whether whoever has access can hear this call: it is there, in time and in reach, or kept for this request (P5, P12)."""
        kept = one.id not in self.shut and self.now < self.kept.get(one.id, self.now)
        return one.state != "gone" and (kept or not one.closed(self.now))

    @property
    def audible(self) -> bool:
        """Whether access is open, and one of its calls at least can be heard under it."""
        return self.access_open and any(map(self.hears, self.recordings))

    @property
    def phase(self) -> str:
        """The request's state; where access was given and is over, how it ended instead."""
        if self.request.state == "approved" and not self.access_open:
            return "withdrawn" if self.grant and self.grant.ended_by is not None else "ended"
        return self.request.state

    @property
    def approver_names(self) -> str:
        return listed([self.people[party.person_id].name for party in self.approvers], "or") or "no one"

    def asks(self, reader: int) -> bool:
        """Whether this reader is asked to decide it."""
        return any(party.person_id == reader for party in self.approvers)

    @property
    def question(self) -> Remark | None:
        """The question that waits for an answer."""
        spoken = [one for one in self.remarks if one.kind in ("question", "answer")]
        return spoken[-1] if spoken and spoken[-1].kind == "question" else None

    @property
    def circumstances(self) -> RequestCircumstances:
        """What the rules of who decides need of it."""
        circumstances = _circumstances(self.policy, self.now, self.request, self.parties, self.people)
        return replace(circumstances, involved=self.involved, unreachable=self.out | missed(self))

    def authority(self, person: Person) -> Authority:
        """By which role this person may decide; raises `Refused` with the reason why not."""
        return may_decide(self.circumstances, person.email_key, lasting(self.parties, self.people))

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card; who is only told of the decision holds one from then on."""
        told = () if self.request.is_open else ("copy",)
        parts = ("approver", "former", "passed", *told)
        holders = [one.person_id for one in self.parties if not one.unreachable and one.part in parts]
        return [self.request.requester_id, *(one for one in holders if not self.concerns(one))]

    def concerns(self, person_id: int) -> bool:
        """Whether it names this person as concerned."""
        person = self.people.get(person_id)
        named = (one.person_id for one in self.concerned)
        return person_id in named or (person is not None and person.email_key in self.involved.concerned)


def name_request(request: Request) -> str:
    """How sentences name it."""
    return f"request {request.id}"


def load(act: Act, request_id: str) -> View:
    """Read a request, with the absences of today; raises `Refused` when there is none, in the words for who may not know of it."""
    store, now, policy = act.store, act.now, act.today
    request = store.requests.get(request_id)
    if request is None:
        raise Refused(GONE, code="unknown")
    parties, remarks = store.matters.parties(request_id), store.matters.remarks(request_id)
    ids = {request.requester_id, *(party.person_id for party in parties), *(remark.person_id for remark in remarks)}
    grant, alarm = store.grants.of(request_id), store.alarms.latest(request_id)
    more = (request.decided_by, grant.ended_by if grant else None, alarm.person_id if alarm else None)
    concerned = store.matters.concerned([request_id]).get(request_id, []) if request.longer else []
    ids |= {one for one in more if one is not None} | {one.person_id for one in concerned}
    recordings = store.recordings.of_request(request_id)
    out = store.people.out_of_reach(policy.roles.everybody())
    people = store.people.named(ids)
    own = involved(
        store, askers=[people[request.requester_id].email_key], operators=(one.operator_key for one in recordings),
        concerned=(one.email_key for one in concerned),
    )  # fmt: skip
    written, kept = read(act, request), _kept(store, request_id, recordings, now)
    return View(
        request, recordings, parties, remarks, written, grant, people, [], policy, now, out,
        alarm=alarm, concerned=tuple(concerned), involved=own, kept=kept,
        erased=_erased(store, recordings), gone_at=None if written.salt else Seal(act).ended(request_id),
        shut=frozenset(store.declines.shut(kept) if kept else ()),
    )  # fmt: skip


def _kept(store: Store, request_id: str, recordings: Iterable[Recording], now: datetime) -> dict[int, datetime]:
    """Asked of the store only where one of the calls has had its time."""
    if not any(one.closed(now) for one in recordings):
        return {}
    return {one.recording_id: one.ends_at for one in store.erasures.kept_by(request_id) if one.ended_at is None}


def _erased(store: Store, recordings: Iterable[Recording]) -> dict[int, datetime]:
    erased = [one.id for one in recordings if one.state == "erased"]
    return store.erasures.erased(erased) if erased else {}


def with_history(store: Store, view: View, reader: int) -> View:
    """The view for an approver who is to decide it: with the requester's past, as far as this reader may decide that."""
    if view.request.state != "waiting" or not view.asks(reader):
        return view
    since = view.now - timedelta(days=view.policy.access.history_days)
    past = [one for one in store.requests.asked_by(view.request.requester_id, since) if one.id != view.request.id]
    decides = _decides(store, view, past, reader)
    return replace(view, history=[one for one in past if decides[one.id]])


def _decides(store: Store, view: View, past: list[Request], reader: int) -> dict[str, bool]:
    """Which of these requests this reader may decide."""
    parties = store.matters.all_parties(one.id for one in past)
    operators = store.requests.operators(one.id for one in past)
    concerned = store.matters.concerned(one.id for one in past if one.longer)
    people = view.people | store.people.named(one.person_id for asked in parties.values() for one in asked)

    def decides(one: Request) -> bool:
        circumstances = _circumstances(view.policy, view.now, one, parties.get(one.id, []), people)
        asked = lasting(parties.get(one.id, []), people)
        named = (each.email_key for each in concerned.get(one.id, ()))
        own = involved(store, askers=[view.requester.email_key], operators=operators.get(one.id, ()), concerned=named)
        as_it_is = replace(circumstances, involved=own, unreachable=view.out)
        return authority(as_it_is, people[reader].email_key, asked) is not None

    return {one.id: decides(one) for one in past}


def _circumstances(
    policy: Policy, now: datetime, request: Request, parties: list[Party], people: dict[int, Person]
) -> RequestCircumstances:
    passed_on = frozenset(
        (people[party.person_id].email_key, cast("RoleName", party.role)) for party in parties if party.part == "passed"
    )
    return RequestCircumstances(
        policy=policy, today=rule.company_day(policy, now), reason=request.reason, passed_on=passed_on,
        longer=request.longer,
    )  # fmt: skip


def load_for(act: Act, request_id: str, may: Callable[[View], T]) -> tuple[View, T]:
    """Read a request for somebody, and what `may` answers, which raises `Refused` for whoever may not do it.

    The same refusal whether it does not exist or is none of his or her business.
    """
    view = load(act, request_id)
    return view, allowed(view, act.who.person_id, may, GONE)


def load_to_decide(act: Act, request_id: str) -> tuple[View, Authority]:
    """Read a request for whoever is to decide it, and by which role; raises as `load_for`."""
    return load_for(act, request_id, lambda seen: seen.authority(act.me))
