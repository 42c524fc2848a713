"""Everything that ever leaves the bot, as data: committed with the state, done afterwards by the delivery.

A new kind is a class here, its place in the unions below, and a case where the delivery does it (`bot/delivery/`): the
type check names each place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from types import MappingProxyType
from typing import Any, get_args

from pydantic import TypeAdapter

from handlers.sealing import Keys, unseen_adapter
from storage.chain import compact

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
"""Effects of which one is left, however often they are asked for."""

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
    return at_home(effect.platform) if isinstance(effect, Home) else ""


def encode_effect(effect: Effect) -> dict[str, Any]:
    """Return what a row keeps of an effect beside its kind and whom it is for."""
    told = {one.name: getattr(effect, one.name) for one in fields(effect) if one.name != "person"}
    return {name: value for name, value in told.items() if value or name not in ("again", "button", "matter", "opens")}


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


def at_home(platform: str) -> str:
    """Return the name under which a home is kept among the copies of cards, on a platform if it is a message."""
    return f"home:{platform}"
