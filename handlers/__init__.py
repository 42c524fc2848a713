"""Table of contents: the rooms, and what they bring together; two rooms that bring the same name are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from handlers import (
    away,
    delivering,
    explaining,
    home,
    inbox,
    journal,
    keeping,
    listening,
    master_key,
    people,
    plain_words,
    recordings,
    whose_data,
)
from handlers.access import room as access
from handlers.acting import Blank, Context, Result, handler
from handlers.breach import room as breach
from handlers.cards import Filled, Page, Sheet
from handlers.customers import room as customers
from handlers.declined import room as declined
from handlers.digest import room as digest
from handlers.figures import room as figures
from handlers.forms import Answers, Form
from handlers.holds import room as holds
from handlers.matters import reminding, showing
from handlers.matters.showing import MatterOf
from handlers.notices import room as notices
from handlers.plain_words import Lead
from handlers.policy import Policy
from handlers.policy_review import room as policy_review
from handlers.random_review import room as random_review
from handlers.retention import room as retention
from handlers.room import (
    ROOMS,
    Asks,
    Button,
    Chore,
    Command,
    Does,
    Given,
    Opens,
    Room,
    Search,
    Wants,
    form_to_post,
    introduction_for,
)
from handlers.rules import Refused
from handlers.sealing import new_id

K = TypeVar("K")
V = TypeVar("V")

ROOMS.extend((
    access.ROOM, customers.ROOM, breach.ROOM, declined.ROOM, explaining.ROOM, policy_review.ROOM, random_review.ROOM, random_review.REVIEWS,
    notices.ROOM, listening.ROOM, recordings.ROOM, retention.ROOM, holds.ROOM, figures.ROOM, journal.ROOM, digest.ROOM,
    away.ROOM, whose_data.ROOM, showing.ROOM, reminding.ROOM, home.ROOM,
))  # fmt: skip


def merge_rooms(brought: Iterable[tuple[Room, Iterable[tuple[K, V]]]]) -> dict[K, V]:
    """Merge what the rooms bring into one mapping; raises `ValueError` if two rooms bring the same name."""
    merged: dict[K, V] = {}
    brought_by: dict[K, str] = {}
    for room, pairs in brought:
        for name, thing in pairs:
            if name in merged:
                raise ValueError(f"{name} comes from both {brought_by[name]} and {room.name}")
            merged[name], brought_by[name] = thing, room.name
    return merged


WITHOUT_A_ROOM = (delivering, inbox, master_key, keeping, people)
"""Modules with handlers that people never see: only the clock, the delivery and the command line use them."""

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
"""Web pages open to everyone, by path; each takes the words to search for."""


@handler("form.open")
def open_form(ctx: Context, form: str, about: str = "", *, post: bool = False) -> Result[None]:
    """Open a form. People who may not act are refused now, not only after they have filled it in.
    With `post` the form comes as a message of its own. It is about `about`; if it begins something new, it has an id,
    so that it is sent only once, and it is filled in from the earlier request `about`.
    """
    asks, me, platform = find_form(form), ctx.me, ctx.who.platform
    if about or asks.new:
        introduction_for(ctx, asks, about)
    if not post:
        return Result(None, quiet=True)
    blank = Blank(me.id, form, new_id("S"), platform, about) if asks.new else Blank(me.id, form, about, platform)
    return Result(None, (blank,), quiet=True)


def _posts_form(form: str) -> Wants:
    """Return what posts this form as a message: about the value or, if it begins something new, filled in from it."""
    return lambda value: open_form(form, value, post=True)


WANTED: Mapping[str, Wants] = merge_rooms((
    *((room, room.words.items()) for room in ROOMS),
    *((room, ((name, one.intent) for name, one in room.buttons.items() if isinstance(one, Does))) for room in ROOMS),
    *((room, ((one.kind.name, _posts_form(one.kind.name)) for one in room.forms if not one.private)) for room in ROOMS),
))  # fmt: skip
"""What can be kept until a platform says who asks: by the name of a button, of a form as a message, or of what was typed."""


def lead_from_words(policy: Policy, command: str, words: str) -> Lead | None:
    """Return where free words lead; None if there are none, or if the command takes none.
    `command` is the one before the words, or empty.
    """
    policy_page = COMMANDS["recording-policy"].page
    return plain_words.find_lead(policy, command, words, policy_page) if policy_page else None


def is_private(form: str) -> bool:
    """Return True if this form leaves no trace of who opens or sends it; False for an unknown form."""
    return form in FORMS and FORMS[form].private


def done_words(button: str) -> str:
    """Return what is said once a command has done the same as this button; empty if no command does."""
    return next((one.done for one in COMMANDS.values() if one.does == button), "")


def words_meanwhile(button: str, words: str) -> str:
    """Return the words for a press that can't be done yet, followed by what the command tells people to do meanwhile."""
    more = next((one.meanwhile for one in COMMANDS.values() if one.does == button), "")
    return f"{words} {more}" if more else words


def button_label(button: str) -> str:
    """Return the label by which messages in words refer to a button; empty for an unknown button."""
    return BUTTONS[button].label if button in BUTTONS else ""


def opened_by(button: str) -> str:
    """Return the form that a button opens; empty if it opens none."""
    found = BUTTONS.get(button)
    return found.form if isinstance(found, Opens) else ""


def find_form(form: str) -> Asks:
    """Return the form of this name; raises `Refused` if there is none, or no longer."""
    if form not in FORMS:
        raise Refused("This form is out of date. Please open it again.", code="old_form")
    return FORMS[form]


def form_of(name: str, given: Given) -> type[Form]:
    """Return the form of this name as it is needed now; raises `Refused` like `find_form`."""
    return find_form(name).form(given)


def form_needed(name: str, answers: Answers) -> str:
    """Return the name of the form that these answers need: this one, or another one that a choice leads to.
    Raises `Refused` like `find_form`.
    """
    leads = find_form(name).leads
    return (leads(answers) if leads else "") or name


def blank_form(ctx: Context, wanted: Blank) -> tuple[Sheet, Filled]:
    """Return the form that a `Blank` posts for the current person, with its values and options."""
    return form_to_post(ctx, wanted, find_form(wanted.form), SEARCHES)


def form_introduction(ctx: Context, form: str, about: str) -> str:
    """Return the text above a form's fields for this person, in addition to the form's own; raises `Refused`."""
    return introduction_for(ctx, find_form(form), about)
