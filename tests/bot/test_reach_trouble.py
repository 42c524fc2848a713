"""What a platform, a clock, a second process or a fault may do to the reach check: nothing is told wrongly, twice or never (P7)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.ports import Unavailable, Unreachable
from bot.rehearsal.fake_chat import Fault
from tests.handlers.builders import audit, email
from tests.reaching import DAY, Looks, leaves, takes_away


@pytest.mark.parametrize("code", ["timeout", "no_connection", "http_503", "ratelimited"])
async def test_a_platform_that_does_not_answer_has_nobody_gone_and_is_asked_again_within_the_hour(
    looks: Looks, code: str
) -> None:
    start = looks.office.clock.now
    looks.office.chat.faults.append(Fault(Unavailable(code), "knock", times=3))
    await looks.tick()
    assert (await looks.problems(), looks.told()) == ([], {})
    assert len(looks.office.chat.called("knock")) == 3, "a silent platform is not asked for everybody"
    await looks.on(start + timedelta(minutes=59))
    assert len(looks.office.chat.called("knock")) == 3
    await looks.on(start + timedelta(minutes=60))
    run = await looks.office.company.database.read(lambda store: store.reach.last())
    assert run is not None
    assert (run.tried, run.silent) == (8, [])


async def test_one_person_of_whom_nobody_could_tell_stays_as_known(looks: Looks) -> None:
    start = looks.office.clock.now
    leaves(looks.office, "deven")
    await looks.tick()
    looks.office.chat.faults.append(Fault(Unavailable("timeout"), "knock", "UDEVEN", times=9))
    looks.office.chat.faults.append(Fault(Unavailable("timeout"), "find", times=9))
    await looks.on(start + DAY)
    assert [one.kind for one in await looks.problems()] == ["gone"], "an account that was gone is not mended by silence"


async def test_a_platform_that_lets_us_in_no_more_is_told_itself_and_nobody_is_gone(looks: Looks) -> None:
    looks.office.chat.faults.append(Fault(Unavailable("account_inactive", outage=True), "knock"))
    await looks.tick()
    assert [(one.subject, one.kind) for one in await looks.problems()] == [("platform:slack", "platform")]
    assert "Slack lets me in no more, or knows nobody (account_inactive)" in looks.told()["ruth"][0]


async def test_a_platform_that_knows_nobody_is_not_believed(looks: Looks) -> None:
    """A token of another workspace: each account would be gone, and with it each right."""
    start = looks.office.clock.now
    looks.office.chat.faults.append(Fault(Unreachable("user_not_found"), "knock", times=8))
    await looks.tick()
    assert [one.subject for one in await looks.problems()] == ["platform:slack"]
    people = await looks.office.company.database.read(
        lambda store: store.people.out_of_reach(map(email, ("Tara Lindqvist",)))
    )
    assert people == frozenset()
    await looks.on(start + DAY)
    assert await looks.problems() == []


async def test_two_processes_tell_it_once(looks: Looks) -> None:
    leaves(looks.office, "deven")
    other = Looks(looks.office)
    await looks.check.look()
    await other.check.look()
    await looks.office.delivery.drain()
    assert len(looks.told()["ruth"]) == 1
    assert len([one for one in await audit(looks.office.company) if one[1] == "reach.tried"]) == 1


async def test_a_clock_that_jumps_tells_nothing_twice_and_waits_for_no_moment_of_its_own(looks: Looks) -> None:
    start = looks.office.clock.now
    leaves(looks.office, "deven")
    await looks.tick()
    await looks.on(start - DAY)
    await looks.on(start)
    assert len(looks.told()["ruth"]) == 1
    await looks.on(start + 52 * 7 * DAY)
    await looks.on(start + DAY)
    await looks.on(start + 2 * DAY)
    assert len(looks.told()["ruth"]) == 3, (
        "once more by the wrong year, and once since that year's day is no day of ours"
    )


async def test_nobody_is_tried_at_night_or_on_a_day_off(looks: Looks) -> None:
    for moment in (datetime.fromisoformat("2026-11-24T08:59+11:00"), datetime.fromisoformat("2026-11-24T17:00+11:00"), datetime.fromisoformat("2026-11-28T12:00+11:00")):  # fmt: skip
        await looks.on(moment)
    assert looks.office.chat.called("knock") == []


async def test_a_tick_that_fails_is_made_up_for(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    leaves(looks.office, "deven")
    with monkeypatch.context() as broken:
        broken.setattr(looks.office.chat, "knock", None)
        await looks.tick()
    assert await looks.problems() == []
    looks.seconds.now += 31.0
    await looks.tick()
    assert len(looks.told()["ruth"]) == 1


async def test_many_people_are_asked_at_the_pace_that_the_platform_takes(looks: Looks) -> None:
    policy = looks.office.company.door.policy
    many = tuple(f"one{number}@fernhill.example" for number in range(60))
    check = Looks(
        looks.office, policy.model_copy(update={"customers": policy.customers.model_copy(update={"handlers": many})})
    )
    await check.tick()
    assert check.rests == [60.0, 60.0]


async def test_whoever_took_the_app_away_gets_nothing_there_from_then_on(looks: Looks) -> None:
    takes_away(looks.office)
    await looks.tick()
    (account,) = (
        await looks.office.company.database.read(lambda store: store.reach.accounts([email("Deven Okafor")]))
    )[email("Deven Okafor")]
    assert account.reference == {"left": True}
