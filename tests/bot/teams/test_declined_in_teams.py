"""P5: in Teams the word and the button at home do it at once, the message extension asks first, and none does it twice."""

from __future__ import annotations

import pytest

from bot.rehearsal.teams import words
from bot.teams.platform import NOT_NOW
from handlers.declined.room import DONE, LABEL, MEANWHILE
from tests.handlers.builders import audit
from tests.offices import down

from .street import Street


async def said(street: Street) -> int:
    return len([one for one in await audit(street.company) if one[1] == "declined.say" and one[2] == "done"])


@pytest.mark.parametrize(
    "typed", ["recording-declined", "Recording declined", "/recording-declined", "recording-declined now"]
)
async def test_p5_the_word_begins_it_and_the_card_comes(street: Street, typed: str) -> None:
    told = await street.say("anna", typed)
    assert await said(street) == 1
    assert [one for one in told if "looking for your call" in one]


async def test_p5_help_stops_nothing(street: Street) -> None:
    [told] = await street.say("anna", "recording-declined help")
    assert told.startswith("Write recording-declined while you are on the call.")
    assert await said(street) == 0


async def test_p5_a_word_that_teams_tells_of_twice_is_one(street: Street) -> None:
    await street.say("anna", "recording-declined")
    await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 5)
    await street.settled()
    assert await said(street) == 1


async def test_p5_the_message_extension_asks_first_and_says_where_the_answer_comes(street: Street) -> None:
    """Chosen by mistake from a menu it would switch off the recording of a call whose caller wants it."""
    await street.anna.action_command("recording-declined")
    assert await said(street) == 0
    assert street.anna.dialog is not None
    await street.anna.press(street.anna.dialog, LABEL)
    assert DONE in words(street.anna.dialog.card)
    assert await said(street) == 1


async def test_p5_while_the_database_is_away_whoever_typed_it_reads_what_to_do(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    down(street.front.adapter.desk, monkeypatch)
    told = await street.say("anna", "recording-declined")
    assert [one for one in told if one.endswith(f"{NOT_NOW} {MEANWHILE}")]


async def test_p5_the_button_at_home_begins_it(street: Street) -> None:
    await street.execute("anna", {"verb": "declined", "value": ""})
    await street.settled()
    assert await said(street) == 1
