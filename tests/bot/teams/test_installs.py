"""An install that Teams tells of while it is ill is not forgotten: everybody has a home soon after (P7)."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from random import Random
from typing import Any

import pytest

from bot.rehearsal.teams import Fault, Member
from bot.teams import installs as module
from storage.database.store import Database, DatabaseDown

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


@pytest.mark.soak
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


@pytest.mark.soak
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


class Outage:
    """The database takes nothing, until somebody has waited for it so many times."""

    def __init__(self, street: Street, lasts: int) -> None:
        self.database, self.lasts, self.pauses = street.company.database, lasts, list[float]()
        self.installs = street.front.adapter.installs
        self.installs.rest = self
        self.down = True
        vars(self.database)["write"] = self._away

    async def _away(self, *_: Any, **__: Any) -> Any:
        raise DatabaseDown("locked")

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) == self.lasts:
            self.end()
        await asyncio.sleep(0)

    def end(self) -> None:
        del vars(self.database)["write"]

    async def over(self) -> None:
        """Whoever waits has waited long enough."""
        assert self.installs._waiting is not None
        await self.installs._waiting


async def test_a11_an_install_that_meets_the_database_away_is_kept_as_soon_as_it_is_back(
    database: Database, people: list[Member], logs: list[MutableMapping[str, Any]]
) -> None:
    """Teams was told that it arrived, and tells of it no more; nobody else has to come by."""
    async with a_street(database, people[:3]) as street:
        outage = Outage(street, lasts=7)
        for one in people[:3]:
            assert (await street.tenant.person(one.object_id).install()).ok
        await outage.over()
        await street.settled()
        assert homes(street, people[:3]) == [1, 1, 1]
        assert outage.pauses == [1.0, 2.0, 5.0, 10.0, 20.0, 20.0, 20.0]
    assert [one["event"] for one in logs if one["event"].startswith("teams.install")] == ["teams.installs_held"]


async def test_a11_whoever_takes_the_app_away_again_during_the_outage_is_not_written_to(street: Street) -> None:
    """The last word counts, also where it comes when the database is just back."""
    person = street.person("bram")
    outage = Outage(street, lasts=1)
    await person.install()
    await person.uninstall()
    await outage.over()
    await street.settled()
    outage = Outage(street, lasts=99)
    await person.install()
    outage.end()
    await person.uninstall()
    await street.settled()
    assert [told(one) for one in person.chat] == []


async def test_a11_a_program_that_ends_during_the_outage_says_how_many_it_loses(
    street: Street, logs: list[MutableMapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those, and whoever is more than can be held, are met with their first word to the bot."""
    monkeypatch.setattr(module, "MOST", 1)
    outage = Outage(street, lasts=1_000_000)
    for short in ("bram", "tara", "bram"):
        await street.person(short).install()
    await street.front.stop()
    outage.end()
    told_of = [(one["event"], one.get("number")) for one in logs if one["event"].startswith("teams.install")]
    assert {*told_of} == {("teams.installs_held", 1), ("teams.install_not_kept", None), ("teams.installs_lost", 1)}
    assert told_of[-1] == ("teams.installs_lost", 1)


async def test_a11_one_that_can_not_be_kept_loses_none_of_the_others(
    street: Street, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]]
) -> None:
    keep = street.front.adapter.desk.keep

    async def broken(press: Any, **more: Any) -> None:
        if press.account == IDS["bram"]:
            raise KeyError(press.account)
        await keep(press, **more)

    monkeypatch.setattr(street.front.adapter.desk, "keep", broken)
    outage = Outage(street, lasts=1)
    for short in ("bram", "tara"):
        await street.person(short).install()
    await outage.over()
    await street.settled()
    assert len(street.person("tara").chat) == 1
    assert any(one["event"] == "teams.install_not_kept" for one in logs)
