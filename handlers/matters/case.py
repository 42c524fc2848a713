"""A matter with all that belongs to it, read once, so that rules and cards need not ask the store; the same for every kind."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Self, TypeVar

from handlers.acting import Context
from handlers.cards import When
from handlers.matters import asking
from handlers.phrases import list_words
from handlers.policy import Policy
from handlers.rules import Refused, availability, routing
from handlers.rules.routing import NOT_INVOLVED, Authority, Circumstances, Involved
from storage.records import OPEN, Alarm, Matter, Party, Person

T = TypeVar("T")
M = TypeVar("M", bound=Matter)
R = TypeVar("R", bound=Circumstances)


@dataclass(frozen=True, slots=True)
class Kind:
    """What defines a kind of matter.

    Its ids begin with `prefix`. Its log actions begin with its `name`, such as `hold.recheck`; an `ending` tells apart
    two kinds that share a name. `row` is its table. `decided_by` are its routing rules; people asked stay asked while
    it `waits`, and in states that are `watched` the clock rechecks who decides. `what` names one in
    sentences, before its id, and `gone` is what a person reads who may not know of it. Its card `names` people besides
    those who began it, were asked or decided it.
    """

    prefix: str
    name: str
    clause: str
    row: type[Any]
    decided_by: type[Circumstances]
    what: str
    gone: str
    ending: str = ""
    watched: Collection[str] = OPEN
    names: Callable[[Any], Iterable[int | None]] = lambda _: ()
    waits: Callable[[Any], bool] = lambda matter: matter.is_open


@dataclass(frozen=True, slots=True)
class More:
    """What a kind adds to its case: whose own case it is, whom the card names as well, and further fields."""

    askers: Iterable[int | None] = ()
    operators: Iterable[int | None] = ()
    concerned: Iterable[int] = ()
    people: Iterable[int | None] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case(Generic[M]):
    """One matter at `now`.

    `people` holds everyone its card may name, by id. `involved_people` are those with a conflict. `out` are role
    holders who can't be asked now, and `alarm` is the latest alarm about it while it is stuck.
    """

    kind: ClassVar[Kind]
    matter: M
    parties: list[Party]
    people: dict[int, Person]
    policy: Policy
    now: datetime
    involved: Involved = NOT_INVOLVED
    out: frozenset[int] = frozenset()
    alarm: Alarm | None = None

    @classmethod
    def load(cls, ctx: Context, matter: str) -> Self:
        """Read one matter, once for all its readers.
        Raises `Refused` if there is none, with the words for people who may not know of it.
        """
        return ctx.store.once((cls, matter), lambda: cls._read(ctx, matter))

    @classmethod
    def _read(cls, ctx: Context, matter: str) -> Self:
        """Read the matter from the store, for `load`."""
        found = ctx.store.matters.to_act_on(cls.kind.row, matter)
        if found is None:
            raise Refused(cls.kind.gone, code="unknown")
        return cls.of(ctx, found)

    @classmethod
    def load_for(cls, ctx: Context, matter: str, may: Callable[[Self], T]) -> tuple[Self, T]:
        """Load one for the current person, with the answer of `may`: a check that raises `Refused`, or returns what it
        found, such as the role by which this person decides. Raises `Refused` like `allow`.
        """
        case = cls.load(ctx, matter)
        return case, case.allow(ctx, may)

    @classmethod
    def load_for_decider(cls, ctx: Context, matter: str) -> tuple[Self, Authority]:
        """Load one for the person who decides it, with the role by which they do; raises `Refused` like `load_for`."""
        return cls.load_for(ctx, matter, lambda case: case.authority(ctx.me.id))

    @classmethod
    def begin(cls, ctx: Context, matter: M, more: More | None = None) -> Self:
        """Store a new matter and return it. It has no parties or deadlines yet, so none are read; with `more`, nor is
        what only its card shows.
        """
        ctx.store.insert(matter)
        ctx.store.deadlines.remember(matter.id, None)
        return cls.of(ctx, matter, more, new=True)

    @classmethod
    def of(cls, ctx: Context, matter: M, more: More | None = None, *, new: bool = False) -> Self:
        """Return a matter with what belongs to it: its parties, everyone its card may name, and who can't decide it.

        `more` is given if that was read already; a `new` matter has no parties yet.
        """
        return cls.of_all(ctx, (matter,), {matter.id: more} if more else {}, new=new)[0]

    @classmethod
    def of_all(
        cls, ctx: Context, matters: Sequence[M], given: Mapping[str, More] = MappingProxyType({}), *, new: bool = False
    ) -> list[Self]:  # fmt: skip
        """Return matters like `of`; the people of all of them are read together. What is `given` of one, by id, isn't
        read again, nor is its alarm, which only its card shows.
        """
        store, policy, found, cases = ctx.store, ctx.today, [], list[Self]()
        for one in matters:
            more = given.get(one.id) or cls.load_more(ctx, one)
            alarm = store.alarms.latest(one.id) if one.state == "stuck" and one.id not in given else None
            found.append((one, more, alarm, cls._people_of(one, more, alarm)))
        ids = [person for *_, groups in found for group in groups for person in group]
        parties, people = store.people.of_matters([] if new else [one.id for one in matters], ids, policy.named)
        for one, more, alarm, (askers, operators, concerned, decided, _) in found:
            own = asking.involved_people(store, askers=askers, operators=operators, concerned=concerned)
            out = asking.cannot_be_asked(store, policy, decided)
            cases.append(cls(one, parties.get(one.id, []), people, policy, ctx.now, own, out, alarm, **more.fields))
        return cases

    @classmethod
    def _people_of(cls, matter: M, more: More, alarm: Alarm | None) -> list[list[int]]:
        """Return the askers, operators and others whom it concerns, who decided it, and whom its card names as well."""
        named = (matter.begun_by, alarm and alarm.person_id, *cls.kind.names(matter), *more.people)
        concerned = (*more.concerned, *matter.concerned)
        groups = (more.askers, more.operators, concerned, [matter.decided_by], named)
        return [[one for one in group if one] for group in groups]

    @classmethod
    def load_more(cls, ctx: Context, matter: M) -> More:  # noqa: ARG003  most kinds do
        """Return what this kind adds to a case; nothing by default."""
        return More()

    @property
    def what(self) -> str:
        """How sentences name it, such as `request R-1`."""
        return f"{self.kind.what} {self.matter.id}"

    @property
    def clause(self) -> str:
        """The clause by which it is decided."""
        return self.kind.clause

    @cached_property
    def today(self) -> date:
        """The company's day."""
        return self.policy.company_day(self.now)

    @property
    def approvers(self) -> list[Party]:
        """The people who may press the buttons and can be reached."""
        return [one for one in self.reached if not self.has_no_part(one.person_id)]

    @property
    def reached(self) -> list[Party]:
        """The people who were asked to decide and have its card."""
        return [one for one in asking.reached_by_card(self.parties) if one.part == "approver"]

    @property
    def asked(self) -> frozenset[int]:
        """The people who were asked to decide; they stay asked until it is decided."""
        return frozenset(one.person_id for one in self.parties if one.part == "approver")

    @property
    def there(self) -> list[int]:
        """The people who are asked and are not away; if all of them are away, all of them."""
        asked = [one.person_id for one in self.approvers]
        return [one for one in asked if self.circumstances.is_there(one)] or asked

    @property
    def asked_names(self) -> str:
        """The names of the people in `there`, at most three so that a title has room; “no one” if there are none."""
        names = [self.people[one].name for one in self.there]
        return list_words(names if len(names) < 4 else [*names[:2], f"{len(names) - 2} others"], "or") or "no one"

    @property
    def circumstances(self) -> Circumstances:
        """The matter as the routing rules see it."""
        return self.judged_by(self.kind.decided_by)

    def judged_by(self, rule: Callable[..., R], **more: object) -> R:
        """Return the matter as the routing rules of this class see it, with `more` fields that it has."""
        passed_on = frozenset((one.person_id, one.role) for one in self.parties if one.part == asking.PASSED)
        case = rule(policy=self.policy, today=self.today, involved=self.involved, passed_on=passed_on, **more)
        return case.without(self.out.union(asking.passed_over(self.parties)))

    def authority(self, person: int) -> Authority:
        """Return the role by which this person may decide; raises `Refused` with the reason."""
        return routing.may_decide(self.circumstances, person, self.asked)

    def authority_or(self, words: str, person: int) -> Authority:
        """Return the role by which this person may decide now; raises `Refused` in these words."""
        if found := routing.authority_of(self.circumstances, person, self.asked):
            return found
        raise Refused(words, clause=self.clause, code="not_approver")

    def authority_now(self, person: int) -> Authority | None:
        """Return the role by which this person may decide; None if they may not."""
        try:
            return self.authority(person)
        except Refused:
            return None

    def entitles(self, person_id: int) -> bool:
        """Return True if this person may decide it at present."""
        return self.authority_now(person_id) is not None

    def allow(self, ctx: Context, may: Callable[[Self], T]) -> T:
        """Return the answer of `may` (see `load_for`), which raises `Refused` if the person may not.

        A person without a copy of the card gets the same words as if the matter didn't exist.
        """
        try:
            return may(self)
        except Refused as refusal:
            if ctx.who.person_id not in self.everybody():
                raise Refused(self.kind.gone, code=refusal.code or "not_entitled") from refusal
            raise

    def party_of(self, person_id: int) -> Party | None:
        """Return this person's part in it, if any."""
        return next((one for one in self.parties if one.person_id == person_id), None)

    def asks(self, reader: int) -> bool:
        """Return True if this reader is asked to decide the matter, even if they may not at present."""
        return self.kind.waits(self.matter) and any(one.person_id == reader for one in self.approvers)

    def waits_for(self, reader: int) -> bool:
        """Return True if this reader is asked to decide it, and may at present."""
        return self.asks(reader) and self.entitles(reader)

    def has_no_part(self, person_id: int) -> bool:
        """Return True if the matter is about this person, who then sees nothing of it, even if they hold a copy."""
        return bool(self.matter.concerned) and person_id in self.involved.concerned

    def everybody(self) -> list[int]:
        """Return everyone who holds a copy of the card. People who are only told of the decision join once it is made."""
        hidden, first = "copy" if self.matter.is_open else "", self.matter.begun_by
        reached = (one.person_id for one in asking.reached_by_card(self.parties) if one.part != hidden)
        holders = [one for one in reached if not self.has_no_part(one)]
        return list(dict.fromkeys(holders if first is None else (first, *holders)))

    def may_be_named_to(self, reader: int) -> bool:
        """Return True unless the matter is this person's own case or is routed around them (P9)."""
        return reader in self.everybody() or self.circumstances.own_case(reader) is None

    def about(self, reader: int) -> tuple[str | When, ...]:
        """Return what lists add to its name, to tell it apart from others; details are only for readers who have its
        card.
        """
        return ()

    @property
    def at_line(self) -> tuple[str, ...]:
        """The label of the line whose calendar counts for it, ready to be added to a sentence; empty for an unknown
        line.
        """
        line = self.policy.lines.get(self.matter.line)
        return (f" · {line.label}",) if line is not None else ()

    @property
    def overdue(self) -> bool:
        """True if it is past its due time."""
        return False

    def name_of(self, person_id: int | None, reader: int | None = None) -> str:
        """Return the name of a person on the card, or “you” for the reader."""
        if person_id is not None and person_id == reader:
            return "you"
        return self.people[person_id].name if person_id in self.people else "no one"

    def as_what(self, reader: int) -> str:
        """Return the authority by which a reader may decide, such as `deputy of the Head of …`; empty if they may not."""
        authority = self.authority_now(reader)
        if authority is None:
            return ""
        return f"{'deputy of the ' if authority.deputy else 'the '}{self.policy.role(authority.role).title}"

    def asked_as_words(self, reader: int, words: str = "You’re asked as") -> str:
        """Return the sentence that says in which role a reader decides, with a space after it; empty if they don't."""
        role = self.as_what(reader)
        return f"{words} {role}. " if role else ""

    @property
    def small(self) -> str:
        """The last words of its card: its id and its clause."""
        return f"{self.matter.id} · {self.clause}"


def who_was_told(case: Case[Any]) -> str:
    """Return the sentence that says who has been or is being told of the alarm; empty if no one could be."""
    if case.alarm is None or case.alarm.person_id is None:
        return ""
    person = case.people[case.alarm.person_id]
    roles = (case.policy.held(name) for name in availability.ROLES)
    title = next((f" ({one.title})" for one in roles if one.holder == person.id), "")
    return f"{person.name}{title} {'has been' if case.alarm.state == 'told' else 'is being'} told."
