"""The desk, through the door, with a chat in memory: what every platform's commands, presses and forms lead to (P7, P9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chats.desk import NOT_NOW, SLOW, Desk
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import Fault
from handlers.access.forms import AccessForm
from handlers.cards import Card, Page
from tests.each import each
from tests.handlers.builders import (
    audit,
)
from tests.offices import Office, down

ANNA, BRAM, TARA, HELENA = "UANNA", "UBRAM", "UTARA", "UHELENA"
CALLS = "recordings"


def silent(office: Office, *accounts: str) -> None:
    """The platform can't say who these are."""
    office.chat.faults += [Fault(Unavailable("http_500"), "profile", one, times=9) for one in accounts]


def said(shown: object) -> str:
    assert isinstance(shown, Page | Card)
    return str(shown.parts)


def drawn(form: type[AccessForm] = AccessForm) -> set[str]:
    return set(form.model_fields)


async def entries(office: Office, action: str) -> list[str]:
    return [outcome for _, done, outcome, _, _ in await audit(office.company) if done == action]


CALM: dict[str, tuple[Callable[[Desk, str], Any], str]] = {
    "listen": (lambda desk, who: desk.hand(who, "listen", "R-1", "k"), SLOW),
    "find": (lambda desk, who: desk.find(who, CALLS, ""), NOT_NOW.label),
    "named": (lambda desk, who: desk.named(who, CALLS, ["1"]), "[]"),
}


@each("method", CALM)
async def test_while_nobody_answers_a_person_is_told_so(
    office: Office, desk: Desk, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.directory.visitor(ANNA)
    silent(office, TARA)
    ask, words = CALM[method]
    with capture_logs() as logs:
        answered = [await ask(desk, TARA)]
        down(desk, monkeypatch)
        answered.append(await ask(desk, ANNA))
    for one in answered:
        assert words in str(one)
    told = [one["why"] for one in logs if one["event"] == "desk.not_handed"]
    assert len(told) == (2 if method == "listen" else 0)


async def test_a_notice_waits_for_nobody(office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.directory.visitor(ANNA)
    silent(office, TARA)
    await desk.pressed(TARA, "R-1")
    down(desk, monkeypatch)
    for one in (ANNA, TARA):  # known, and to be looked up
        await desk.pressed(one, "R-1")
    monkeypatch.undo()
    assert await entries(office, "matters.pressed") == []
