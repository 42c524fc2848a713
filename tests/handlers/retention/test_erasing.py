"""P12: a call is closed at its moment, erased, and certified only once a look of another kind finds nothing; a fault keeps none back."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.ports import HeldBySystem, Sought, Unavailable
from bot.retention.erasing import Erasing
from handlers import listening
from handlers.access import deciding
from handlers.acting import Context, Handler, Result
from handlers.retention import closing, erasing
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import ask, audit, refusal, stored, words_for
from tests.handlers.holds.acts import hold
from tests.handlers.reading import detailed, labels, lines, seen
from tests.handlers.retention.pausing import MOMENT
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long

MICROSECOND = timedelta(microseconds=1)


async def _told(archive: Archive) -> list[str]:
    """What the Head is told, but for the calls of the builders, which this recorder never had."""
    return [one for one in await words_for(archive.company, archive.company.helena) if "vanished" not in one]


async def _done(archive: Archive) -> list[str]:
    """What the log says of erasing, but for the calls of the builders, which are forgotten."""
    done = [action for _, action, *_ in await audit(archive.company)]
    return [one for one in done if one.startswith("retention.") and one != "retention.forget"]


async def test_p12_the_moment_is_fixed_when_a_call_is_first_seen(archive: Archive) -> None:
    number = await archive.record("one")
    assert (await archive.by_id(number)).erase_at == MOMENT
    archive.until(NOW, days=90)
    await archive.record("one", NOW + timedelta(days=90))
    call = await archive.by_id(number)
    assert (call.started, call.erase_at) == (NOW + timedelta(days=90), MOMENT)


async def test_p12_never_a_microsecond_early(archive: Archive) -> None:
    number = await archive.record("one")
    archive.company.clock.now = MOMENT - MICROSECOND
    await archive.tick()
    assert await archive.erasure(number) is None
    assert (await archive.recorder.audio("one")).size == 5


async def test_p12_at_its_moment_it_is_closed_erased_and_certified(archive: Archive) -> None:
    number = await archive.record("one")
    archive.until(MOMENT)
    await archive.tick()
    erasure, call = await archive.the_erasure(number), await archive.by_id(number)
    assert (erasure.state, erasure.closed_at, erasure.answered_at, erasure.erased_at) == (
        "erased", MOMENT, MOMENT, MOMENT,
    )  # fmt: skip
    assert await archive.recorder.look([Sought("one", 5, "")]) == {"one": ()}
    kept = (call.state, call.line, call.operator_name, call.started)
    assert kept == ("erased", "+61281979000", "Bram Tolliver", NOW)
    assert (call.caller, call.crm, call.found_by, call.peaks, call.native_id) == ("", "", "", None, f"erased:{number}")
    assert await _done(archive) == ["retention.close", "retention.ask", "retention.send", "retention.certify"]
    assert await findings(archive.company.database) == []


async def test_p12_it_is_closed_to_everyone_though_the_recorder_is_away(archive: Archive) -> None:
    """No one can find it, ask for it, or hear it under earlier access."""
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT, days=-1)
    request = await ask(company, company.anna, calls=[number])
    await company.door.enter(deciding.approve_request(request), company.tara)
    code = await company.door.enter(listening.make_listen_code(request), company.anna)
    await company.door.enter(listening.exchange_code(code), company.anna)
    archive.recorder.outage = Unavailable("away")
    archive.until(MOMENT)
    assert await company.database.read(lambda store: store.recordings.present([number], MOMENT)) == []
    with pytest.raises(Unavailable):
        await archive.tick()
    await archive.erasing.tick()
    erasure = await archive.the_erasure(number)
    assert (erasure.state, erasure.trouble, erasure.tries) == ("closed", "unavailable", 1)
    assert (await refusal(company, listening.make_listen_code(request), company.anna)).code == "past_its_moment"
    assert await findings(company.database) == []


async def test_p12_a_request_that_waits_keeps_the_audio_for_itself_alone(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT, days=-1)
    request = await ask(company, company.anna, calls=[number])
    archive.until(MOMENT)
    await archive.tick()
    [keep] = await archive.keeps(number)
    assert (keep.matter_id, keep.why) == (request, "request")
    assert (await archive.recorder.audio("one")).size == 5
    shown = (await stored(company, request)).revision
    assert "Approve" in labels(await seen(company, request, company.tara))
    # Twenty working days by the line's calendar: Christmas Day, the day after and New Year's Day are none in New South Wales.
    archive.until(keep.ends_at)
    assert keep.ends_at == datetime(2027, 12, 22, 6, tzinfo=UTC)
    await archive.tick()
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert (await stored(company, request)).revision > shown
    assert [one for one in labels(await detailed(company, request, company.tara)) if "Approve" in one] == []
    assert labels(await seen(company, request, company.anna)) == ["Withdraw"]
    refused = await refusal(company, deciding.approve_request(request), company.tara)
    assert f"⚠️ {refused.sentence}" in lines(await seen(company, request, company.tara))
    await company.door.enter(deciding.deny_request(request, "Too late."), company.tara)
    assert await findings(company.database) == []


async def test_p12_a_recorder_that_lies_is_not_believed(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    number = await archive.record("one")

    async def lying(native_id: str, stamp: str) -> None:
        pass

    archive.until(MOMENT)
    with monkeypatch.context() as patched:
        patched.setattr(archive.recorder, "delete", lying)
        await archive.tick()
        erasure = await archive.the_erasure(number)
        assert (erasure.state, erasure.trouble, erasure.erased_at) == ("asked", "left", None)
    archive.until(MOMENT, seconds=30)
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"


async def test_p12_tries_are_further_and_further_apart_until_a_quarter_of_an_hour(archive: Archive) -> None:
    number = await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    waits: list[float] = []
    for _ in range(8):
        await archive.erasing.tick()
        erasure = await archive.the_erasure(number)
        waits.append((erasure.next_at - archive.company.clock.now).total_seconds())
        archive.company.clock.now = erasure.next_at
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


async def test_p12_an_erased_call_stays_erased_whatever_the_recorder_shows_later(archive: Archive) -> None:
    number = await archive.record("one")
    archive.until(MOMENT)
    await archive.tick()
    first = await archive.the_erasure(number)
    archive.until(MOMENT, days=3)
    archive.recorder.keep(replace(SIGHTED, native_id="one"), b"audio")
    await archive.sync.sync()
    assert (await archive.by_id(number)).state == "erased"
    assert await archive.company.database.read(lambda store: store.recordings.present([number], NOW)) == []
    await archive.erasing.tick()
    second = await archive.the_erasure(number)
    assert (second.why, second.state, second.id != first.id) == ("came_back", "erased", True)
    assert await archive.recorder.look([Sought("one", 5, "")]) == {"one": ()}
    assert (await _told(archive))[0].startswith("1 call that had been erased")
    assert await findings(archive.company.database) == []


async def test_p12_files_that_are_replaced_during_a_batch_are_neither_deleted_nor_certified(archive: Archive) -> None:
    """They were read as they should be; then three new calls are written over them, before the recorder is asked."""
    numbers = {name: await archive.record(name) for name in ("one", "two", "three", "four")}
    delete = archive.recorder.delete

    async def written_over(native_id: str, stamp: str) -> None:
        for name in ("one", "two", "three"):
            archive.recorder.keep(replace(SIGHTED, native_id=name, started=MOMENT), f"call {name}".encode())
        await delete(native_id, stamp)

    archive.until(MOMENT)
    vars(archive.recorder)["delete"] = written_over
    await archive.erasing.tick()
    vars(archive.recorder)["delete"] = delete
    assert (await archive.by_id(numbers.pop("four"))).state == "erased"
    for name, number in numbers.items():
        erasure = await archive.the_erasure(number)
        assert (erasure.state, erasure.trouble, erasure.audio_hash) == ("closed", "changed", "")
        assert (await archive.recorder.audio(name)).size == len(f"call {name}")
    archive.until(MOMENT, minutes=1)
    await archive.tick()
    known = await archive.company.database.read(lambda store: store.recordings.known("memory", numbers))
    for name, number in numbers.items():
        call, before = known[name], await archive.by_id(number)
        assert (call.state, call.erase_at) == ("present", datetime(2028, 11, 24, 3, tzinfo=UTC))
        assert (await archive.recorder.audio(name)).size == call.size
        assert (before.state, before.caller) == ("gone", "")
    assert await findings(archive.company.database) == []


async def test_p12_two_replicas_erase_once(archive: Archive) -> None:
    await archive.record("one")
    archive.until(MOMENT)
    erasing = archive.erasing
    other = Erasing(archive.company.door, archive.recorder, "memory", erasing.marks)
    await asyncio.gather(archive.erasing.tick(), other.tick(), archive.erasing.tick())
    assert await _done(archive) == ["retention.close", "retention.ask", "retention.send", "retention.certify"]


async def test_p12_the_next_one_continues_where_one_stopped(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the recorder deleted it and before the second look: after two minutes it is done again."""
    number = await archive.record("one")
    archive.until(MOMENT)

    async def killed(_: object) -> dict[str, tuple[str, ...]]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(archive.recorder, "look", killed)
        with pytest.raises(KeyboardInterrupt):
            await archive.erasing.tick()
    await archive.erasing.tick()
    assert (await archive.by_id(number)).state == "closed"
    archive.until(MOMENT, minutes=2)
    await archive.erasing.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert await findings(archive.company.database) == []


