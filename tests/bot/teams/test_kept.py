"""While Teams is ill no word and no press is lost: each is kept, done as soon as Teams answers, and told (P7)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from bot.chats.inbox import Inbox
from bot.delivery.people import AGAIN
from bot.rehearsal.teams import Fault
from handlers.access.intents import Withdraw
from handlers.inbox import KEPT_FOR, MOST, kept_words
from handlers.plain_words import words
from handlers.policy import Policy
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
@each("asked", ASKED)
@each("fault", ["429", "502", "500"])
async def test_the_home_asked_for_while_teams_is_ill_comes_by_itself(street: Street, fault: str, asked: str) -> None:
    faults = fall_ill(street, fault, ASKED[asked])
    before = len(street.anna.chat)
    assert (await street.anna.say("home")).ok
    await street.settled()
    await well(street, faults)
    assert first(told(one) for one in street.anna.chat[before + 1 :]) == [HOME]


def unknown(policy: Policy) -> str:
    return words.unknown(policy, "", known=False).summary


@pytest.mark.soak
@each("fault", ["429", "502", "500"])
async def test_a_sentence_that_teams_does_not_take_at_once_comes_later(street: Street, fault: str) -> None:
    faults = fall_ill(street, fault, "member", "send")
    await street.anna.say("what?")
    await street.settled()
    before = len(street.anna.chat)
    await well(street, faults)
    [said] = [told(one) for one in street.anna.chat[before:]]
    # What was refused for too much was not posted; after any other answer it may have been.
    assert said.split("\n") == [unknown(street.company.door.policy), *([] if fault == "429" else [AGAIN.words])]


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


@pytest.mark.soak
async def test_p7_a_form_asked_for_by_a_button_while_teams_is_ill_comes_by_itself(street: Street) -> None:
    request = await street.asked()
    faults = fall_ill(street, "500", "member")
    outcome = await street.press("tara", street.card("tara", request), "Deny")
    assert "comes by itself" in outcome.said
    await well(street, faults)
    assert told(street.tara.chat[-1]).startswith("Deny this request")


async def test_a_mere_look_while_teams_is_ill_says_that_it_was_in_vain(street: Street) -> None:
    request = await street.asked()
    fall_ill(street, "500", "member")
    reply = await street.execute("tara", {"verb": "details", "value": request})
    assert reply.json["value"].startswith("Teams does not answer me at the moment. Nothing is lost")


@pytest.mark.soak
async def test_p7_an_approve_that_is_done_late_is_refused_where_the_request_has_moved_on(street: Street) -> None:
    request = await street.asked()
    faults = fall_ill(street, "500", "member")
    await street.press("tara", street.card("tara", request), "Approve")
    await street.company.door.enter(Withdraw(request), street.company.anna)
    await well(street, faults)
    assert await street.state(request) == "withdrawn"
    assert "already withdrawn by Anna Quill" in told(street.tara.chat[-1])


@pytest.mark.soak
async def test_p7_a_press_that_was_kept_too_long_is_not_done_but_told(street: Street) -> None:
    request = await street.asked()
    faults = fall_ill(street, "500", "member")
    await street.press("tara", street.card("tara", request), "Approve")
    street.company.clock.now += KEPT_FOR
    await well(street, faults)
    assert await street.state(request) == "waiting"
    assert "nothing was changed. Please press it again." in told(street.tara.chat[-1])


@pytest.mark.soak
@each("hours", [-1, 3])
async def test_p7_by_a_clock_that_was_set_meanwhile_nothing_is_done_too_late(street: Street, hours: int) -> None:
    request = await street.asked()
    faults = fall_ill(street, "500", "member")
    await street.press("tara", street.card("tara", request), "Approve")
    street.company.clock.pass_(hours=hours)
    await well(street, faults)
    assert await street.state(request) == "waiting"
    assert await street.company.database.read(lambda store: store.inbox.has_any()) is False


@pytest.mark.soak
async def test_p7_who_left_the_company_meanwhile_decides_nothing(street: Street) -> None:
    request = await street.asked()
    faults = fall_ill(street, "500", "member")
    await street.press("tara", street.card("tara", request), "Approve")
    street.tenant.change(IDS["tara"], "deactivated")
    await well(street, faults)
    assert await street.state(request) == "waiting"
    assert await street.company.database.read(lambda store: store.inbox.has_any()) is False


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
