"""The program stands still for more than two weeks: at its start each gets one message, and what is late says so everywhere (P7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.stories.errands import ask, card
from tests.stories.house import ANNA, DEVEN, HELENA, TARA, House

pytestmark = pytest.mark.story
LATE = "late, this fell"
STEPS = ["access.remind", "access.deputy", "access.next", "access.lapse"]


async def outlast(house: House, request: str) -> None:
    """Nobody runs it until three days after the request should have lapsed; then it is started, and a week goes by."""
    stands = await house.steward.database.read(lambda store: store.requests.get(request))
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
