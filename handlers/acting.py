"""Actor, context and result of a handler, handlers themselves (calling one asks for it; only the door runs it), and effects.

An effect is what is to happen outside, as data: committed with the state, done afterwards by the delivery. A new kind is a
class here, its place in the unions below, and a case where the delivery does it (`bot/delivery/`): the type check names each place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from inspect import Signature, signature
from types import MappingProxyType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, get_args

from pydantic import TypeAdapter

from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules import Refused
from handlers.sealing import Keys, unseen_adapter
from storage.chain import compact
from storage.database.store import Store
from storage.prefetch import Prefetch
from storage.records import Person

R = TypeVar("R")
_ID = re.compile(r"[A-Za-z0-9._:-]{0,100}")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: a person through a chat account, or a part of the program (`clock`, `delivery`, `web`, `command`).

    `email_key` is the address that the person had when the account was looked up.
    """

    account: str
    person_id: int | None = None
    standing: str = "member"
    email_key: str = field(default="", compare=False)

    @property
    def platform(self) -> str:
        """The chat platform of the account; empty for a part of the program."""
        return self.address[0]

    @property
    def address(self) -> tuple[str, str]:
        """The account as platform and id; twice nothing for a part of the program."""
        platform, colon, account_id = self.account.partition(":")
        return (platform, account_id) if colon else ("", "")

    def is_still(self, person: Person) -> bool:
        """Return True unless the person's address has changed since the account was looked up by it."""
        return self.email_key in ("", person.email_key)

    @property
    def actor(self) -> str:
        """The actor's name in the audit log: `person:` and an id, else the account or the part of the program; never a
        person's name.
        """
        return f"person:{self.person_id}" if self.person_id is not None else as_id(self.account)


NONE = Keys(b"")
"""The keys of an empty master key, where none is given: they open nothing that was sealed with a real one."""
CLOCK, DELIVERY, WEB, COMMAND = Actor("clock"), Actor("delivery"), Actor("web"), Actor("command")


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler works with: the transaction, the policy with its roles as person ids, the moment (aware), who asks, and the keys that follow from the master key.

    `copies_at` is the address to which letters to customers lead; empty while no letters can be sent. `kept_since` is when it was
    asked for (aware), where it had to wait. `outside` has what the journal says of reports: by the mark of each, the counter that its
    document must have at least.
    """

    store: Store
    policy: Policy
    now: datetime
    who: Actor
    keys: Keys = NONE
    copies_at: str = ""
    kept_since: datetime | None = None
    outside: Mapping[str, int] = field(default_factory=dict)

    @property
    def asked_at(self) -> datetime:
        """When the person pressed or typed it: earlier than now if it was kept until the platform said who that is."""
        return min(self.kept_since or self.now, self.now)

    @property
    def today(self) -> Policy:
        """The policy as it counts today, including absences entered in the chat. Reads the store once per transaction."""
        entered = self.store.entered.away(self.policy.company_day(self.now))
        return self.policy.absent(
            (one.person_id, Period.model_validate({"from": one.first, "to": one.last})) for one in entered
        )

    @property
    def me(self) -> Person:
        """The person who is acting; raises `Refused` if the account belongs to no known person."""
        if self.who.person_id is None:
            words = "I can’t read an e-mail address for your account, so I can’t tell who you are."
            raise Refused(words, code="nobody")
        person = self.store.people.get(self.who.person_id)
        if not self.who.is_still(person):
            raise Refused("Your e-mail address has just changed. Please try again in ten minutes.", code="moved")
        return person


@dataclass(frozen=True, slots=True)
class Result(Generic[R]):
    """What a handler leaves: its answer, the effects, and for the audit log the subject and details (ids only).

    `clause` where it is another than the handler's; `quiet` says that nothing was done that is worth an entry (a repeated click): it leaves one only
    where it wrote what the log vouches for.
    """

    reply: R
    effects: tuple[Effect, ...] = ()
    subject: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    clause: str = ""
    quiet: bool = False


def seated(store: Store, policy: Policy, *, make: bool = True) -> Policy:
    """Return the policy with the people whom it names by address as person ids.

    With `make`, people we haven't met are added, so writing must be allowed.
    """
    return policy.seated(lambda named: store.people.resolve(named, make=make))


def announcement_down(store: Store, policy: Policy, line: str, started: datetime) -> bool:
    """P3: return True if the announcement on this line was known to be down when a call began (aware).

    Both the policy file and the entered outages count.
    """
    return (
        policy.announcement_down(line, started) or store.entered.down_on(line, policy.day_on(line, started)) is not None
    )


def as_id(text: str) -> str:
    """Return an id as the audit log keeps it. Anything that isn't an id is left out, since it could hold anything."""
    return text if _ID.fullmatch(text) else "unreadable"


