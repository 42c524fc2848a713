"""Table of contents: the rooms, and what they bring together; two rooms that bring the same name are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from handlers import (
    alarms,
    away,
    delivering,
    explaining,
    inbox,
    journal,
    keeping,
    listening,
    master_key,
    opening,
    people,
    plain_words,
    recordings,
    settling,
    waiting_clock,
)
from handlers import home as at_home
from handlers.access import room as access
from handlers.acting import Context, Result
from handlers.breach import cards as breach_cards
from handlers.breach import clock
from handlers.breach import room as breach
from handlers.breach import steps as breach_steps
from handlers.breach.state import HandlerView
from handlers.cards import Card, Filled, Page, Sheet
from handlers.customers import letters, serving
from handlers.customers import room as customers
from handlers.declined import room as declined
from handlers.declined import saying
from handlers.digest import room as digest
from handlers.effects import Blank
from handlers.figures import room as figures
from handlers.forms import Answers, Form
from handlers.handling import handler
from handlers.holds import room as holds
from handlers.matters import reminding, showing
from handlers.matters.reminding import Morning
from handlers.matters.showing import MatterOf
from handlers.notices import room as notices
from handlers.plain_words import Lead
from handlers.policy import Policy
from handlers.policy_review import room as policy_review
from handlers.random_review import room as random_review
from handlers.retention import room as retention
from handlers.room import (
    Asks,
    Button,
    Chore,
    Command,
    Does,
    Given,
    Opens,
    Room,
    Search,
    Shown,
    Wants,
)
from handlers.rules.refusal import Refused
from handlers.whose_data import room as whose_data

K = TypeVar("K")
V = TypeVar("V")

_FEATURES = (
    access.ROOM,
    customers.ROOM,
    breach.ROOM,
    declined.ROOM,
    explaining.ROOM,
    policy_review.ROOM,
    random_review.ROOM,
    random_review.REVIEWS,
    notices.ROOM,
    listening.ROOM,
    recordings.ROOM,
    retention.ROOM,
    holds.ROOM,
    figures.ROOM,
    alarms.ROOM,
    waiting_clock.ROOM,
    digest.digest_room(lambda: ROOMS, lambda: BUTTONS),
    away.ROOM,
    whose_data.ROOM,
)
ROOMS: tuple[Room, ...] = (
    *_FEATURES, showing.details_room(_FEATURES), reminding.reminding_room(_FEATURES), at_home.home_room(_FEATURES), plain_words.plain_words_room(_FEATURES),
)  # fmt: skip
"""Everything that the program does for people, each feature in its room."""


def merge_rooms(brought: Iterable[tuple[Room, Iterable[tuple[K, V]]]]) -> dict[K, V]:
    """What several rooms bring, by name; raises `ValueError` where two bring the same."""
    found: dict[K, V] = {}
    whose: dict[K, str] = {}
    for room, pairs in brought:
        for name, one in pairs:
            if name in found:
                raise ValueError(f"{name} is brought by {whose[name]} and by {room.name}")
            found[name], whose[name] = one, room.name
    return found


WITHOUT_A_ROOM = (delivering, inbox, journal, master_key, keeping, people, settling, recordings)
"""What has handlers and nothing that people see: the clock, the delivery and the command line want them."""

BEHIND_A_ROOM = (clock, breach_steps, letters, serving, saying)
"""Handlers that belong to a room and are wanted past it: by a page, the clock or the delivery."""

COMMANDS: Mapping[str, Command] = merge_rooms((room, room.commands.items()) for room in ROOMS)
"""What people type, without a platform's slash."""

BUTTONS: Mapping[str, Button] = merge_rooms((room, room.buttons.items()) for room in ROOMS)
"""What a button leads to, by its action."""

FORMS: Mapping[str, Asks] = merge_rooms((room, ((one.kind.name, one) for one in room.forms)) for room in ROOMS)
"""Forms, by name, as they are opened."""

SEARCHES: Mapping[str, Search] = merge_rooms((room, room.searches.items()) for room in ROOMS)
"""What look-ups search, by the name of their source."""

CHANGES: Mapping[str, Does] = {name: one for name, one in BUTTONS.items() if isinstance(one, Does)}
"""Buttons that change something when they are pressed, so that it is not done too late."""

DUE: Mapping[str, Wants] = merge_rooms((room, room.due.items()) for room in ROOMS)
"""Deadlines: what the clock wants when one has come."""

CALLS: tuple[Chore, ...] = tuple(room.calls for room in ROOMS if room.calls is not None)
"""What is done after calls have changed."""

MATTERS: tuple[MatterOf[Any], ...] = tuple(room.matter for room in ROOMS if room.matter is not None)
"""Every kind of matter."""

BEGINS = tuple(button for room in ROOMS for button in room.begins)
"""Buttons that begin something."""

PUBLIC: Mapping[str, Callable[[Policy, str], Page]] = merge_rooms((room, room.public.items()) for room in ROOMS)
"""Web pages for everybody, by path; each takes the words that somebody looks for."""

SOUGHT = "sought:"
"""Stands before the name of a form that is to be filled in for what somebody looks for."""

