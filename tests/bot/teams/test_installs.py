"""An install that Teams tells of while it is ill is not forgotten: everybody has a home soon after (P7)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from bot.rehearsal.teams import Fault, Member
from storage.database.store import Database

from .street import IDS, Street, a_street, told

ILL_FOR, STEP = 300, 5  # seconds


def newcomer(number: int) -> Member:
    """Somebody of the company whom the bot has not met."""
    name = f"New Comer {number}"
    return Member(f"{number:08d}-bbbb-4000-8000-000000000000", name, f"new{number}@fernhill.example", "", "UTC")


def homes(street: Street, people: list[Member]) -> list[int]:
    """How many homes each of them has."""
    return [sum("Call recordings ·" in told(one) for one in street.tenant.chat(who.object_id)) for who in people]


@pytest.fixture
def people() -> list[Member]:
    return [newcomer(number) for number in range(100, 160)]


async def a_moment(_: float) -> None:
    """The connector tries again without waiting."""


async def test_sixty_installs_through_a_storm_all_have_a_home_within_a_minute_of_its_end(
    database: Database, people: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all calls 40 % are answered with 429 and 30 % with 502, for five minutes."""
    chance, storm = Random(7), [True]

    def meet(method: str, _: Any) -> Fault | None:
        lot = chance.random()
        if not storm[0] or method not in ("member", "send", "create") or lot >= 0.7:
            return None
        return Fault("TooManyRequests", retry_after=chance.randint(1, 20)) if lot < 0.4 else Fault("http_502")

    async with a_street(database, people) as street:
        monkeypatch.setattr(street.tenant.faults, "meet", meet)
        monkeypatch.setattr(street.front.chat.connector, "sleep", a_moment)
        for one in people:
            assert (await street.tenant.person(one.object_id).install()).ok
        for second in range(0, ILL_FOR + 60, STEP):
            storm[0] = second < ILL_FOR
            street.company.clock.pass_(seconds=STEP)
            await street.settled()
        assert set(homes(street, people)) == {1}


async def test_an_install_that_cannot_be_looked_into_for_an_hour_is_not_forgotten(
    database: Database, people: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Fault("http_504", "member", times=100_000)
    async with a_street(database, people[:1]) as street:
        monkeypatch.setattr(street.front.chat.connector, "sleep", a_moment)
        street.tenant.faults.script([fault])
        await street.tenant.person(people[0].object_id).install()
        assert street.tenant.called("member") == []
        assert await database.read(lambda store: store.inbox.waiting("teams", people[0].object_id)) > 0
        for _ in range(60):
            street.company.clock.pass_(minutes=1)
            await street.settled()
        fault.times = 0
        for _ in range(12):
            street.company.clock.pass_(seconds=5)
            await street.settled()
        assert homes(street, people[:1]) == [1]


async def test_who_takes_the_app_away_during_the_storm_is_not_written_to(street: Street) -> None:
    """What Teams told first is done first, however late: the last word counts."""
    person, fault = street.person("bram"), Fault("http_500", "member", times=4)
    street.tenant.faults.script([fault])
    await person.install()
    await person.uninstall()
    await street.settled()
    fault.times = 0
    for _ in range(30):
        street.company.clock.pass_(seconds=2)
        await street.settled()
    assert [told(one) for one in person.chat] == []
    account = await street.company.database.read(lambda store: store.people.account("teams", person.id))
    assert account is None or account.reference == {"left": True}


async def test_p7_whoever_adds_the_app_is_greeted_in_the_own_role_with_one_button(
    database: Database, people: list[Member]
) -> None:
    async with a_street(database, people[:1]) as street:
        for who, says, button in (
            (people[0].object_id, "Ask for one and say why;", "Ask for a recording"),
            (IDS["tara"], "a card comes to you: approve, deny, or ask a question.", "How it is decided"),
        ):
            person = street.tenant.person(who)
            assert (await person.install()).ok
            await street.settled()
            [home] = person.chat
            assert says in told(home)
            primary = next(one for one in home.card["body"] if one["type"] == "ActionSet")
            assert [one["title"] for one in primary["actions"]] == [button]
            await person.press(home, button)
            await street.settled()
            assert len(person.chat) == (2 if who == people[0].object_id else 1)
        assert "P7" in told(street.person("tara").chat[0])
