"""“Away” in Slack: a status that suggests a holiday is offered to whose it is, and its words are kept nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.rehearsal.slack import Message
from bot.slack.status import holiday
from storage.database.store import Store
from storage.records import Record
from tests.each import each
from tests.handlers.builders import POLICY
from tests.handlers.test_away import counting
from tests.slack_street import Street

ENDS = int(datetime(2026, 12, 4, 12, 59, tzinfo=UTC).timestamp())  # 23:59 in Sydney
WORDS = "Annual leave, secret-canary"


def user(emoji: object = "", words: object = "", ends: object = ENDS) -> dict[str, Any]:
    return {"id": "U1", "profile": {"status_emoji": emoji, "status_text": words, "status_expiration": ends}}


@each(
    ("emoji", "words"),
    [
        (":palm_tree:", "Vacationing"), (":palm_tree:", ""), (":desert_island::skin-tone-2:", ""),
        (":house:", "On holiday until Friday"), ("", "  ANNUAL   leave "), ("", "Out of office until 4 Dec"),
        ("", "OOO"), ("", "on leave"), ("", "vacation"),
    ],
)  # fmt: skip
def test_a_holiday_is_told_by_its_picture_or_its_words(emoji: str, words: str) -> None:
    assert holiday(user(emoji, words)) == datetime.fromtimestamp(ENDS, UTC)


@each(
    "told",
    [
        user(":spiral_calendar_pad:", "In a meeting"), user(":palm_tree:", "", 0), user(":palm_tree:", "", "soon"),
        user(":palm_tree:", "", None), user(":palm_tree:", "", -5), user(":palm_tree:", "", 2**70), user("", ""),
        user(":palm_tree:", "Back from holiday"), user("", "The leaves fall"), user(None, None), user(7, ["x"]),
        {}, {"profile": None}, {"profile": "x"},
    ],
)  # fmt: skip
def test_anything_else_or_without_an_end_is_none(told: dict[str, Any]) -> None:
    assert holiday(told) is None


async def _says(street: Street, uid: str, emoji: str = ":palm_tree:", words: str = WORDS, days: float = 10) -> None:
    await street.workspace.says(uid, emoji, words, street.company.clock.now + timedelta(days=days))
    await street.settled()


def _messages(street: Street, uid: str) -> list[Message]:
    return [one for one in street.workspace.dm(uid) if not one.ephemeral]


async def test_p7_yes_enters_it_and_the_message_says_so(street: Street) -> None:
    request = await street.asked()
    await _says(street, "UTARA")
    asked = _messages(street, "UTARA")[-1]
    assert "Are you away until Fri 4 Dec?" in asked.text
    assert await counting(street.company) == []
    assert await street.state(request) == "waiting"
    await street.tara.press(asked, "Yes")
    await street.settled()
    assert len(await counting(street.company)) == 1
    [same] = [one for one in _messages(street, "UTARA") if one.ts == asked.ts]
    assert "You are away until Fri 4 Dec." in str(same.blocks)
    assert (str(same.blocks).count("'button'"), "I'm back" in str(same.blocks)) == (1, True)


async def test_p7_no_leaves_all_as_it_is_and_it_is_not_asked_again(street: Street) -> None:
    await _says(street, "UTARA")
    [asked] = _messages(street, "UTARA")
    await street.tara.press(asked, "No")
    await street.settled()
    await _says(street, "UTARA")
    [same] = _messages(street, "UTARA")
    assert "I won’t ask you about these days again." in str(same.blocks)
    assert await counting(street.company) == []


async def test_nobody_else_hears_of_it(street: Street) -> None:
    await _says(street, "UTARA")
    assert {one.channel for one in street.workspace.talk.everything()} == {street.workspace.talk.dm_id("UTARA")}


async def test_it_is_asked_once_however_often_slack_tells_of_it(street: Street) -> None:
    for words in (WORDS, WORDS, "Annual leave, other words"):
        await _says(street, "UDEVEN", words=words)
    assert len(_messages(street, "UDEVEN")) == 1


@each(("emoji", "words", "days"), [(":coffee:", "Lunch", 10), (":palm_tree:", "", 0.05)])
async def test_what_is_no_holiday_is_no_question(street: Street, emoji: str, words: str, days: float) -> None:
    await _says(street, "UTARA", emoji, words, days)
    assert _messages(street, "UTARA") == []


def _all(store: Store) -> dict[str, list[str]]:
    """Everything that is stored, but when an account was last looked at."""
    tables = [one for one in Record.metadata.tables if one not in ("accounts", "people")]
    return {one: [str(row) for row in store.session.execute(text(f'SELECT * FROM "{one}"'))] for one in tables}


async def test_of_whoever_has_no_role_nothing_is_kept_and_of_nobody_the_words(
    street: Street, capsys: pytest.CaptureFixture[str]
) -> None:
    await _says(street, "UTARA")
    before = await street.company.database.read(_all)
    await _says(street, "UANNA")
    after = await street.company.database.read(_all)
    assert {name for name in after if after[name] != before[name]} <= {"audit"}
    assert [row for row in after["audit"] if "away" in row] == []
    assert _messages(street, "UANNA") == []
    assert "secret-canary" not in str(after)
    told = capsys.readouterr()
    assert "secret-canary" not in told.out + told.err


async def test_a_guest_a_stranger_and_a_fault_are_passed_over(street: Street) -> None:
    street.turn("UTARA", "guest")
    await _says(street, "UTARA")
    await _says(street, "UFAR")
    street.company.door.policy = POLICY
    entries = await street.company.database.read(lambda store: [one["action"] for one in store.audit.rows()])
    assert "away.suspect" not in entries
    assert _messages(street, "UTARA") == []