P = ParamSpec("P")

HANDLERS: list[Handler[..., Any]] = []
"""Every handler."""


@dataclass(slots=True, eq=False)
class Handler(Generic[P, R]):
    """A function that does one thing within a transaction, and its name and clause in the audit log.

    Calling it does nothing yet: `door.enter(approve(request, seen=2), who)` does. `do` is the function itself. `about` is the parameter
    that the log names as the subject, or makes the subject from the parameters. `prefetch` is what the function will look at, from
    who asks and the parameters, where that is worth reading for several at once. Of one that is `private` the audit log and the
    keys of what was done hold nothing: its room keeps a log of its own (P13).
    """

    do: Callable[Concatenate[Context, P], Result[R]]
    action: str
    clause: str = ""
    about: str | Callable[..., str] = ""
    private: bool = False
    prefetch: Callable[..., Prefetch | None] | None = None
    takes: Signature = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Raises `ValueError` for a subject that is no parameter."""
        _, *parameters = signature(self.do).parameters.values()
        self.takes = Signature(parameters)
        if isinstance(self.about, str) and self.about and self.about not in self.takes.parameters:
            raise ValueError(f"{self.action} is about {self.about}, and takes no such parameter")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Intent[R]:
        """Return what to hand to the door."""
        bound = self.takes.bind(*args, **kwargs)
        bound.apply_defaults()
        return Intent(self, bound.arguments)


@dataclass(frozen=True, slots=True)
class Intent(Generic[R]):
    """Something that a person or the clock wants done: a handler, and what it is given. `R` is what the caller gets back."""

    handler: Handler[..., R]
    given: Mapping[str, Any] = field(repr=False)

    @property
    def action(self) -> str:
        """Its name in the audit log."""
        return self.handler.action

    @property
    def subject(self) -> str:
        """The id of what the intent is about, for the audit log; see `Handler.about`."""
        about = self.handler.about
        if callable(about):
            return about(**self.given)
        return str(self.given[about]) if about else ""

    def prefetch(self, person_id: int | None, named: Collection[str]) -> Prefetch | None:
        """Return the rows that its handler will read, so that the database can read them for several intents at once;
        None if that isn't worth it. `named` are the addresses that the policy names.
        """
        return self.handler.prefetch(person_id, named=named, **self.given) if self.handler.prefetch else None

    def do(self, ctx: Context) -> Result[R]:
        """Run the handler. Only the door calls this."""
        return self.handler.do(ctx, **self.given)


def handler(
    action: str, *, clause: str = "", about: str | Callable[..., str] = "", private: bool = False,
    prefetch: Callable[..., Prefetch | None] | None = None,
) -> Callable[[Callable[Concatenate[Context, P], Result[R]]], Handler[P, R]]:  # fmt: skip
    """Return a decorator that makes a function of a `Context` a `Handler` and lists it in `HANDLERS`. The parameters
    are those of `Handler`.
    """

    def decorate(do: Callable[Concatenate[Context, P], Result[R]]) -> Handler[P, R]:
        made = Handler(do, action, clause, about, private, prefetch)
        HANDLERS.append(made)
        return made

    return decorate


LEASE = timedelta(seconds=25)
"""How long an effect belongs to the process that took it."""


@dataclass(frozen=True, slots=True)
class Show:
    """Bring one person's copy of a matter's card up to date: posted if it isn't there, else redrawn.

    `revision` is the matter's at the time; a copy never goes back to an older one. `again` tells a second try at the
    same revision from the first, for a copy that stayed behind.
    """

    person: int
    matter: str
    revision: int
    again: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    """A private word to one person that needs no card. `once` makes it one message however often it is asked for.

    `button` names the button that the words speak of (`handlers/telling.py`), and `matter` what it is about; or `opens`, where
    that is no matter and makes no other word of it.
    """

    person: int
    words: str
    once: str
    button: str = ""
    matter: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Whisper:
    """A word that only this person sees and that needn't last, because a card says the same.

    `platform` is where the person pressed something, and so where it is said.
    """

    person: int
    words: str
    once: str
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Redraw a person's home on a platform. `fresh` if they asked for it: it is then posted where they are looking."""

    person: int
    platform: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Warn:
    """Tell one person of an alarm; if that fails, the next one is told.

    `alarm` is the id of the attempt. `matter` is what Details opens, or empty.
    """

    person: int
    words: str
    alarm: str
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """Log an alarm that couldn't be told to anyone the policy names. `person` is the one it is about."""

    person: int
    subject: str
    alarm: str


