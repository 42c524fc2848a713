"""What people see, said once: cards made of a few parts, which each chat platform only draws, and letters, which the mail does (P8)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Sign(StrEnum):
    """The sign beside a state; the word always stands beside it, so no colour or picture speaks alone."""

    WAITING = "⏳"
    APPROVED = "✅"
    DENIED = "⛔"
    WITHDRAWN = "↩️"
    ENDED = "⌛"
    QUESTION = "❓"
    ALARM = "⚠️"
    NOTE = "📋"


@dataclass(frozen=True, slots=True)
class When:
    """A moment, drawn in the reader's time zone by the platform's own date token; `at` is aware.

    `zone` (IANA) is the line's zone, named as well where it differs from the reader's; empty for moments of no line.
    `now` is when it is told: where the platform has no token, the year is named if it is another one. `left` says in
    words how far off a deadline or an end is; on a card, which stays, in words that stay true. `exact` has its seconds told.
    """

    at: datetime
    zone: str = ""
    now: datetime | None = None
    left: str = ""
    exact: bool = False


Words = str | When | tuple[str | When, ...]
"""Text as data: strings are always literal (no markup, no mention can come to life in them)."""


@dataclass(frozen=True, slots=True)
class Title:
    """First line of a card: what it is and its state, in a word and a sign."""

    sign: Sign
    what: str
    state: str


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs, drawn in two columns where there is room."""

    rows: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A person's own words, under a label where one is needed, shown as they were typed."""

    label: str
    words: str


def said(*told: tuple[str, str]) -> tuple[Said, ...]:
    """What somebody wrote, each under its label, without what was left empty."""
    return tuple(Said(label, words) for label, words in told if words)


@dataclass(frozen=True, slots=True)
class Line:
    """One plain sentence or two from the bot."""

    words: Words
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Small:
    """The last line of a card: id, clause, who else sees it; `apart` from what stands above where that looks alike."""

    words: Words
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """`action` names what is asked of the bot, `value` the thing it is asked for; `url` opens a page instead.

    `hint` says what else the button does, on hover and to screen readers.
    """

    action: str
    label: str
    value: str
    style: Literal["primary", "danger", "plain"] = "plain"
    confirm: str | None = None
    url: str | None = None
    hint: str = ""

    @property
    def told(self) -> str:
        """The label with its hint."""
        return f"{self.label} ({self.hint})" if self.hint else self.label


@dataclass(frozen=True, slots=True)
class Actions:
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line and one button, for lists such as the home."""

    words: Words
    button: Button | None = None
    small: Words | None = None


Part = Title | Heading | Facts | Said | Line | Small | Actions | Row


@dataclass(frozen=True, slots=True)
class Card:
    """Parts from top to bottom, and one full sentence for notifications and screen readers (nothing confidential).

    `rest` leads to all of it, and is drawn only where something had to be left out.
    """

    parts: tuple[Part, ...]
    summary: str
    rest: Button | None = None

    @property
    def title(self) -> str:
        """What it is, in a few words; the summary for a card that has no title."""
        return next((part.what for part in self.parts if isinstance(part, Title)), self.summary)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    small: str = ""


HINT = "hint"
"""The value of an option that only says something, such as what can be typed; chosen, it is no answer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Pick one of a closed list; `redraws` when the rest of the form depends on it, `initial` is chosen from the start."""

    name: str
    label: str
    options: tuple[Option, ...]
    help: str = ""
    redraws: bool = False
    optional: bool = False
    initial: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Pick up to `most` things by typing a part of them; `source` names the search, `redraws` as for a choice."""

    name: str
    label: str
    source: str
    most: int
    help: str = ""
    placeholder: str = ""
    optional: bool = False
    redraws: bool = False


@dataclass(frozen=True, slots=True)
class Short:
    """A line of text of at most `most` characters."""

    name: str
    label: str
    most: int
    help: str = ""
    placeholder: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Long:
    """A few lines of text of at most `most` characters."""

    name: str
    label: str
    most: int
    help: str = ""
    placeholder: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar, answered as 2026-11-24."""

    name: str
    label: str
    help: str = ""
    optional: bool = False


Field = Choice | Lookup | Short | Long | Day


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it is drawn: `name` says which, `about` carries what it is about (a request's id).

    `sought` is what was to be looked for when it was opened: look-ups offer that before anybody types. `half`: it may be
    sent half filled in, since that may lead elsewhere, so no client bars it; what is missing is said then.
    """

    name: str
    title: str
    send: str
    fields: tuple[Field, ...]
    about: str = ""
    intro: str = ""
    sought: str = ""
    half: bool = False

    @property
    def redraws(self) -> bool:
        """Whether its fields depend on what is answered, so that it is redrawn while it is filled in."""
        return any(isinstance(one, Choice | Lookup) and one.redraws for one in self.fields)


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a form: what was typed or chosen, and what is to be mended, both by field.

    `offered` gives options for a look-up by field: the names of what was chosen, and what stands there before anybody
    types, for clients that don't search. A problem of no field of the form stands at the top.
    """

    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, Sequence[Option]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A small dialog that only tells something; `parts` may hold a button that opens a page.

    `summary` is the sentence for screen readers, where the title does not do.
    """

    title: str
    parts: tuple[Part, ...]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it is said. Whatever stands in it is literal, so no markup comes to life; a paragraph may have several lines.

    `link` is an address to press, and `link_label` what the button says; `facts` are pairs of a name and what stands for it, below
    the paragraphs; `small` are the sentences at the end. Raises ValueError for a link that is no web address, or a link or a
    label without the other.
    """

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    link: str = ""
    link_label: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    small: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.link and not re.fullmatch(r"https?://[!-;=?-~]+", self.link):
            raise ValueError("a link in a letter is a web address")
        if bool(self.link) != bool(self.link_label.strip()):
            raise ValueError("a link has a label, and a label a link")
