"""Whoever has blocked the bot in Teams is sent nothing more there, until Teams brings word of that person again (P7)."""

from __future__ import annotations

import pytest

from bot.chats.directory import Directory
from bot.delivery.worker import Delivery
from tests.handlers.builders import ask, audit

from .street import IDS, Street, told


def sent_to(street: Street, short: str) -> int:
    """How often the bot tried to write to that person."""
    own = street.person(short).own.id
    return len([one for one in street.tenant.called("send") if one.args["conversation"] == own])


def holders(street: Street, request: str) -> set[str]:
    """Who has a card of this request, among those who may decide it."""
    return {one for one in ("tara", "deven") if any(request in told(message) for message in street.person(one).chat)}


def restart(street: Street) -> None:
    """Another process goes on: nothing but the database remembers anything."""
    street.front.chat._moved.clear()
    old = street.directory
    street.delivery = Delivery(old.door, [Directory(old.chat, old.door, old.policy, old.seconds)])


async def marks(street: Street) -> list[str]:
    return [one[1] for one in await audit(street.company) if one[1] == "people.block"]


async def test_p7_whoever_has_blocked_the_bot_is_tried_once_and_the_deputy_is_asked_at_once(street: Street) -> None:
    street.tara.block()
    first = await street.asked()
    tried = sent_to(street, "tara")
    assert holders(street, first) == {"deven"}
    restart(street)
    second = await ask(street.company, street.company.anna, crm="CS-2")
    await street.settled()
    assert holders(street, second) == {"deven"}
    assert (sent_to(street, "tara"), await marks(street)) == (tried, ["people.block"])


async def test_p7_what_waits_for_whoever_has_blocked_the_bot_goes_to_the_deputy_with_the_next_word(
    street: Street,
) -> None:
    """The first request was posted to Tara already when she blocks the bot; it waits for her in vain, too."""
    first = await street.asked()
    street.tara.block()
    await ask(street.company, street.company.anna, crm="CS-2")
    await street.settled()
    assert holders(street, first) == {"tara", "deven"}


async def test_p7_any_word_of_the_persons_ends_the_silence_in_every_process(street: Street) -> None:
    street.tara.block()
    request = await street.asked()
    street.tara.unblock()
    # This process has seen her before, and did not hear that another one marked her.
    restart(street)
    street.company.clock.pass_(minutes=1)
    await street.say("tara", "what?")
    assert "1 waiting for you" in told(street.home("tara"))
    assert holders(street, request) == {"tara", "deven"}


async def test_p7_adding_the_bot_anew_ends_the_silence(street: Street) -> None:
    street.tara.block()
    request = await street.asked()
    await street.tara.uninstall()
    await street.moved_in("tara")
    assert holders(street, request) == {"tara", "deven"}


async def test_whoever_has_blocked_the_bot_can_still_be_looked_up(street: Street) -> None:
    """A block says nothing of who somebody is: rights go on, and end with the account."""
    street.tara.block()
    await street.asked()
    street.directory.forget(IDS["tara"])
    assert (await street.directory.visitor(IDS["tara"], deciding=True)).standing == "member"
    assert (await street.directory.reference(IDS["tara"]))["blocked"] is True


async def test_whoever_writes_often_costs_one_look_at_the_database_in_five_seconds(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    await street.say("anna", "what?")
    looks, plainly = [0], street.directory._shut

    async def counting(account: str) -> bool:
        looks[0] += 1
        return await plainly(account)

    monkeypatch.setattr(street.directory, "_shut", counting)
    for seconds in (6, 1, 1, 1, 6):
        street.company.clock.pass_(seconds=seconds)
        await street.say("anna", f"what, after {seconds}?")
    assert looks == [2]
