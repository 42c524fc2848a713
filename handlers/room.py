"""What a feature brings: commands, buttons, forms and how they are opened, deadlines, its matter and its lists at home.

Each feature has a `ROOM`; `handlers/__init__.py` lists them. Desk, clock and chat platforms know no feature by name, and of the delivery two workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from handlers import cards
from handlers.acting import Blank, Context, Intent
from handlers.cards import Card, Filled, Lookup, Option, Page, Row, Sheet
from handlers.forms import Answers, Form
from handlers.policy import Policy
from handlers.rules import Refused
from handlers.sealing import Keys
from storage.database.store import Store

if TYPE_CHECKING:
    from handlers.matters.showing import MatterOf

Back = Literal["home", "matter"]
Wants = Callable[[str], Intent[None]]


@dataclass(frozen=True, slots=True)
class Does:
    """A button that does something at once: an `intent` of its value.

    `back` is the page shown afterwards; messages in words refer to the button by its `label`.
    """

    intent: Wants
    label: str
    back: Back = "matter"


@dataclass(frozen=True, slots=True)
class Opens:
    """A button that opens a form about its value; `prefilled`: the value is what was asked before, and is in the form."""

    form: str
    label: str
    prefilled: bool = False


@dataclass(frozen=True, slots=True)
class Shows:
    """A button that shows a page. `back` is the button that leads back where pages replace the card: `matter` from a card's button, else `home`.

    One that `turns` is on such a page itself and turns to the next.
    """

    page: Callable[[Context, str], Page]
    label: str
    back: Back = "home"
    turns: bool = False


@dataclass(frozen=True, slots=True)
class Hands:
    """A button that does an intent and shows its answer on a page.

    `page` takes the answer and the public address of the web pages.
    """

    intent: Callable[[str], Intent[Any]]
    page: Callable[[Any, str], Page]
    label: str
    back: Back = "matter"


PolicyPage = Callable[[Policy, str, int], Page]
"""A page from the policy alone, about some words. The last is the reader's id; 0 for one who may not act or read names."""


@dataclass(frozen=True, slots=True)
class Tells:
    """A button that tells the person something from the policy."""

    page: PolicyPage
    label: str


Button = Does | Opens | Shows | Hands | Tells


@dataclass(frozen=True, slots=True)
class Command:
    """What people type.

    `says` is its entry in the list of commands, and `helps` the text for a person who asks for help (`{word}`: as it is
    typed). It opens a form, tells something about the words after it, or `does` what a button does and says `done`. If
    it has to be kept for later, the person reads `meanwhile` what to do. `asks` is the text above its button if it was
    chosen from a menu. `short` replaces `says` in a menu with room for 32 characters.
    """

    says: str
    helps: str
    form: str = ""
    page: PolicyPage | None = None
    does: str = ""
    done: str = ""
    meanwhile: str = ""
    asks: str = ""
    short: str = ""

    def help(self, word: str) -> str:
        """Return the help for the command; `word` is how it is typed."""
        return self.helps.format(word=word)


HELP = ("help", "?")  # what people write after a command to learn what it does


class Given(NamedTuple):
    """What decides which fields a form has: the policy, the moment (aware), what it is about, and the answers so far."""

    policy: Policy
    now: datetime
    about: str = ""
    answers: Answers = MappingProxyType({})


def card_shows(about: str) -> Page:
    """Return the page shown after sending a form about a matter."""
    return Page("Done", (cards.Line(f"You can see it on the card · {about.partition(':')[0]}"),))


def page_saying(words: str) -> Callable[[str], Page]:
    """Return a function that returns a page with these words, whatever the form was about."""
    return lambda _: Page("Sent", (cards.Line(words),))


Instead = Callable[[Keys, str, datetime, str], Page]
"""Of the keys, an account, the moment and the address of our web pages: what leads to a form on a page of ours."""


