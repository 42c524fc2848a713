"""While Teams is ill no word and no press is lost: each is kept, done as soon as Teams answers, and told (P7)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bot.chats.inbox import Inbox
from bot.rehearsal.teams import Fault
from handlers.inbox import MOST, kept_words
from tests.each import each
from tests.handlers.builders import audit

from .street import IDS, Street, told

FORM, HOME = "Ask for a recording", "📋 Call recordings"
ILL = {
    "429": Fault("TooManyRequests", retry_after=7), "502": Fault("http_502"), "504": Fault("http_504"),
    "500": Fault("http_500"), "cut off": Fault("lost"),
}  # fmt: skip
ASKED = {"the roster": "member", "the chat": "send"}


def fall_ill(street: Street, fault: str, *methods: str) -> list[Fault]:
    """Every call of these fails from now on, and nobody is remembered."""
    one = ILL[fault]
    faults = [Fault(one.error, method, retry_after=one.retry_after, times=10_000) for method in methods]
    street.tenant.faults.script(faults)
    for account in IDS.values():
        street.directory.forget(account)
    return faults


async def well(street: Street, faults: Iterable[Fault]) -> None:
    """The illness is over; a minute passes."""
    for one in faults:
        one.times = 0
    for _ in range(60):
        street.company.clock.pass_(seconds=1)
        await street.settled()


def first(texts: Iterable[str]) -> list[str]:
    return [one.partition("\n")[0].partition(" ·")[0] for one in texts]


@pytest.mark.soak
@each("asked", ASKED)
@each("fault", ILL)
async def test_p7_a_word_typed_while_teams_is_ill_brings_its_form_by_itself(
    street: Street, fault: str, asked: str
) -> None:
    faults = fall_ill(street, fault, ASKED[asked])
    before = len(street.anna.chat)
    assert (await street.anna.say("recording-request")).ok
    await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 5)
    await street.settled()
    await well(street, faults)
    shown = first(told(one) for one in street.anna.chat[before + 1 :])
    # What was cut off may have been posted all the same, and the form is sent but once.
    assert set(shown) == {FORM} if (fault, asked) == ("cut off", "the chat") else shown == [FORM]


@pytest.mark.soak
async def test_p7_approve_pressed_while_teams_is_ill_is_kept_done_once_and_told(street: Street) -> None:
    request = await street.asked()
    faults = fall_ill(street, "429", "member", "send", "update")
    outcome = await street.press("tara", street.card("tara", request), "Approve")
    await street.tenant.wire.repeat(street.tenant.wire.sent[-1], 5)
    assert (outcome.said, await street.state(request)) == (kept_words("teams"), "waiting")
    await well(street, faults)
    assert await street.state(request) == "approved"
    assert "approved by you" in told(street.card("tara", request))
    assert f"You pressed Approve on {request}" in told(street.tara.chat[-1])
    assert [one[1] for one in await audit(street.company, request) if one[0].startswith("person")] == [
        "access.file", "access.approve",
    ]  # fmt: skip


async def test_a_mere_look_while_teams_is_ill_says_that_it_was_in_vain(street: Street) -> None:
    request = await street.asked()
    fall_ill(street, "500", "member")
    reply = await street.execute("tara", {"verb": "details", "value": request})
    assert reply.json["value"].startswith("Teams does not answer me at the moment. Nothing is lost")


@pytest.mark.soak
async def test_p7_a_process_that_dies_between_keeping_and_doing_loses_nothing(street: Street) -> None:
    """And two that take up what it left do it once."""
    request = await street.asked()
    faults = fall_ill(street, "500", "member")
    assert (await street.tara.press(street.card("tara", request), "Approve")).ok
    street.tenant.faults.unused[0].times = 0
    street.company.clock.pass_(seconds=2)
    other = Inbox(street.company.door, street.inbox.desks)
    await street.inbox.take()  # it has taken the press, and dies with it in its hands
    for task in set(street.inbox._jobs):
        task.cancel()
    assert await street.state(request) == "waiting"
    street.inbox = other
    await well(street, faults)
    assert await street.state(request) == "approved"


async def test_nobody_can_fill_the_inbox(street: Street) -> None:
    fall_ill(street, "500", "member")
    for _ in range(MOST + 5):
        assert (await street.anna.say("home")).ok
    await street.front.finish()
    kept = await street.company.database.read(lambda store: store.inbox.waiting("teams", IDS["anna"]))
    assert kept == MOST
