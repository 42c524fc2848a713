"""What tests of letters start from: a stand-in for the room that says them, and a way out that ends in memory."""

from __future__ import annotations

import pytest

import handlers
from bot.rehearsal.fake_mail import FakeMail
from handlers.customers.intents import CollectLetter, LetterAccepted, LetterNotKnown, LetterPutOff, LetterRefused
from tests.mailroom import Room


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    made = Room()
    monkeypatch.setitem(handlers.HANDLERS, CollectLetter, made.collect)
    for intent in (LetterAccepted, LetterPutOff, LetterRefused, LetterNotKnown):
        monkeypatch.setitem(handlers.HANDLERS, intent, made.done)
    return made


@pytest.fixture
def mail() -> FakeMail:
    return FakeMail()
