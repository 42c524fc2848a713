"""A customer's request: what is known of it, sealed with its own key, and all that belongs to it, read once for rules and cards (P8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, TypeAdapter

from handlers.acting import Act
from handlers.ids import hashed
from handlers.matters.case import allowed, approvers, entitled, involved, lasting, missed, party_of
from handlers.policy import Policy
from handlers.policy.values import RoleName
from handlers.rules.access import company_day
from handlers.rules.customer_names import Named, namesake, of_company
from handlers.rules.customers import CustomerCircumstances, for_the_head
from handlers.rules.reasons import other_numbers
from handlers.rules.refusal import Refused
from handlers.rules.routing import NOT_INVOLVED, Authority, Involved, may_decide
from handlers.rules.working_days import Due
from handlers.sealing import AS_KNOWN, Seal
from handlers.unseen import Unseen, unseen
from storage.records import Alarm, Party, Person, Recording
from storage.tables.customers import CustomerLink, CustomerListening, CustomerMail, CustomerRequest

T = TypeVar("T")
GONE = "I can't find this request."
COLLEAGUE = "colleague"
"""How somebody is identified who works here."""
_DUE: TypeAdapter[Due] = unseen(Due)


class Receipt(Unseen):
    """That somebody of the company was asked, `at` a moment, as `by` (a person's id) wrote it down at `told_at`.

    `day` is the one that was written down, which is another one elsewhere. `timed`: they said at what time; else `at` is the
    earliest moment that counts of that day.
    """

    at: AwareDatetime
    told_at: AwareDatetime
    by: int
    day: date | None = None
    timed: bool = True


class Identified(Unseen):
    """How it was checked who asks: by a key of `customers.identity_checks`, never the document itself; `seen_on` is its day."""

    check: str
    seen_on: date
    by: int
    at: AwareDatetime


class Rung(Unseen):
    """A number to which a passcode was read; `on_call`: it is on one of the calls. `allowed_by`: the Head, for another one."""

    number: str
    on_call: bool
    by: int
    at: AwareDatetime
    allowed_by: int | None = None


class Remarked(Unseen):
    """Somebody's words about it. `kind`: question, answer, note, withdrawn, another_voice, asked_number, allowed_number, told_otherwise."""

    kind: str
    by: int
    at: AwareDatetime
    words: str


class Known(Unseen):
    """All that is known beside the columns of the row.

    `name` is whom the letter speaks to. `number` (E.164) is where all calls with a number are meant. `said` is what they told
    about the call, `authority` the kind and day of a letter. `allowed_numbers` were allowed by the Head for a passcode.
    `addressed_by` is everybody who ever entered an address, by id. `shared`: the register showed a number of these calls under several CRM references.
    """

    name: str
    said: str = ""
    number: str = ""
    authority: str = ""
    address: str = ""
    addressed_by: list[int] = Field(default_factory=list)
    receipts: list[Receipt]
    identified: Identified | None = None
    remarks: list[Remarked] = Field(default_factory=list)
    rung: list[Rung] = Field(default_factory=list)
    allowed_numbers: dict[str, int] = Field(default_factory=dict)
    shared: bool = False

    @property
    def named(self) -> Named:
        """Who asks, to be compared with others."""
        return Named(self.name, self.address)

    @property
    def question(self) -> Remarked | None:
        """The question that nobody has answered yet."""
        return self._last("question", "answer")

    @property
    def number_asked(self) -> Remarked | None:
        """The last number that the Head was asked for, unless one was allowed since."""
        return self._last("asked_number", "allowed_number")

    def _last(self, kind: str, settles: str) -> Remarked | None:
        found = [one for one in self.remarks if one.kind in (kind, settles)]
        return found[-1] if found and found[-1].kind == kind else None

    def first(self) -> Receipt:
        """By which the company was asked first; of several at one moment one that has its time."""
        return min(self.receipts, key=lambda one: (one.at, not one.timed))

    def first_asked_on(self, zone: ZoneInfo) -> date:
        """The day of that moment as it was written down; where that is not known, in this zone."""
        first = self.first()
        return first.day or first.at.astimezone(zone).date()

    def writers(self) -> set[int]:
        """Everybody who wrote something of it down, by id."""
        wrote = {one.by for each in (self.receipts, self.remarks, self.rung) for one in each}
        identified = {self.identified.by} if self.identified else set[int]()
        return wrote | identified | {*self.addressed_by, *self.allowed_numbers.values()}


def read_known(act: Act, request: CustomerRequest) -> Known | None:
    """What is known of a request; None once its key was destroyed."""
    told = Seal(act).opened(request.id, request.sealed or b"", AS_KNOWN)
    return Known.model_validate_json(told) if told is not None else None


def write_known(act: Act, request: CustomerRequest, known: Known) -> None:
    """What is known of it from now on."""
    request.sealed = Seal(act).sealed(request.id, known.model_dump_json().encode(), AS_KNOWN)


def promise(request: CustomerRequest, due: Due) -> None:
    """This is promised from now on."""
    request.line, request.due_at = due.line, due.at
    request.promise = _DUE.dump_python(due, mode="json")


def promised(request: CustomerRequest) -> Due:
    """What was promised when it was filed, or last counted."""
    return _DUE.validate_python(request.promise)


@dataclass(frozen=True, slots=True)
class View:
    """One request as it is at `now`; `people` holds everybody that its card may name, by id.

    `known` is None once its key was destroyed, which was at `gone_at`. `namesakes` would release it and may be the customer in
    person; `out` is who of those in a role, or of whoever released it, can't be asked now. `links` and `mails` come newest first.
    `erased` says when those calls that are erased were; `listenings` are what the customer had of the calls. `beside` are other open requests that name one of the calls. `locked` are calls whose
    callers declined and whose audio is still there: those that it names, and those with a number that the customer told.
    """

    request: CustomerRequest
    known: Known | None
    recordings: list[Recording]
    parties: list[Party]
    links: list[CustomerLink]
    mails: list[CustomerMail]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    involved: Involved = NOT_INVOLVED
    namesakes: frozenset[str] = frozenset()
    out: frozenset[str] = frozenset()
    alarm: Alarm | None = None
    erased: Mapping[int, datetime] = field(default_factory=dict)
    beside: Sequence[str] = ()
    listenings: Sequence[CustomerListening] = ()
    gone_at: datetime | None = None
    locked: Sequence[Recording] = ()

    @property
    def matter(self) -> CustomerRequest:
        return self.request

    @property
    def what(self) -> str:
        return f"customer’s request {self.request.id}"

    @property
    def clause(self) -> str:
        return "P8"

    @property
    def link(self) -> CustomerLink | None:
        """The link in force, locked or not."""
        alive = (one for one in self.links if one.state in ("live", "locked") and self.now < one.ends_at)
        return next(alive, None)

    @property
    def needs_new_link(self) -> bool:
        """Whether it was released and sent, and its link is over, or has had all the passcodes that a link gets."""
        spent = self.link is None or self.link.passcodes >= self.policy.customers.passcodes
        return self.request.state == "answered" and bool(self.links) and spent

    @property
    def shown_mark(self) -> str:
        """By which a press says how all that it confirms was when it was shown: another call, address, name or word makes it another."""
        request, known = self.request, self.known
        calls = [f"{one.id}.{one.state}.{one.closed(self.now)}" for one in self.recordings]
        told = known.model_dump_json(exclude={"remarks", "rung", "allowed_numbers"}) if known else ""
        # Salted, since it is in a chat: nobody tells by it whether a guessed name or address is right.
        return hashed(repr((request.salt, request.asker, request.wants, calls, told)))[:16]

    @property
    def question(self) -> Remarked | None:
        """The question that nobody has answered yet."""
        return self.known.question if self.known is not None else None

    @property
    def waits_for(self) -> str:
        """What the customer, or whoever filed it, has yet to give, in words; empty where nothing is missing."""
        if self.known is None or not self.request.is_open:
            return ""
        identity = [] if self.known.identified else ["to be identified"]
        return " and ".join(identity + ([] if self.known.address else ["to name an e-mail address"]))

    @property
    def missing(self) -> str:
        """Why it can't be released yet, after “since”: what the customer has yet to give, and a call; empty where nothing is missing."""
        told = [f"the customer has yet {self.waits_for}"] if self.waits_for else []
        if self.request.is_open and not self.recordings:
            told.append("no call is named yet")
        return " and ".join(told)

    @property
    def filers(self) -> frozenset[int]:
        """Whoever wrote any of it down, by id."""
        return _filers(self.request, self.known)

    @property
    def clerks(self) -> list[int]:
        """Whoever filed it, once or again, and still works here, by id."""
        by = [one.by for one in self.known.receipts] if self.known else []
        return [one for one in dict.fromkeys((self.request.filed_by, *by)) if self.people[one].standing == "member"]

    @property
    def approvers(self) -> list[Party]:
        """Those who may press the buttons and can be reached."""
        return approvers(self)

    @property
    def circumstances(self) -> CustomerCircumstances:
        """What the rules of who decides need of it."""
        return CustomerCircumstances(
            policy=self.policy,
            today=company_day(self.policy, self.now),
            involved=replace(
                self.involved, askers=self.involved.askers | {self.people[one].email_key for one in self.filers}
            ),
            unreachable=self.out | missed(self),
            asker=self.request.asker,
            namesakes=self.namesakes,
            elsewhere=self.elsewhere,
        )

    @property
    def asked(self) -> frozenset[str]:
        """Who was asked, and is asked whoever comes back, by address."""
        return lasting(self.parties, self.people)

    @property
    def elsewhere(self) -> bool:
        """Whether an operator wants it at an address that is not the company’s, which the Head allows or does not."""
        address = self.known.address if self.known is not None else ""
        return self.request.asker == "operator" and address != "" and not of_company(self.policy, address)

    @property
    def releasers(self) -> list[int]:
        """Who hears what becomes of it, by id: whoever released it while they are there, else those who were asked and may still act."""
        by, case = [one for one in (self.request.decided_by,) if one is not None], self.circumstances
        asked = [one.person_id for one in self.approvers if entitled(self, one.person_id)]
        there = [one for one in (*by, *asked) if case.hindrance(self.people[one].email_key) is None]
        return by if set(by) & set(there) or not there else there

    def authority(self, person: Person) -> Authority:
        """By which role this person releases it; raises `Refused` with the reason why not.

        Whoever released it may go on with it, also where it would go to another one by now.
        """
        mine, party = self.request.decided_by == person.id, party_of(self, person.id)
        if not mine or party is None or self.circumstances.conflict(person.email_key):
            return may_decide(self.circumstances, person.email_key, self.asked)
        return Authority(person.email_key, cast("RoleName", party.role), deputy=False)

    def allows_numbers(self, person: Person) -> bool:
        """Whether this person may let a passcode be read to another number: the Head, or whoever stands in."""
        try:
            may_decide(for_the_head(self.circumstances), person.email_key, self.asked)
        except Refused:
            return False
        return True

    def asks(self, reader: int) -> bool:
        """Whether this reader is asked to release it."""
        return any(party.person_id == reader for party in self.approvers)

    def may_release(self, reader: int) -> bool:
        """Whether this reader may answer it as things are, or has answered it."""
        if reader in self.filers:
            return False
        mine = reader == self.request.decided_by and not self.request.is_open
        return mine or (self.asks(reader) and entitled(self, reader))

    def shows_names_to(self, reader: int) -> bool:
        """Whether this reader may read who asks, and what they said: whoever wrote it down, is asked, or has answered it."""
        return reader in self.filers or self.asks(reader) or self.may_release(reader)

    def everybody(self) -> list[int]:
        """Everyone who holds a copy of the card: those who wrote it down, and those who were asked."""
        hidden = "copy" if self.request.is_open else ""
        parties = [one.person_id for one in self.parties if not one.unreachable and one.part != hidden]
        return list(dict.fromkeys((self.request.filed_by, *sorted(self.filers), *parties)))


def load(act: Act, request_id: str) -> View:
    """Read a request; raises `Refused` when there is none, in the words that one gets who may not know of it."""
    request = act.store.customers.get(request_id)
    if request is None:
        raise Refused(GONE, code="unknown")
    return view_of(act, request)


def load_for(act: Act, request_id: str, may: Callable[[View], T]) -> tuple[View, T]:
    """Read a request for somebody, and what `may` answers, which raises `Refused` for whoever may not do it.

    The same refusal whether it does not exist or is none of his or her business.
    """
    view = load(act, request_id)
    return view, allowed(view, act.who.person_id, may, GONE)


def view_of(act: Act, request: CustomerRequest) -> View:
    """A request with what belongs to it."""
    store, policy, known = act.store, act.today, read_known(act, request)
    parties, alarm = store.matters.parties(request.id), store.alarms.latest(request.id)
    recordings = store.customers.recordings(request.id)
    releasers = policy.roles.everybody() | frozenset(policy.customers.handlers)
    named = {request.filed_by, request.address_by, request.decided_by, alarm.person_id if alarm else None}
    ids = (named | (known.writers() if known else set()) | {one.person_id for one in parties}) - {None}
    people = store.people.named(cast("set[int]", ids))
    on_it = (one.operator_key for one in recordings)
    by = (people[one].email_key for one in _filers(request, known))
    may = releasers | {people[one].email_key for one in (request.decided_by,) if one is not None}
    return View(
        request, known, recordings, parties, store.customers.links(request.id), store.customers.mails(request.id),
        people, policy, act.now,
        involved=involved(store, askers=by, operators=on_it), namesakes=_namesakes(act, known, releasers),
        out=store.people.out_of_reach(may), alarm=alarm,
        erased=store.erasures.erased(one.id for one in recordings if one.state == "erased"),
        listenings=store.customers.listenings(request.id),
        beside=[one.id for one in store.customers.beside(request.id, (one.id for one in recordings))],
        gone_at=request.words_erased_at if known is None else None,
        locked=_locked(act, request, known, recordings),
    )  # fmt: skip


def asked_by_number(act: Act, call: Recording) -> list[CustomerRequest]:
    """Open requests that give the number of this call. One that was declined is locked, so nobody could name it in them (P8)."""
    open_ones = filter(None, map(act.store.customers.get, act.store.matters.ids("customer") if call.caller else ()))
    known = ((one, read_known(act, one)) for one in open_ones)
    return [one for one, words in known if words is not None and call.caller in _numbers(act, words, ())]


def _locked(
    act: Act, request: CustomerRequest, known: Known | None, recordings: Iterable[Recording]
) -> Sequence[Recording]:
    if known is None or not request.is_open:
        return ()
    numbers = _numbers(act, known, recordings)
    named = [one for one in recordings if one.state == "declined"]
    fitting = act.store.declines.locked(numbers) if numbers else ()
    return tuple({one.id: one for one in (*named, *fitting)}.values())


def _numbers(act: Act, known: Known, recordings: Iterable[Recording]) -> set[str]:
    """The numbers that they gave, but for those of the calls that the request names."""
    regions = [line.region_code for line in act.policy.lines.values()]
    return {*other_numbers(known.said, regions, {one.caller for one in recordings}), known.number} - {""}


def _filers(request: CustomerRequest, known: Known | None) -> frozenset[int]:
    by = [*(one.by for one in known.receipts), *known.addressed_by] if known else []
    return frozenset({request.filed_by, *by, *filter(None, [request.address_by])})


def _namesakes(act: Act, known: Known | None, keys: frozenset[str]) -> frozenset[str]:
    """Of these addresses, whose owners bear the customer's name or the same name in an address."""
    if known is None:
        return frozenset()
    names = {key: person.name for key, person in act.store.people.with_keys(keys).items()}
    return frozenset(key for key in keys if namesake(names.get(key, ""), key, known.named))
