"""A customer's request: what is known of it, sealed with its own key, and all that belongs to it, read once for rules and cards (P8)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NoReturn, TypeVar, cast
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, TypeAdapter

from handlers import phrases, sealing
from handlers.acting import Context
from handlers.cards import When
from handlers.door import Repeated
from handlers.matters.case import Case, Kind, More
from handlers.policy import RoleName
from handlers.rules import Refused, customers, routing
from handlers.rules.customer_names import same_name
from handlers.rules.working_days import Due
from storage.records import Listening, Matter, Recording
from storage.tables.calls import Keep
from storage.tables.customers import CustomerLetter, CustomerRequest

T = TypeVar("T")
FORGOTTEN = "This request’s details have been erased, so you can’t change it any more."
COLLEAGUE = "colleague"
"""How a person who works here is identified."""
_DUE: TypeAdapter[Due] = sealing.unseen_adapter(Due)


class Receipt(sealing.Unseen):
    """The company was asked at a moment, as `by` (a person's id) wrote it down at `told_at`.

    Where only the `day` is known, `at` is the earliest moment of it that counts.
    """

    at: AwareDatetime
    told_at: AwareDatetime
    by: int
    day: date | None = None


class IdentityCheck(sealing.Unseen):
    """How it was checked who asks: by a key of `customers.identity_checks`, never the document itself."""

    check: str
    by: int
    at: AwareDatetime


class Rung(sealing.Unseen):
    """A number to which a passcode was read; `on_call`: it is on one of the calls. `allowed_by`: the Head, for another one."""

    number: str
    on_call: bool
    by: int
    at: AwareDatetime
    allowed_by: int | None = None


class Remarked(sealing.Unseen):
    """A person's words about a request.

    `kind`: question, answer, note, withdrawn, another_voice, asked_number, allowed_number, told_otherwise. `number` is
    the one (E.164) that the Head is asked to allow.
    """

    kind: str
    by: int
    at: AwareDatetime
    words: str
    number: str = ""


class Details(sealing.Unseen):
    """Everything known of a request apart from its row; it is stored sealed.

    `name` is whom the letter addresses. `number` (E.164) is set if the request is for all calls with it. `authority` is
    the kind and day of a letter. `allowed_numbers` (by whom) are numbers that the Head allowed for a passcode.
    `addressed_by` is everyone who ever entered an address, by id. `shared`: a number of these calls had several CRM
    references.
    """

    name: str
    number: str = ""
    authority: str = ""
    address: str = ""
    addressed_by: list[int] = Field(default_factory=list)
    receipts: list[Receipt]
    identified: IdentityCheck | None = None
    remarks: list[Remarked] = Field(default_factory=list)
    rung: list[Rung] = Field(default_factory=list)
    allowed_numbers: dict[str, int] = Field(default_factory=dict)
    shared: bool = False

    def last(self, kind: str, settled_by: str) -> Remarked | None:
        """Return the last remark of a kind, such as a question, unless a later one settles it, such as an answer."""
        found = [one for one in self.remarks if one.kind in (kind, settled_by)]
        return found[-1] if found and found[-1].kind == kind else None

    def first(self) -> Receipt:
        """Return when the company was first asked; of two at one moment, the one with a time."""
        return min(self.receipts, key=lambda one: (one.at, one.day is not None))

    def first_asked_on(self, zone: ZoneInfo) -> date:
        """Return the day of that moment as it was written down; if that is not known, in this zone."""
        first = self.first()
        return first.day or first.at.astimezone(zone).date()

    def filers(self) -> set[int]:
        """Return everyone who wrote down that the customer asked, or where the mail goes, by id."""
        return {*(one.by for one in self.receipts), *self.addressed_by}

    def writers(self) -> set[int]:
        """Return everyone who wrote something of it down, by id."""
        wrote = {one.by for each in (self.remarks, self.rung) for one in each}
        return (
            wrote | self.filers() | {*self.allowed_numbers.values(), *([self.identified.by] if self.identified else [])}
        )


def read_details(ctx: Context, request: CustomerRequest) -> Details | None:
    """Return a request's details; None once its key was destroyed."""
    told = sealing.Seal(ctx).opened(request.id, request.sealed or b"", sealing.AS_KNOWN)
    return Details.model_validate_json(told) if told is not None else None


def save_details(ctx: Context, request: CustomerRequest, known: Details) -> None:
    """Store a request's details, sealed with its own key."""
    request.sealed = sealing.Seal(ctx).sealed(request.id, known.model_dump_json().encode(), sealing.AS_KNOWN)


def add_remark(ctx: Context, request: CustomerRequest, known: Details, kind: str, words: str, number: str = "") -> None:
    """Add the current person's words to a request's details (`known`), and store them."""
    known.remarks.append(Remarked(kind=kind, by=ctx.me.id, at=ctx.now, words=words, number=number))
    save_details(ctx, request, known)


def set_promise(request: CustomerRequest, due: Due) -> None:
    """Store the due day that is promised from now on, and how it was counted."""
    request.line, request.due_at = due.line, due.at
    request.promise = _DUE.dump_python(due, mode="json")


def promised_due(request: CustomerRequest) -> Due:
    """Return the due day that was promised when the request was filed, or last counted."""
    return _DUE.validate_python(request.promise)


@dataclass(frozen=True, kw_only=True)
class CustomerCase(Case[CustomerRequest]):
    """One request. `known` is None once its key was destroyed, which was at `gone_at`.

    `keeps` are what keeps its calls for it, `beside` other open requests that name one of them. `letters` come newest first, and
    `listenings` are what the customer had by them. `erased` says when those calls that are erased were. `locked` are calls whose
    callers declined and whose audio is still there: those that it names, and those with the number that the customer told.
    """

    kind = Kind(
        "C-", name="customer", clause="P8", row=CustomerRequest, decided_by=customers.CustomerCircumstances,
        what="customer’s request", gone="I can’t find this request.", waits=lambda _: True,
    )  # fmt: skip
    known: Details | None
    recordings: list[Recording]
    letters: list[CustomerLetter]
    keeps: Sequence[Keep] = ()
    erased: Mapping[int, datetime] = field(default_factory=dict)
    beside: Sequence[str] = ()
    listenings: Sequence[Listening] = ()
    gone_at: datetime | None = None
    locked: Sequence[Recording] = ()

    @classmethod
    def load_more(cls, ctx: Context, matter: CustomerRequest) -> More:
        """Load what is known of it, its calls and its letters."""
        store, known = ctx.store, read_details(ctx, matter)
        recordings, keeps, beside = store.customers.calls(matter.id)
        letters, listenings = store.customers.correspondence(matter.id)
        return more_about(
            ctx, matter, known, recordings, keeps=keeps, beside=beside, letters=letters, listenings=listenings,
            erased=store.erasures.erased(recordings), gone_at=matter.words_erased_at if known is None else None,
        )  # fmt: skip

    @cached_property
    def namesakes(self) -> frozenset[int]:
        """The people who would release it and may be the customer in person."""
        seats, name = self.policy.seats, self.known.name if self.known else ""
        staff = (self.people.get(one) for one in seats.in_roles.union(seats.releasers))
        return frozenset(one.id for one in staff if one and one.name and name and same_name(one.name, name))

    def about(self, reader: int) -> tuple[str | When, ...]:
        """Return what lists add to its name: the line of its calls, and nothing that tells the customer."""
        return self.at_line

    @property
    def overdue(self) -> bool:
        """True if its due day has passed."""
        return self.matter.due_at is not None and self.matter.due_at < self.now

    @property
    def due_words(self) -> str:
        """Its due day, such as “due Fri 11 Dec”."""
        due = promised_due(self.matter)
        zone = ZoneInfo(due.zone)
        return f"due {phrases.day_words(due.at.astimezone(zone).date(), self.now.astimezone(zone).date())}"

    @property
    def link(self) -> CustomerLetter | None:
        """The letter whose link is in force, locked or not."""
        return next((one for one in self.letters if one.in_force(self.now)), None)

    @property
    def needs_new_link(self) -> bool:
        """True if the calls were sent and not refused since, and the link has ended or used up its passcodes."""
        spent = self.link is None or self.link.passcodes >= self.policy.customers.passcodes
        sent = self.matter.state == "answered" and not self.matter.refusal and any(one.link for one in self.letters)
        return sent and spent

    @property
    def shown_mark(self) -> str:
        """A hash of everything that a release confirms. A button carries it, so a press after any change is refused."""
        request, known = self.matter, self.known
        calls = [f"{one.id}.{one.state}.{one.closed(self.now)}" for one in self.recordings]
        told = known.model_dump_json(exclude={"remarks", "rung", "allowed_numbers"}) if known else ""
        # Salted, because it is in a chat: no one can test guesses of a name or address against it.
        return sealing.hashed_name(repr((request.salt, request.asker, calls, told)))[:16]

    @property
    def question(self) -> Remarked | None:
        """The question that hasn't been answered yet."""
        return self.known.last("question", "answer") if self.known is not None else None

    @property
    def still_needs(self) -> str:
        """What the customer or filer still has to give, in words; empty if nothing is missing."""
        if self.known is None or not self.matter.is_open:
            return ""
        identity = [] if self.known.identified else ["to be identified"]
        return " and ".join(identity + ([] if self.known.address else ["to give an e-mail address"]))

    @property
    def missing(self) -> str:
        """Why it can't be released yet: what the customer still has to give, or that no call is named; empty if nothing is missing."""
        told = [f"the customer still has {self.still_needs}"] if self.still_needs else []
        if self.matter.is_open and not self.recordings:
            told.append("no call is named yet")
        return " and ".join(told)

    @property
    def filers(self) -> frozenset[int]:
        """Everybody who wrote down that the customer asked, or where the mail goes, by id. They can't release the
        request.
        """
        return filers_of(self.matter, self.known)

    @property
    def clerks(self) -> list[int]:
        """The ids of people who filed it and still work here."""
        by = [one.by for one in self.known.receipts] if self.known else []
        return [one for one in dict.fromkeys((self.matter.filed_by, *by)) if self.people[one].standing == "member"]

    @property
    def circumstances(self) -> customers.CustomerCircumstances:
        """The request as the routing rules see it."""
        return self.judged_by(customers.CustomerCircumstances, asker=self.matter.asker, namesakes=self.namesakes)

    @property
    def releasers(self) -> list[int]:
        """Whom to tell what becomes of it, by id: the person who released it while available, else the approvers."""
        by, case = [one for one in (self.matter.decided_by,) if one is not None], self.circumstances
        asked = [one.person_id for one in self.approvers if self.entitles(one.person_id)]
        available = [one for one in (*by, *asked) if case.hindrance(one) is None]
        return by if set(by) & set(available) or not available else available

    def authority(self, person: int) -> routing.Authority:
        """Return the role by which this person releases it; raises `Refused` with the reason.

        The person who released it may continue, even if it would go to another person by now.
        """
        mine, party = self.matter.decided_by == person, self.party_of(person)
        if not mine or party is None or self.circumstances.conflict(person):
            return routing.may_decide(self.circumstances, person, self.asked)
        return routing.Authority(person, cast("RoleName", party.role), deputy=False)

    def authority_of_the_head(self, person: int) -> routing.Authority:
        """Return the authority of the Head or their stand-in; raises `Refused` for anyone else."""
        return routing.may_decide(customers.for_the_head(self.circumstances), person, self.asked)

    def allows_numbers(self, person: int) -> bool:
        """Return True if this person may allow another number for the passcode: the Head or their stand-in."""
        try:
            return bool(self.authority_of_the_head(person))
        except Refused:
            return False

    def is_asked_for_number(self, reader: int) -> bool:
        """Return True if another number waits for this reader to allow it."""
        asked = self.known is not None and self.known.last("asked_number", "allowed_number")
        return bool(asked) and self.allows_numbers(reader)

    def may_release(self, reader: int) -> bool:
        """Return True if this reader may release or refuse the request at present, or has done so."""
        if reader in self.filers:
            return False
        return (reader == self.matter.decided_by and not self.matter.is_open) or self.waits_for(reader)

    def shows_names_to(self, reader: int) -> bool:
        """Return True if this reader may see who asks and what was said: filers, and people who decide or decided."""
        return reader in self.filers or self.asks(reader) or self.may_release(reader)

    def everybody(self) -> list[int]:
        """Return everyone who holds a copy of the card: those who wrote it down, and those who were asked."""
        return list(dict.fromkeys((self.matter.filed_by, *sorted(self.filers), *super().everybody())))


def load_for(ctx: Context, request_id: str, may: Callable[[CustomerCase], T]) -> tuple[CustomerCase, Details, T]:
    """Load a request, its details, and the answer of `may`, which checks that the current person is allowed.

    Raises `Refused` like `Case.load_for`, and if its words were erased.
    """
    case, answer = CustomerCase.load_for(ctx, request_id, may)
    if case.known is None:
        raise Refused(FORGOTTEN, clause="P8", code="forgotten")
    return case, case.known, answer


def load_for_releaser(ctx: Context, request_id: str) -> tuple[CustomerCase, Details, routing.Authority]:
    """Load a request for a person who releases it or did, in any state; raises like `load_for`."""
    return load_for(ctx, request_id, lambda case: case.authority(ctx.me.id))


def load_to_answer(ctx: Context, request_id: str) -> tuple[CustomerCase, Details, routing.Authority]:
    """Load a request that is still waiting; raises `Repeated` if the same person has just answered it."""
    found = load_for_releaser(ctx, request_id)
    request = found[0].matter
    if request.state == "sending" and request.decided_by == ctx.me.id:
        raise Repeated(request_id)
    if not request.is_open:
        refuse_closed(ctx, found[0])
    return found


def load_for_holder(ctx: Context, request_id: str) -> tuple[CustomerCase, Details]:
    """Load a request for anyone who holds its card; raises like `load_for`."""

    def may(case: CustomerCase) -> None:
        if ctx.who.person_id not in case.everybody():
            raise Refused(case.kind.gone, code="unknown")

    return load_for(ctx, request_id, may)[:2]


def refuse_closed(ctx: Context, case: CustomerCase) -> NoReturn:
    """Raise `Refused` for a request that can't be answered or changed any more; the sentence gives its state."""
    request, me = case.matter, ctx.me
    by = f" by {case.name_of(request.decided_by, me.id)}" if request.decided_by else ""
    when = phrases.moment_words(request.answered_at or case.now, me.zone, case.now)
    by_state = {
        "sending": f"This request was already {request.outcome}{by}, and its e-mail is on its way.",
        "unknown": "Its e-mail may have arrived. Press Send again or It arrived on its card.",
        "withdrawn": "The customer withdrew this request.",
    }  # fmt: skip
    otherwise = f"This request was already {request.outcome}{by}, and answered on {when}."
    raise Refused(by_state.get(request.state, otherwise), clause="P8", code="already")


def more_about(
    ctx: Context, request: CustomerRequest, known: Details | None, recordings: Sequence[Recording], **fields: object
) -> More:
    """Return what a case holds of a request, with the calls that are locked."""
    locked = _locked_calls(ctx, known, recordings) if request.is_open else ()
    return read_already(request, known, recordings, locked=locked, **fields)


def read_already(
    request: CustomerRequest, known: Details | None, recordings: Sequence[Recording], **fields: object
) -> More:
    """Return what a case holds of a request, from what was read; its filers and the people on its calls have no say."""
    filers, fields = filers_of(request, known), {**fields, "known": known, "recordings": recordings}
    people = filers.union(known.writers() if known else ())
    return More(filers, [one.operator_id for one in recordings], people=people, fields=fields)


def number_asked_for(ctx: Context, matter: Matter) -> str | None:
    """Return the number whose calls a customer's request is for; None if it is for named calls, or for other matters."""
    details = read_details(ctx, matter) if isinstance(matter, CustomerRequest) else None
    return (details and details.number) or None


def _locked_calls(ctx: Context, known: Details | None, recordings: Sequence[Recording]) -> Sequence[Recording]:
    """Return the calls locked by a decline: those that the request names, and those with the number it is for."""
    shut = ctx.store.declines.shut(one.id for one in recordings if one.closed(ctx.now))
    fitting = ctx.store.declines.locked({known.number}) if known and known.number else ()
    return tuple({one.id: one for one in (*(one for one in recordings if one.id in shut), *fitting)}.values())


def filers_of(request: CustomerRequest, known: Details | None) -> frozenset[int]:
    """Return everyone who wrote down that the customer asked, or where the mail goes, by id."""
    return frozenset({request.filed_by, *(known.filers() if known else ())})
