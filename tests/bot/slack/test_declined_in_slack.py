"""P5: in Slack the command is done at once, answered in words where it was typed, and never done twice."""

from __future__ import annotations

import pytest

from bot.chats.desk import SLOW
from bot.slack import answers
from handlers.declined.room import DONE, MEANWHILE
from handlers.inbox import kept_words
from tests.handlers.builders import audit
from tests.offices import down
from tests.slack_street import Street

WORD = "/recording-declined"


async def said(street: Street) -> int:
    return len([one for one in await audit(street.company) if one[1] == "declined.say" and one[2] == "done"])


async def test_p5_the_command_begins_at_once_and_says_where_the_answer_comes(street: Street) -> None:
    assert (await street.anna.command(WORD)).ok
    await street.settled()
    assert street.said("UANNA") == [DONE]
    assert await said(street) == 1
    assert "looking for your call" in str(street.anna.dm[-1].blocks)


async def test_p5_slack_is_answered_once_it_was_said_so_that_no_crash_can_lose_it(street: Street) -> None:
    """A card that ends there, a program that ends then: Slack believed it, and the call was recorded on."""
    assert (await street.anna.command(WORD)).ok
    assert await said(street) == 1


async def test_p5_what_takes_longer_than_slack_waits_is_kept_before_slack_is_answered(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "PATIENCE", 0.0)
    assert (await street.anna.command(WORD)).ok
    assert await street.company.database.read(lambda store: store.inbox.waiting("slack", "UANNA")) == 1
    await street.settled()
    street.company.clock.pass_(seconds=3)
    await street.settled()
    assert await said(street) == 1


async def test_p5_while_slack_can_not_say_who_it_is_it_is_kept_and_done_later(street: Street) -> None:
    street.chat.team = ""
    street.directory.forget("UANNA")
    await street.anna.command(WORD)
    await street.settled()
    assert (street.said("UANNA"), await said(street)) == ([f"{kept_words('slack')} {MEANWHILE}"], 0)


async def test_p5_while_the_database_is_away_whoever_typed_it_reads_what_to_do(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody switches it off then, and the customer is on the line."""
    down(street.adapter.desk, monkeypatch)
    assert (await street.anna.command(WORD)).ok
    await street.settled()
    assert f"{SLOW} {MEANWHILE}" in str(street.anna.modal)


async def test_p5_where_it_fails_by_a_fault_of_ours_whoever_typed_it_reads_what_to_do(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(street.adapter.desk, "decide", broken)
    assert (await street.anna.command(WORD)).ok
    await street.settled()
    assert MEANWHILE in str(street.anna.modal)
