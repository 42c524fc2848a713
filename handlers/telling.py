"""Telling the Head of Customer Success something in words, with the buttons it needs (P12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from handlers.acting import Context, Effect, Tell
from handlers.cards import Actions, Button, Card, Line, Page, Part, Row, Sign, Words
from handlers.matters.asking import people_filling
from handlers.phrases import call_line, line_words, moment_words, quantity_words
from handlers.policy import RoleName
from handlers.rules import Refused
from storage.records import Recording

ON_A_LINE = "line:"
"""Prefix of the action of a button on a line in words: its message isn't a copy of the matter's card."""
HOME_BUTTON = Button("home", "Home", "")


def line_card(tell: Tell, label: str) -> Card:
    """Return the card of a `Tell`: its words, and its button if it names one; `label` is the text of that button."""
    if not label:
        return Card((Line(tell.words),), tell.words)
    button = Button(f"{ON_A_LINE}{tell.button}", label, tell.matter or tell.opens, "primary")
    if tell.button == "details":  # it stays when there is nothing left to do
        button = replace(button, style="plain")
    return Card((Line(tell.words), Actions((button,))), tell.words)


def details_button(matter: str) -> Actions:
    """Return the way from a message or a page to a matter's card."""
    return Actions((Button(f"{ON_A_LINE}details", "Details", matter),))


def alarm_card(words: str, matter: str) -> Card:
    """Return the card that tells a person of an alarm; Details opens the matter's card."""
    details = (details_button(matter),) if matter else ()
    return Card((Line(words, Sign.ALARM), *details), words)


def reminder_line(words: str, matter: str, small: Words = "") -> Row:
    """Return a line about a matter. Its button always works: Details has whatever can be done by then."""
    return Row(words, Button(f"{ON_A_LINE}details", "Details", matter, "primary"), small or matter)


def known_commands_words(commands: Iterable[str]) -> str:
    """Return the answer to words that are no command."""
    return f"You can type: {', '.join(commands)} or home."


def answer_card(words: str, begins: Iterable[Button]) -> Card:
    """Return an answer to what a person wrote, with the buttons that lead on."""
    return Card((Line(words), Actions((*begins, HOME_BUTTON))), words)


def tell_of(matter: str, people: Iterable[int], words: str, once: str) -> tuple[Tell, ...]:
    """Send these people a line about a matter with a way to its card, since an edited card isn't noticed."""
    return tuple(Tell(one, words, once, "details", matter) for one in people)


def names_asked(ctx: Context, detail: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the people who were just asked to decide (`asked_detail`), without the current person."""
    return tuple(ctx.store.people.get(one).name for one in map(int, detail["roles"]) if one != ctx.me.id)


TOLD_ROLES: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")


def tell_head(ctx: Context, words: str, once: str, button: str = "", opens: str = "") -> tuple[Tell, ...]:
    """Tell the Head, or the first role of `TOLD_ROLES` after it with someone who is available. `button` and `opens` are
    as in `Tell`.
    """
    return tuple(Tell(one, words, once, button, opens=opens) for one in who_is_told(ctx))


def who_is_told(ctx: Context) -> list[int]:
    """Return who reads what the Head is told today (`tell_head`); empty if no one can be reached."""
    return next((available for role in TOLD_ROLES if (available := people_filling(ctx, role))), [])


def may_be_told(ctx: Context) -> bool:
    """Return True if the current person holds or deputises in a role that may be told instead of the Head
    (`tell_head`).
    """
    return any(ctx.me.id in ctx.today.held(name).people for name in TOLD_ROLES)


BUTTON = "which_calls"
LABEL = "Which calls"
MOST_NAMED = 5
MOST_SHOWN = 40
LONGEST_ID = 9  # digits
VANISHED = "{calls} vanished from the recording system before I was due to erase {them}: {named}. I didn’t erase {them}, so there is no certificate. Please find out who did. If there are more this hour, they are in the audit log."
RECOVERABLE = (
    "Someone deleted {calls} in the recording system before I was due to erase {them}: {named}. No one can play "
    "{them} here, but the recording system still has the audio, and it can be recovered. I’ll erase what is left when "
    "the time comes. Please find out who did this. If there are more this hour, they are in the audit log."
)
PRESS = f" Press {LABEL} to see more of {{them}}."
NOBODY = "I can’t find these calls."


def tell_of_calls(ctx: Context, calls: Sequence[Recording], words: str, what: str) -> tuple[Effect, ...]:
    """Tell the Head of these calls, once an hour however many follow.

    A message can't be taken back when a call is erased, so it says no more of a call than its certificate does. The
    caller's number is behind the button, for as long as it may be known.
    """
    if not calls:
        return ()
    told = words.format(calls=quantity_words(len(calls), "call"), named=name_calls(ctx, calls), them=_it_or_them(calls))
    opens = ".".join(str(one.id) for one in calls[:MOST_SHOWN])
    once = f"{what}:{ctx.now:%Y%m%d%H}"
    return tell_head(ctx, f"{told}{PRESS.format(them=_it_or_them(calls))}", once, BUTTON, opens)


def name_calls(ctx: Context, calls: Sequence[Recording]) -> str:
    """Name these calls by number, beginning and line; five at most, and how many more there are."""
    told = "; ".join(_name_call(ctx, one) for one in calls[:MOST_NAMED])
    return f"{told}; and {len(calls) - MOST_NAMED} more" if len(calls) > MOST_NAMED else told


def _name_call(ctx: Context, one: Recording) -> str:
    """Name a call by its number in the register, its beginning and its line."""
    label, zone = line_words(one.line, ctx.policy)
    return f"call {one.id} of {moment_words(one.started, zone, ctx.now)}, {label}"


def calls_page(ctx: Context, about: str) -> Page:
    """Return these calls as cards name them now. Raises `Refused` unless the person may hear such messages."""
    numbers = [int(one) for one in about.split(".")[:MOST_SHOWN] if one.isascii() and one.isdigit()]
    found = ctx.store.recordings.all_of(one for one in numbers if one < 10**LONGEST_ID)
    if not found or not may_be_told(ctx):
        raise Refused(NOBODY, clause="P12", code="unknown")
    erased = ctx.store.erasures.erased(found)
    rows: list[Part] = [
        Row(call_line(one, ctx.policy, ctx.now, erased.get(one.id)), None, f"call {one.id} of the register")
        for one in found
    ]
    return Page(
        LABEL, (Line(f"{quantity_words(len(found), 'call')}, as the register has {_it_or_them(found)} now."), *rows)
    )


def _it_or_them(calls: Sequence[Recording]) -> str:
    return "it" if len(calls) == 1 else "them"
