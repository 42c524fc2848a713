"""B6: a listener hears nothing after five minutes without an answer of the platform (P7)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.listeners import AGAIN, SURE
from tests.bot.web.player import Player, a_player
from tests.handlers.builders import Company, account, meet

LONG, RATE = 3600.0, 8000
UNSURE = (
    "I can’t see at the moment whether your account is still active, so playing has stopped. It continues by itself."
)


@dataclass
class Platform:
    """What a chat platform says of a person, and how often it was asked."""

    company: Company
    account: str = "UANNA"
    name: str = "Anna Quill"
    answers: bool = True
    standing: str = "member"
    asked: int = 0
    fault: Exception | None = None
    held: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.held.set()

    async def confirmed(self, _: int) -> bool:
        self.asked += 1
        await self.held.wait()
        if self.fault is not None:
            raise self.fault
        if not self.answers:
            return False
        told = replace(account(self.account, self.name, self.standing), checked_at=self.company.clock())
        await meet(self.company.door, told)
        return self.standing == "member"


@pytest.fixture
def platform(company: Company) -> Platform:
    return Platform(company)


async def told(player: Player, what: str = "access") -> tuple[int, dict[str, Any]]:
    """What the page is told that asks how its access stands, or what was heard."""
    headers, base = {"Cookie": f"listening={player.secret}"}, f"http://127.0.0.1:{player.port}/listen/{player.grant}"
    async with ClientSession(headers=headers) as http:
        if what == "heard":
            async with http.post(f"{base}/{player.recording}/heard", json={"from": 0, "to": 3}) as answer:
                return answer.status, await answer.json()
        async with http.get(f"{base}/access") as answer:
            return answer.status, await answer.json()


async def listen(player: Player, seconds: float) -> None:
    """Let the time pass in which Anna listens, a few seconds at a time."""
    end = player.glass.now + seconds
    while player.glass.now < end:
        await player.glass.pass_(min(5.0, end - player.glass.now))
        await asyncio.sleep(0.005)


@pytest.mark.soak
@pytest.mark.parametrize("fault", [None, ValueError("a bug")])
async def test_b6_after_five_minutes_without_an_answer_it_stops_and_says_why(
    company: Company, platform: Platform, fault: Exception | None
) -> None:
    platform.answers, platform.fault = False, fault
    async with a_player(company, int(LONG * RATE), LONG, confirmed=platform.confirmed) as player:
        async with player.listening() as ear:
            await player.glass.asleep(2)
            await listen(player, SURE - 10)
            assert ear.end == ""
            assert SURE / AGAIN - 4 <= platform.asked <= SURE / AGAIN + 1
            await listen(player, 15)
            assert await ear.ended() == "reset"
        for what in ("access", "heard"):
            assert await told(player, what) == (503, {"sentence": UNSURE, "ended": False, "stop": True})
        platform.answers, platform.fault = True, None
        await player.glass.pass_(AGAIN)
        assert (await told(player))[0] == 200
