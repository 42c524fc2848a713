"""P7: an approver is away, passes a request on, or the whole program stands still for two weeks: the next person has it, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from handlers.rules.access import company_day
from storage.records import Request
from tests.stories.errands import ask, card, done, home, manage, press, press_at_home
from tests.stories.house import ANNA, DEVEN, HELENA, TARA, House
from tests.stories.ledger import state

pytestmark = pytest.mark.story
DECIDES = ["Approve", "Deny", "Ask a question"]


def today(house: House) -> date:
    return company_day(house.steward.door.policy, house.clock.now())


async def next_day(house: House) -> None:
    """The next morning, and all that the clock asks for by then."""
    await house.moving.move_to(house.clock.now() + timedelta(days=1))
    await house.settled()


async def goes(house: House, last: date) -> str:
    """Tara says at home until when she is away; what she reads then."""
    seen = await house.somebody(TARA).fill_from(await manage(house, TARA), "I'm away", {"Last day": last.isoformat()})
    await house.settled()
    return seen.words


async def test_p7_the_deputy_has_it_within_a_tick_and_the_holder_too(anywhere: House) -> None:
    house = anywhere
    request = await ask(house)
    assert "Press I'm back if that changes." in await goes(house, today(house) + timedelta(days=1))
    await house.steward.tick()
    await house.settled()
    assert card(house, DEVEN, request).offers == DECIDES
    head = await manage(house, HELENA)
    assert "Tara Lindqvist · until" in head.words
    assert "Deven Okafor stands in" in head.words
    assert "I'm away" not in (await manage(house, ANNA)).buttons
    await next_day(house)
    assert card(house, DEVEN, request).offers == DECIDES
    await next_day(house)
    assert card(house, DEVEN, request).offers == card(house, TARA, request).offers == DECIDES
    await press(house, TARA, request, "Approve")
    assert await state(house, request) == "approved"


WHY = "The customer is my aunt."


async def test_p7_a_request_is_passed_on_from_its_details_and_decided_by_the_next(anywhere: House) -> None:
    house = anywhere
    request = await ask(house)
    await home(house, TARA)
    details = await press_at_home(house, TARA, "Details")
    assert "Next is the Head of Customer Success." in details.words
    await house.somebody(TARA).send(details, "Pass on", WHY)
    await house.settled()
    assert card(house, TARA, request).offers == []
    assert card(house, HELENA, request).offers == ["Approve", "Deny", "Ask a question"]
    for uid in (HELENA, ANNA):
        assert "Tara Lindqvist passed it on" in card(house, uid, request).words
        assert WHY in card(house, uid, request).words
    await press(house, HELENA, request, "Approve")
    assert await state(house, request) == "approved"
    assert await done(house, request) == ["access.file", "access.pass_on", "access.approve"]


LATE = "late, this fell"
STEPS = ["access.remind", "access.deputy", "access.next", "access.lapse"]


async def outlast(house: House, request: str) -> None:
    """Nobody runs it until three days after the request should have lapsed; then it is started, and a week goes by."""
    stands = await house.steward.database.read(lambda store: store.matters.of_kind(Request, request))
    assert stands is not None
    assert stands.due_at is not None
    assert stands.due_at - house.clock.now() > timedelta(days=13)
    house.clock.move(stands.due_at + timedelta(days=3))
    await house.steward.tick()
    await house.settled()
    await house.moving.move_to(house.clock.now() + timedelta(days=7))
    await house.settled()


async def late_in_the_log(house: House, request: str) -> Iterator[tuple[str, int]]:
    """What the clock did about it and told of it, with the seconds by which the log says that it was late."""
    log = [one for one in await house.audit() if one["actor"] == "clock"]
    steps = ((one["action"], one["detail"].get("late_seconds", 0)) for one in log if one["subject"] == request)
    told = (each for one in log if one["action"] == "matters.remind" for each in one["detail"]["told"])
    return iter([*steps, *(("told", one["late_seconds"]) for one in told if one["matter"] == request)])


async def test_p7_two_weeks_of_outage_bring_one_message_a_person_with_all_that_is_late(anywhere: House) -> None:
    house = anywhere
    requests = [await ask(house, reason=reason) for reason in ("complaint", "training", "performance")]
    before = {uid: len(house.somebody(uid).news()) for uid in (ANNA, TARA, DEVEN, HELENA)}
    await outlast(house, requests[0])
    for uid, number in before.items():
        [message] = [one for one in house.somebody(uid).lines() if LATE in one.words]
        assert message.words.count(LATE) == sum(one in message.words for one in requests) == 3
        assert len(house.somebody(uid).news()) > number
    for request in requests:
        for uid in (ANNA, TARA):
            assert "later than it should have" in card(house, uid, request).words
        found = list(await late_in_the_log(house, request))
        assert [what for what, _ in found] == [*STEPS, *["told"] * len(before)]
        assert min(seconds for _, seconds in found) > 3600