async def test_p12_a_call_that_had_gone_gets_no_certificate_and_the_head_hears_of_it(archive: Archive) -> None:
    number = await archive.record("one")
    await archive.record("two")
    archive.until(MOMENT)
    archive.recorder.lose("one")
    await archive.erasing.tick()
    erasure = await archive.the_erasure(number)
    assert (erasure.state, erasure.trouble) == ("closed", "absent")
    archive.until(MOMENT, minutes=1)
    await archive.tick()
    erasure, call = await archive.the_erasure(number), await archive.by_id(number)
    assert (erasure.state, erasure.erased_at, call.state, call.caller) == ("vanished", None, "gone", "")
    told = (await words_for(archive.company, archive.company.helena))[-1]
    assert f"(call {number} of Tue 24 Nov 2026, 14:00 Sydney, " in told and "there is no certificate" in told
    assert await findings(archive.company.database) == []


def spoil(monkeypatch: pytest.MonkeyPatch, handler: Handler[..., Any], touches: str) -> None:
    """From now on a handler fails where it is given that one, by a fault of ours."""
    sound = handler.do

    def spoilt(ctx: Context, **given: object) -> Result[Any]:
        if touches in repr(given):
            raise ValueError("a fault of ours")
        return sound(ctx, **given)

    monkeypatch.setattr(handler, "do", spoilt)


