"""What people see, said once: cards made of a few parts, which each chat platform only draws, and letters, which the mail does (P8)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Sign(StrEnum):
    """The sign beside a state. The word is always there too, so nothing depends on colour or picture alone."""

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
    `brief` has no city told, and the line's time only if its day is another one: Details has both.
    """

    at: datetime
    zone: str = ""
    now: datetime | None = None
    left: str = ""
    exact: bool = False
    brief: bool = False


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
    """Words shown exactly as they are, such as what a person typed, under a label where one is needed."""

    label: str
    words: str


def said(*told: tuple[str, str]) -> tuple[Said, ...]:
    """Return what a person wrote, each text under its label; empty ones are left out."""
    return tuple(Said(label, words) for label, words in told if words)


@dataclass(frozen=True, slots=True)
class Line:
    """One plain sentence or two from the bot."""

    words: Words
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Small:
    """The last line of a card: id, clause, and who else sees it. `apart` sets it off from similar text above."""

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
        """What the card is, in a few words; the summary if it has no title."""
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
    """A form as it is drawn: `name` says which one, and `about` what it is about (a request's id).

    `sought` is the search it was opened with: look-ups offer its results before anything is typed. `half`: it may be
    sent incomplete, because the answers may lead to another form, so the client must not insist; what is missing is
    said after sending.
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
        """True if its fields depend on answers, so that it is redrawn while it is filled in."""
        return any(isinstance(one, Choice | Lookup) and one.redraws for one in self.fields)


@dataclass(frozen=True, slots=True)
class Filled:
    """The contents of a form by field: what was typed or chosen, and what needs fixing.

    `offered` gives the options of a look-up: the names of what was chosen, and for clients that can't search, what is
    offered before typing. A problem that belongs to no field is shown at the top.
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
    """A letter in plain parts. All of it is literal, so no markup takes effect; a paragraph may have several lines.

    `link` is an address, and `link_label` the text of its button. `facts` are name and value pairs below the
    paragraphs, and `small` the closing sentences. Raises ValueError if the link isn't a web address, or if only one of
    link and label is given.
    """

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    link: str = ""
    link_label: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    small: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the link; see the class."""
        if self.link and not re.fullmatch(r"https?://[!-;=?-~]+", self.link):
            raise ValueError("a link in a letter is a web address")
        if bool(self.link) != bool(self.link_label.strip()):
            raise ValueError("a link has a label, and a label a link")