@dataclass(frozen=True, slots=True)
class Blank:
    """Post a form on a platform where a form is a message.

    `about` says what it is about, or sets it apart from others: if an interruption posts it twice, it can still be sent
    only once. `before` is a request whose answers it starts with, and `sought` the words searched for.
    """

    person: int
    form: str
    about: str
    platform: str = ""
    before: str = ""
    sought: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """All that a person is reminded of at one time, as one message; `reminders` are their ids, `once` makes it one."""

    person: int
    reminders: tuple[str, ...]
    once: str


Effect = Show | Tell | Whisper | Home | Warn | Alert | Blank | Digest

InOrder = Show | Tell | Digest
"""Effects that must reach a person in order. All others have no order and hold nothing up."""

Placed = Whisper | Home | Blank
"""Effects tied to one platform (an empty `platform` means any). The others go wherever the person can be reached."""

Awaited = Whisper | Home | Blank
"""Effects that answer what a person just did."""

Once = Tell | Whisper
"""Effects that are carried out once, however often they are asked for."""

_KINDS: Mapping[str, TypeAdapter[Effect]] = MappingProxyType(
    {kind.__name__.lower(): unseen_adapter(kind) for kind in get_args(Effect)}
)


class Unreadable(Exception):
    """A row that holds no valid effect, so it can never be carried out."""


def kind_of(effect: Effect) -> str:
    """Return the name under which a row keeps this kind of effect."""
    return type(effect).__name__.lower()


def lane_of(effect: Effect) -> str:
    """Return the lane of an effect: effects in one lane reach a person in order. Empty means no order."""
    if isinstance(effect, InOrder):
        return "in order"
    return home_name(effect.platform) if isinstance(effect, Home) else ""


def encode_effect(effect: Effect) -> dict[str, Any]:
    """Return what a row keeps of an effect beside its kind and whom it is for. Some fields are left out while they are
    empty.
    """
    values = {one.name: getattr(effect, one.name) for one in fields(effect) if one.name != "person"}
    return {
        name: value for name, value in values.items() if value or name not in ("again", "button", "matter", "opens")
    }


def seal_effect(keys: Keys, name: str, effect: Effect) -> tuple[dict[str, Any], str]:
    """Return what the row of this name keeps of an effect, and its seal."""
    payload = encode_effect(effect)
    return payload, seal_of(keys, name, kind_of(effect), effect.person, payload)


def seal_of(keys: Keys, name: str, kind: str, person: int, payload: Mapping[str, Any]) -> str:
    """Return the seal of an effect, which stops anyone without the key from adding, changing or redirecting one."""
    return keys.mark("effect", name, kind, str(person), compact(payload))


def decode_effect(kind: str, person: int, payload: Mapping[str, Any]) -> Effect:
    """Return the effect that a row holds; raises `Unreadable`."""
    try:
        return _KINDS[kind].validate_python({**payload, "person": person})
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Unreadable(kind) from error


def home_name(platform: str) -> str:
    """Return the name of a person's home on a platform, as a lane and among the copies of cards.
    `platform` is empty where the home isn't a message.
    """
    return f"home:{platform}"