WANTED: Mapping[str, Wants] = merge_rooms((
    *((room, room.words.items()) for room in ROOMS),
    *((room, ((name, one.intent) for name, one in room.buttons.items() if isinstance(one, Does))) for room in ROOMS),
    *((room, ((one.kind.name, one.wants) for one in room.forms if not one.private)) for room in ROOMS),
    *((room, ((f"{SOUGHT}{one.kind.name}", one.looks_for) for one in room.forms if one.sought)) for room in ROOMS),
))  # fmt: skip
"""What can be kept until a platform says who asks: by the name of a button, of a form as a message, or of what was typed."""


@handler("breach.read", clause="P13", about="report", private=True)
def read_report(ctx: Context, report: str, session: str) -> Result[HandlerView]:
    """The page of a report; all rooms are asked whether its reader may know of a matter (P9)."""
    return breach_steps.open_report(ctx, report, session, lambda: ROOMS)


@handler("breach.gather", clause="P13", about="report", private=True)
def gather_calls(ctx: Context, report: str, session: str, typed: str) -> Result[None]:
    """The calls that these words find, for a report; all rooms are asked as for its page."""
    return breach_steps.add_found_calls(ctx, report, session, typed, lambda: ROOMS)


@handler("matters.pressed", about="matter")
def note_press(ctx: Context, matter: str) -> Result[None]:
    """A press on a matter's card: whoever pressed can be reached."""
    return showing.note_press(ctx, ROOMS, matter)


def lead_from_words(policy: Policy, command: str, words: str) -> Lead | None:
    """Where words of one's own lead, behind a command or (empty) without one; None where there are none, or none are read."""
    answered = COMMANDS["recording-policy"].page
    return plain_words.find_lead(policy, command, words, answered) if answered else None


def is_private(form: str) -> bool:
    """Whether this form leaves no trace of who opens or sends it; not so for one that there is not."""
    return form in FORMS and FORMS[form].private


def matter_of(matter: str) -> MatterOf[Any]:
    """The kind of matter that has this id; raises `Refused`."""
    return showing.kind_of(ROOMS, matter)


def show_card(ctx: Context, matter: str, reader: int) -> Shown | None:
    """A matter's card as it is for one reader now; None where that reader holds no copy. Raises `Refused` for what is none."""
    found = matter_of(matter).shown(ctx, matter, reader)
    return found and showing.leading_on(found, matter)


def shown_in_confidence(ctx: Context, report: str, message: str) -> Card | None:
    """A report's card as it is now for who asks, in the place of this message; None for anybody else, and for what is none."""
    return breach_cards.report_shown(ctx, report, message)


def morning_message(ctx: Context, reminders: Iterable[str]) -> Morning | None:
    """One message about these reminders, for whom they are; None where none of them is so any more."""
    return reminding.morning_message(ctx, ROOMS, reminders)


def still_asked(ctx: Context, matter: str, person: int) -> bool:
    """Whether a matter's card may still come to this person as a reminder."""
    return reminding.still_asked(ctx, ROOMS, matter, person)


def home_of(ctx: Context) -> Card:
    """The home of the person who asks."""
    return at_home.draw_home(ctx, ROOMS)


def done_words(button: str) -> str:
    """What is said where a command does what this button does; empty where none does."""
    return next((one.done for one in COMMANDS.values() if one.does == button), "")


def words_meanwhile(button: str, words: str) -> str:
    """These words for whoever pressed something that could not be done yet, with what to do until then, where there is anything."""
    more = next((one.meanwhile for one in COMMANDS.values() if one.does == button), "")
    return f"{words} {more}" if more else words


def button_label(button: str) -> str:
    """What a button says where a line in words speaks of it; empty for one that there is not."""
    return BUTTONS[button].label if button in BUTTONS else ""


def opened_by(button: str) -> str:
    """The form that a button opens; empty where it opens none."""
    found = BUTTONS.get(button)
    return found.form if isinstance(found, Opens) else ""


def find_form(form: str) -> Asks:
    """The form of this name; raises `Refused` where there is none (any more)."""
    if form not in FORMS:
        raise Refused("This form is out of date. Please open it again.", code="old_form")
    return FORMS[form]


def form_of(name: str, given: Given) -> type[Form]:
    """The form of this name, as it is needed as things are; raises `Refused` as `find_form`."""
    return find_form(name).form(given)


def form_needed(name: str, answers: Answers) -> str:
    """The form that these answers need, which may be another one than that of this name; raises `Refused` as `find_form`."""
    leads = find_form(name).leads
    return (leads(answers) if leads else "") or name


def blank_form(ctx: Context, wanted: Blank) -> tuple[Sheet, Filled]:
    """The form that a `Blank` is to post, as it is for who asks now, and what stands in it or can be chosen."""
    return opening.form_to_post(ctx, wanted, find_form(wanted.form), SEARCHES)


def form_introduction(ctx: Context, form: str, about: str) -> str:
    """What stands above a form's fields for who asks, beyond the form's own words; raises `Refused`."""
    return opening.introduction_for(ctx, find_form(form), about)
