"""Who is new reads what the bot does in their role, in three sentences and one button, on top of the first home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from handlers.acting import Act
from handlers.cards import Actions, Button, Heading, Line, Part
from handlers.policy import Policy
from handlers.room import Room
from handlers.rules.explaining import Met, is_new, meets
from storage.prefetch import Page

HELLO = "Good to have you here"
OWN_CASE = "No one decides about their own request, or a call that they were on"


class Steps(NamedTuple):
    """Three sentences, and what to press first. `{title}` is the role's, `{leader}` and `{head}` are the titles of those two."""

    does: str
    then: str
    so: str
    button: Button


def _explains(label: str, clause: str) -> Button:
    return Button("clause", label, clause, "primary")


STEPS: Mapping[Met, Steps] = {
    "staff": Steps(
        "Calls with customers are recorded, and no one here listens to one without a reason.",
        "Ask for one and say why; the {leader} decides; a card shows its status.",
        "What is approved you hear in your browser, and every listening is on record.",
        Button("request", "Ask for a recording", "", "primary"),
    ),
    "team_leader": Steps(
        "When staff ask to hear a call, a card comes to you: approve, deny, or ask a question.",
        "You release what customers get of their calls, too; without your answer your deputy is asked as well.",
        "Silence approves nothing; your own requests, and calls that you were on, go to the {head}.",
        _explains("How it is decided", "P7"),
    ),
    "head_of_customer_success": Steps(
        "Investigations, legal claims, and what the {leader} may not decide come to you as cards.",
        "Holds, stopped erasures and customers’ relatives do as well, and each week a card says what is late.",
        f"{OWN_CASE}.",
        _explains("How it is decided", "P9"),
    ),
    "manager_human_resources": Steps(
        "You decide where the {head} may not, and hear of it when no one else can.",
        "Reports in confidence reach you both by a link, and are read on a page of their own.",
        "Whatever is waiting for you is here until it is done.",
        _explains("How reports are handled", "P13"),
    ),
    "breach_fallback": Steps(
        "You are asked where no one else may decide or can be reached, which is rare.",
        "An alarm that reaches no one else comes to you as well.",
        "Whatever is waiting for you is here until it is done.",
        _explains("How it is decided", "P9"),
    ),
    "deputy": Steps(
        "While the {title} is away or silent, you stand in: cards come to you.",
        "Each says why it came to you, and what happens if no one answers.",
        f"{OWN_CASE}.",
        _explains("How it is decided", "P7"),
    ),
    "handler": Steps(
        "Customers may hear their own calls: each such request comes to you as a card with its last day.",
        "You check who asks; nothing leaves the company until it is released, never by the person who filed it.",
        "You are reminded before the last day, and what needs you is here.",
        _explains("How it is answered", "P8"),
    ),
    "reviewer": Steps(
        "Each month calls are drawn at random, and some of them come to you to be reviewed.",
        "A public random number chooses them, so no one can steer which calls it picks.",
        "You hear them in your browser, and write what was good and what training would help.",
        _explains("How calls are drawn", "P10"),
    ),
}
"""By what somebody meets the bot as."""


def told(policy: Policy, email_key: str) -> tuple[Part, ...]:
    """What this person reads, by the address in its normal form."""
    met, title = meets(policy, email_key)
    steps, roles = STEPS[met], policy.roles
    titles = {"title": title, "leader": roles.team_leader.title, "head": roles.head_of_customer_success.title}
    words = " ".join(one.format(**titles) for one in (steps.does, steps.then, steps.so))
    return (Heading(HELLO), Line(words), Actions((steps.button,)))


LATELY = timedelta(days=30)  # whoever asked within these knows what the bot is for


def greeting(act: Act) -> Sequence[Part]:
    """Three sentences and one button, while somebody is new; nothing then."""
    me = act.me
    first = min((one.home_at for one in act.store.people.homes(me.id) if one.home_at), default=None)
    if not is_new(first, act.now, asked=False):
        return ()
    asked = act.store.requests.asked_by(me.id, act.now - LATELY, Page(1))
    return told(act.policy, me.email_key) if is_new(first, act.now, asked=bool(asked)) else ()


ROOM = Room("first_steps", greets=greeting)
