"""What somebody writes in words of one's own is understood once, however many ask about it before it is answered."""

from __future__ import annotations

import pytest

from bot.chats.desk import Desk
from tests.each import each

from .street import Street


@pytest.mark.soak
@each(
    ("typed", "times"),
    [
        ("home", 0),
        ("good morning", 1),
        ("recording-request", 1),
        ("recording-request 0412 345 671", 1),
        ("I need the call of yesterday for a complaint", 1),
        ("Who listened to calls with me?", 1),
        ("Tom copied calls to his own computer", 1),
    ],
)
async def test_words_are_understood_once(
    street: Street, monkeypatch: pytest.MonkeyPatch, typed: str, times: int
) -> None:
    await street.moved_in("anna")
    understood, lead = list[str](), Desk.lead

    def counted(desk: Desk, command: str, words: str) -> object:
        understood.append(words)
        return lead(desk, command, words)

    monkeypatch.setattr(Desk, "lead", counted)
    before = len(street.anna.chat)
    await street.say("anna", typed)
    assert len(street.anna.chat) > before + 1
    assert len(understood) == times