def counted() -> float:
    """Faults of the erasing, as an operator's metrics tell them."""
    return REGISTRY.get_sample_value("steward_tick_faults_total", {"part": "erasures"}) or 0.0


async def minutes(archive: Archive, number: int, *, since: int = 0) -> None:
    """So many ticks, one a minute."""
    for minute in range(since, since + number):
        archive.until(MOMENT, minutes=minute)
        await archive.erasing.tick()


async def states(archive: Archive, *numbers: int) -> list[str]:
    return [(await archive.by_id(one)).state for one in numbers]


@pytest.mark.parametrize("kind", [closing.close_call, erasing.take_erasures, erasing.ask_guard, erasing.send_delete])
async def test_p12_a_call_that_fails_at_any_step_keeps_no_other_one_back(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, kind: Handler[..., Any]
) -> None:
    """One that could not be closed stopped the erasing of all others, for good and without a word to the Head."""
    one, other, third = [await archive.record(name, audio=name.encode()) for name in ("one", "two", "three")]
    if kind is closing.close_call:
        spoil(monkeypatch, closing.close_call, f"'recording_id': {one}")
    else:
        archive.until(MOMENT)
        archive.recorder.outage = Unavailable("away")  # it is closed, and still there
        await archive.erasing.tick()
        archive.recorder.outage = None
        erasure = await archive.the_erasure(one)
        spoil(monkeypatch, kind, erasure.id)
    faults = counted()
    with capture_logs() as logs:
        await minutes(archive, 8)
    assert (await states(archive, other, third)) == ["erased", "erased"]
    assert (await states(archive, one)) == ["present" if kind is closing.close_call else "closed"]
    assert "tick.fault" in [line["event"] for line in logs]
    assert counted() > faults


async def test_p12_a_hold_that_fails_keeps_no_other_call(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    held, other = await archive.record("one"), await archive.record("two", audio=b"two")
    company = archive.company
    archive.until(MOMENT, days=-1)
    begun = await hold(company, company.helena, [held], until="2027-11-30")
    spoil(monkeypatch, closing.end_keep, begun.hold)
    archive.until(MOMENT, days=8)
    await archive.erasing.tick()
    assert (await archive.by_id(other)).state == "erased"


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Locked:
    """A bucket's lock: nothing is deleted before its end, and it says when that is. `asked` are the moments of the tries."""

    def __init__(self, archive: Archive, until: datetime) -> None:
        self.archive, self.until, self.asked = archive, until, list[datetime]()
        self.delete = archive.recorder.delete
        vars(archive.recorder)["delete"] = self

    async def __call__(self, native_id: str, stamp: str) -> None:
        now = self.archive.company.clock.now
        self.asked.append(now)
        if now < self.until:
            raise HeldBySystem("one is kept by the bucket's retention.", self.until)
        await self.delete(native_id, stamp)


async def _ticks(archive: Archive, *, days: float, each: timedelta = HOUR) -> None:
    at = MOMENT
    while at <= MOMENT + timedelta(days=days):
        archive.company.clock.now = at
        await archive.erasing.tick()
        at += each


async def _states(archive: Archive) -> list[str]:
    """What became of the calls that this recording system had, by their numbers."""
    numbers = range(4, 6)  # after those of the builders
    rows = await archive.company.database.read(lambda store: store.recordings.all_of(numbers))
    return [one.state for one in rows]


@pytest.mark.soak
async def test_p12_it_is_tried_daily_and_once_it_may_go(archive: Archive) -> None:
    """For each call of 400 days it was 38,000 tries: each read the whole audio, and left three entries and a line in the journal."""
    await archive.record("one")
    locked = Locked(archive, MOMENT + 3 * DAY + HOUR)
    await _ticks(archive, days=4)
    assert [at - MOMENT for at in locked.asked] == [timedelta(), DAY, 2 * DAY, 3 * DAY, 3 * DAY + HOUR]
    assert await _states(archive) == ["erased"]
    assert await findings(archive.company.database) == []
