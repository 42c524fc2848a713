"""The home: what waits for you, what you asked for, what you may hear now, and the access that you gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from handlers.cards import (
    Actions,
    Button,
    Card,
    Heading,
    Line,
    Part,
    Row,
    Sign,
    Small,
    Title,
    When,
)
from handlers.door import Act, Done, Intent, behind
from handlers.effects import Home
from handlers.rules import access as rule
from handlers.rules.refusal import Refused
from handlers.words import SIGNS, calls_words, days_left
from storage.records import Grant, Person, Remark, Request

SHOWN = timedelta(days=30)
MOST, MOST_GIVEN = 8, 20  # a page takes a hundred blocks at most, and access that was given must be in reach


@dataclass(frozen=True)
class OpenHome(Intent[None]):
    """Somebody looks at his or her home."""

    action: ClassVar[str] = "home.open"


@dataclass(frozen=True)
class Prefer(Intent[None]):
    """Somebody who has accounts on several platforms says where messages are to go."""

    action: ClassVar[str] = "home.prefer"
    platform: str


def open_home(act: Act, wanted: OpenHome) -> Done[None]:
    """Draw the home now, and again whenever something on it changes."""
    me = act.me
    act.store.people.saw_home(*act.who.address, act.now)
    # Whoever looks may have been out of reach when a card changed.
    return Done(None, (*behind(act, me.id), Home(me.id, act.who.platform, fresh=True)), quiet=True)


def prefer(act: Act, wanted: Prefer) -> Done[None]:
    """From now on messages reach the person there; cards that hang elsewhere already are kept up to date where they are."""
    me = act.me
    if wanted.platform not in act.store.people.platforms(me.id):
        raise Refused("You have no account there that I know of. Please say hello to me there first.")
    me.prefers = wanted.platform
    homes = tuple(Home(me.id, one.platform) for one in act.store.people.homes(me.id))
    return Done(None, homes, f"person:{me.id}", {"platform": wanted.platform})


def home(act: Act) -> Card:
    """The home of the person who asks."""
    me, requests = act.me, act.store.requests
    waiting = requests.waiting_for(me.id)
    held = requests.open_grants(act.now, held_by=me.id)
    mine = requests.asked_by(me.id, act.now - SHOWN)
    given = requests.open_grants(act.now, given_by=me.id)
    asked = [(one, question) for one in mine if (question := _open_question(act, one))]
    rows = [*(_asked_row(act, *one) for one in asked), *(_waiting_row(act, one) for one in waiting)]
    undecided = sum(one.state in rule.OPEN for one in mine)
    lists = [
        *_section("Waiting for you", rows),
        *_section("You may hear now", [_held_row(act, one) for one in held]),
        *_section("You asked for", [_mine_row(act, one) for one in mine]),
        *_section("Access that you gave", [_given_row(act, one) for one in reversed(given)], MOST_GIVEN),
    ]
    counts = {"waiting for you": len(rows), "to hear": len(held), "of yours undecided": undecided}
    state = " · ".join(f"{count} {what}" for what, count in counts.items() if count)
    parts = (
        Title(Sign.NOTE, "Call recordings", state or "nothing waits for you"),
        *(() if lists else (Line("What you ask for and what waits for you will stand here."),)),
        Actions((Button("request", "Ask for a recording", "", "primary"),)),
        *lists,
        *_reached(act, me),
        Small("P7 · P9 · Every listening is recorded."),
    )
    return Card(parts, "Your call recordings at a glance.")


def closed(words: str) -> Card:
    """The home of an account that may not act: a sentence that says why."""
    return Card((Title(Sign.NOTE, "Call recordings", "not open to this account"), Line(words)), words)


def _reached(act: Act, me: Person) -> list[Row]:
    """Where messages go, for somebody who can be reached on several chat platforms."""
    names = act.store.people.platforms(me.id)
    now = me.prefers if me.prefers in names else (names or [""])[0]
    words = f"Messages reach you in {now.title()}."
    return [Row(words, Button("prefer", f"Use {one.title()}", one)) for one in names if one != now]


def _section(heading: str, rows: list[Row], most: int = MOST) -> list[Part]:
    """What there is of a kind; nothing where there is none, since the first line counts what there is."""
    more = [Line(f"And {len(rows) - most} more.")] if len(rows) > most else []
    return [Heading(heading), *rows[:most], *more] if rows else []


def _waiting_row(act: Act, request: Request) -> Row:
    who = act.store.people.get(request.requester_id).name
    label = act.policy.reasons[request.reason].label
    return Row(
        (who, f" · {label}"),
        Button("details", "Details", request.id, "primary"),
        (f"{request.id} · ", When(request.asked_at, now=act.now)),
    )


def _open_question(act: Act, request: Request) -> Remark | None:
    """The question about one's own request that waits for one's answer."""
    remarks = act.store.requests.remarks(request.id) if request.state in rule.OPEN else []
    return remarks[-1] if remarks and remarks[-1].kind == "question" else None


def _asked_row(act: Act, request: Request, question: Remark) -> Row:
    who = act.store.people.get(question.person_id).name
    label = act.policy.reasons[request.reason].label
    button = Button("details", "Details", request.id, "primary")
    words = (f"{Sign.QUESTION} ", who, f" has a question for you · {label}")
    return Row(words, button, (f"{request.id} · ", When(question.at, now=act.now)))


def _held_row(act: Act, grant: Grant) -> Row:
    label, today = _reason(act, grant), act.now.astimezone(ZoneInfo(act.me.zone)).date()
    words = f"{label} · {calls_words(act.store.recordings.of_grant(grant), today)}"
    until = (f"{grant.request_id} · until ", When(grant.ends_at, now=act.now, left=days_left(grant.ends_at, act.now)))
    return Row(words, Button("listen", "Listen", grant.request_id, "primary"), until)


def _reason(act: Act, grant: Grant) -> str:
    request = act.store.requests.get(grant.request_id)
    return act.policy.reasons[request.reason].label if request else grant.request_id


def _mine_row(act: Act, request: Request) -> Row:
    label = act.policy.reasons[request.reason].label
    sign, state = _stands(act, request)
    words = f"{sign} {state} · {label}"
    return Row(
        words, Button("details", "Details", request.id), (f"{request.id} · ", When(request.asked_at, now=act.now))
    )


def _stands(act: Act, request: Request) -> tuple[Sign, str]:
    """How a request stands now: an approval is past once its access has ended or was withdrawn."""
    grant = act.store.requests.grant_of(request.id) if request.state == "approved" else None
    if grant is None or (grant.ended_at is None and act.now < grant.ends_at):
        return SIGNS[request.state], request.state.capitalize()
    return (SIGNS["ended"], "Access ended") if grant.ended_by is None else (SIGNS["withdrawn"], "Access withdrawn")


def _given_row(act: Act, grant: Grant) -> Row:
    who = act.store.people.get(grant.person_id).name
    confirm = f"{who} can no longer hear these calls."
    button = Button("end", "Withdraw", grant.request_id, "danger", confirm)
    until = (f"{grant.request_id} · until ", When(grant.ends_at, now=act.now, left=days_left(grant.ends_at, act.now)))
    return Row((who, f" · {_reason(act, grant)}"), button, until)
