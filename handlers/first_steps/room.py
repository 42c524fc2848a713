"""What greeting whoever is new brings to the house: it stands on top of the first home, and remembers nothing of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.acting import Act
from handlers.cards import Part
from handlers.first_steps.words import told
from handlers.room import Room
from handlers.rules.first_steps import is_new
from storage.pages import Page

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