@dataclass(frozen=True, slots=True)
class Asks:
    """A form, and what sending it does.

    `send` makes the intent from what it is about, the form's answers and the submission's key. With `new`, sending it
    begins something new, and the key tells a second submission from the first. `variant` chooses the version of the
    form needed now, and `leads` the name of another form that these answers need, which replaces this one and keeps the
    shared answers. `intro` is the text above the fields for one reader, and `supplied` fills in fields that were left
    empty. `after` is a page to show after sending, or a sentence for where it was opened; `sent` is for a platform on
    which the form doesn't close. `sought` fills it in from a search, `again` from an earlier request.

    With `private` there is no trace of who opens or sends it except in the intent, whose handler gets the account in
    `ctx.who.account` and no person: no one is looked up, and `instead` draws a link where a form is a message.
    """

    kind: type[Form]
    send: Callable[[str, Any, str], Intent[Any]]
    sent: Callable[[str], Page] = card_shows
    new: bool = False
    variant: Callable[[Given], type[Form]] | None = None
    leads: Callable[[Answers], str] | None = None
    intro: Callable[[Context, str], str] | None = None
    supplied: Callable[[Context, Answers], Mapping[str, str]] | None = None
    after: Callable[[Any], Page | str] | None = None
    sought: Callable[[Context, str], tuple[Sheet, Filled]] | None = None
    again: Callable[[Context, str], tuple[Sheet, Filled]] | None = None
    private: bool = False
    instead: Instead | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` if a private form would look up the person or send typed answers out again."""
        drawn = self.variant or self.leads or self.intro or self.supplied or self.sought or self.again
        if self.private and (drawn or self.kind.redraws()):
            raise ValueError(f"{self.kind.name} is private, so nothing is filled in or redrawn for one reader")
        if self.kind.leads != bool(self.leads):
            raise ValueError(f"{self.kind.name} leads to another form, but doesn't say which")

    def form(self, given: Given) -> type[Form]:
        """Return the form of this name that is needed at present."""
        return self.variant(given) if self.variant else self.kind


@dataclass(frozen=True, slots=True)
class Search:
    """What a look-up in a form searches: by what was typed, and by the values of what was chosen before.

    One of a private form is `private` as well: a member asks, and the search is not told who.
    """

    find: Callable[[Context, str], list[Option]]
    named: Callable[[Context, Iterable[str]], list[Option]]
    private: bool = False


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """A card for one reader, and the revision of its matter that it shows."""

    card: Card
    revision: int


@dataclass(frozen=True, slots=True)
class Chore:
    """Work caused by changes of the register: what `find` returns is taken through the steps in order."""

    find: Callable[[Store, datetime], Sequence[str]]
    steps: Sequence[Wants]


@dataclass(frozen=True, slots=True)
class Rows:
    """A list at home: its heading, how many rows it has, and `rows(most, skip)`, which returns some of them.
    `told` is how the home's first line counts them.
    """

    heading: str
    number: int
    rows: Callable[[int, int], list[Row]]
    told: Sequence[tuple[int, str]] = ()


Lists: TypeAlias = Mapping[str, Callable[[], Rows]]
"""A person's lists by name; each is read only where it is shown."""


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that one feature brings.

    `begins` are the buttons that begin something, at home and below an answer in words. `due` is what the clock does,
    by kind of deadline. `words` handles words and platform events that are neither command nor button. `calls` runs
    after calls have changed. `lists` are its lists at home, by name. `public` are its web pages, by path, for everyone
    to read.
    """

    name: str
    commands: Mapping[str, Command] = field(default_factory=dict)
    buttons: Mapping[str, Button] = field(default_factory=dict)
    begins: Sequence[cards.Button] = ()
    forms: Sequence[Asks] = ()
    searches: Mapping[str, Search] = field(default_factory=dict)
    words: Mapping[str, Wants] = field(default_factory=dict)
    due: Mapping[str, Wants] = field(default_factory=dict)
    calls: Chore | None = None
    matter: MatterOf[Any] | None = None
    lists: Callable[[Context], Lists] | None = None
    public: Mapping[str, Callable[[Policy, str], Page]] = field(default_factory=dict)


ROOMS: list[Room] = []
"""Every room, in the order in which their lists stand at home; `handlers/__init__.py` fills it."""


def form_to_post(ctx: Context, intent: Blank, asks: Asks, searches: Mapping[str, Search]) -> tuple[Sheet, Filled]:
    """Return the form that a `Blank` posts for the current person, with its values and options."""
    if intent.before and asks.again:
        sheet, filled = asks.again(ctx, intent.before)
    elif intent.sought and asks.sought:
        sheet, filled = asks.sought(ctx, intent.sought)
    else:
        values = asks.supplied(ctx, {}) if asks.supplied and asks.new else {}
        kind = asks.form(Given(ctx.policy, ctx.now, intent.about))
        sheet, filled = kind.sheet(ctx.policy, "", _introduction_shown(ctx, asks, intent.about)), Filled(values)
    newest = {one.name: searches[one.source].find(ctx, "") for one in sheet.fields if isinstance(one, Lookup)}
    offered = {name: [*filled.offered.get(name, ()), *found] for name, found in newest.items()}
    return replace(sheet, about=intent.about), replace(filled, offered=offered)


def introduction_for(ctx: Context, asks: Asks, about: str) -> str:
    """Return the text above a form's fields for this person, in addition to the form's own; raises `Refused`."""
    return asks.intro(ctx, about) if asks.intro else ""


def _introduction_shown(ctx: Context, asks: Asks, about: str) -> str:
    """Return the text above a form's fields; empty for a person who may not use the form."""
    try:
        return introduction_for(ctx, asks, about)
    except Refused:
        return ""
