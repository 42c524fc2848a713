"""What tests of letters start from: a stand-in for the room that writes them, and a mailer in memory."""

import pytest

from bot.rehearsal.fake_mail import FakeMail
from handlers.customers import letters
from tests.mailroom import Room
from tests.standing_in import stand_in


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    made = Room()
    stand_in(monkeypatch, letters.collect_letter, made.collect)
    for intent in (
        letters.note_accepted,
        letters.put_off_letter,
        letters.note_refused_mail,
        letters.note_uncertain_mail,
    ):
        stand_in(monkeypatch, intent, made.done)
    return made


@pytest.fixture
def mail() -> FakeMail:
    return FakeMail()
