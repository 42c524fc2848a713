"""The home: what waits for you, what you asked for, what you may hear now, and the access that you gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from handlers.cards import (
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
from handlers.door import Act, Done, Intent
from handlers.effects import Home
from handlers.rules import access as rule
from handlers.words import SIGNS
from storage.records import Grant, Remark, Request

SHOWN = timedelta(days=30)
MOST = 12


@dataclass(frozen=True)
class OpenHome(Intent[None]):
    """Somebody looks at his or her home."""

    action: ClassVar[str] = "home.open"


def open_home(act: Act, wanted: OpenHome) -> Done[None]:
    """Draw the home now, and again whenever something on it changes."""
    me = act.me
    me.home_at = act.now
    return Done(None, (Home(me.id),), quiet=True)


def home(act: Act) -> Card:
    """The home of the person who asks."""
    me, requests = act.me, act.store.requests
    waiting = requests.waiting_for(me.id)
    held = requests.open_grants(act.now, held_by=me.id)
    mine = requests.asked_by(me.id, act.now - SHOWN)
    given = requests.open_grants(act.now, given_by=me.id)
    asked = [(one, question) for one in mine if (question := _open_question(act, one))]
    rows = [*(_asked_row(act, *one) for one in asked), *(_waiting_row(act, one) for one in waiting)]
    title = f"{len(rows)} waiting for you · {len(held)} to hear · {sum(one.state in rule.OPEN for one in mine)} of yours undecided"
    parts: list[Part] = [
        Title(Sign.NOTE, "Call recordings", title),
        Line("Type /recording-request to ask for a recording."),
    ]
    parts += _section(act, "Waiting for you", rows, "Nothing waits for your decision.")
    parts += _section(
        act, "You may hear now", [_held_row(act, one) for one in held], "No recording is open to you at the moment."
    )
    parts += _section(
        act, "You asked for", [_mine_row(act, one) for one in mine], "You asked for nothing in the last 30 days."
    )
    if given:
        parts += _section(act, "Access that you gave", [_given_row(act, one) for one in given], "")
    return Card((*parts, Small("P7 · P9 · Every listening is recorded.")), "Your call recordings at a glance.")


def closed(words: str) -> Card:
    """The home of an account that may not act: a sentence that says why."""
    return Card((Title(Sign.NOTE, "Call recordings", "not open to this account"), Line(words)), words)


def _section(act: Act, heading: str, rows: list[Row], empty: str) -> list[Part]:
    more = [Line(f"And {len(rows) - MOST} more.")] if len(rows) > MOST else []
    shown: list[Part] = [*rows[:MOST]]
    return [Heading(heading), *(shown or [Line(empty)]), *more]


def _waiting_row(act: Act, request: Request) -> Row:
    who = act.store.people.get(request.requester_id).name
    label = act.policy.reasons[request.reason].label
    return Row(
        (f"{who} · {label}"),
        Button("details", "Details", request.id, "primary"),
        (f"{request.id} · ", When(request.asked_at)),
    )


def _open_question(act: Act, request: Request) -> Remark | None:
    """The question about one's own request that waits for one's answer."""
    remarks = act.store.requests.remarks(request.id) if request.state in rule.OPEN else []
    return remarks[-1] if remarks and remarks[-1].kind == "question" else None


def _asked_row(act: Act, request: Request, question: Remark) -> Row:
    who = act.store.people.get(question.person_id).name
    label = act.policy.reasons[request.reason].label
    button = Button("details", "Details", request.id, "primary")
    return Row(
        f"{Sign.QUESTION} {who} has a question for you · {label}", button, (f"{request.id} · ", When(question.at))
    )


def _held_row(act: Act, grant: Grant) -> Row:
    calls = len(act.store.recordings.of_grant(grant))
    words = ("1 call" if calls == 1 else f"{calls} calls", " · until ", When(grant.ends_at))
    return Row(words, Button("listen", "Listen", grant.request_id, "primary"), grant.request_id)


def _mine_row(act: Act, request: Request) -> Row:
    label = act.policy.reasons[request.reason].label
    sign, state = _stands(act, request)
    words = f"{sign} {state} · {label}"
    return Row(words, Button("details", "Details", request.id), (f"{request.id} · ", When(request.asked_at)))


def _stands(act: Act, request: Request) -> tuple[Sign, str]:
    """How a request stands now: an approval is past once its access has ended or was withdrawn."""
    grant = act.store.requests.grant_of(request.id) if request.state == "approved" else None
    if grant is None or (grant.ended_at is None and act.now < grant.ends_at):
        return SIGNS[request.state], request.state.capitalize()
    return (SIGNS["ended"], "Access ended") if grant.ended_by is None else (SIGNS["withdrawn"], "Access withdrawn")


def _given_row(act: Act, grant: Grant) -> Row:
    who = act.store.people.get(grant.person_id).name
    confirm = f"{who} can no longer hear these calls."
    button = Button("withdraw", "Withdraw", grant.request_id, "danger", confirm)
    return Row((f"{who} · until ", When(grant.ends_at)), button, grant.request_id)
