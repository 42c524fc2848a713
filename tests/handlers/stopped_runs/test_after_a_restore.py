"""P12: after a restore nothing is erased for the first time until two people agree, since what was to keep it may be lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.acting import CLOCK
from handlers.checkpoints import Restored
from handlers.holds.filling import asking, setting
from handlers.retention.intents import EraseAgain
from handlers.stopped_runs.intents import Stop
from tests.erasing import Archive
from tests.handlers.builders import words_for
from tests.handlers.holds import acts
from tests.handlers.passing_time import delivered, digests, fall
from tests.handlers.reading import labels, lines, looking, seen, whole_of
from tests.handlers.stopped_runs.acts import (
    EVENING,
    MOMENT,
    agree,
    at_the_moment,
    runs,
    states,
    stopped,
    three,
    told,
    two_a_day,
)
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.soak

LOST = "holds and declines that were written down after the copy was made are lost. Set them again before you agree."


async def restore(archive: Archive, mark: str = "a") -> None:
    """This database was restored from a copy, as a start finds it."""
    await archive.company.door.enter(Restored(3, 9, mark * 64, 5), CLOCK)


async def _one_call(archive: Archive, name: str = "one", **facts: Any) -> tuple[int, str]:
    """The only call of its day, which a restored database brings to its moment; its number, and the run that stopped."""
    number = await archive.record(name, audio=name.encode(), **facts)
    archive.until(MOMENT, days=-3)
    await restore(archive)
    archive.until(MOMENT)
    await archive.tick()
    return number, (await stopped(archive)).id


async def _later(archive: Archive) -> int:
    """A call whose moment comes two days after."""
    archive.until(NOW, days=3)
    return await archive.record("later", NOW + timedelta(days=2), audio=b"later")


async def test_p12_a_single_call_stops_after_a_restore_until_two_agree(archive: Archive) -> None:
    company = archive.company
    number, run = await _one_call(archive)
    found = await stopped(archive)
    assert (found.number, found.register, found.usual) == (1, 0, 0)
    assert (await states(archive), archive.announced) == (["closed"], [])
    await agree(archive, run, company.helena)
    await archive.tick()
    assert (await archive.by_id(number)).state == "closed"
    await agree(archive, run, company.ruth)
    archive.until(MOMENT, minutes=1)
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert await findings(company.database) == []


async def test_p12_once_two_agreed_the_days_after_go_on(archive: Archive) -> None:
    company = archive.company
    later = await _later(archive)
    _, run = await _one_call(archive)
    await agree(archive, run, company.helena, company.ruth)
    archive.until(MOMENT, days=2, hours=1)
    await archive.tick()
    assert ((await archive.by_id(later)).state, len(await runs(archive))) == ("erased", 1)


async def test_p12_each_day_stops_until_two_agreed_to_one_of_them(archive: Archive) -> None:
    company = archive.company
    await _later(archive)
    await _one_call(archive)
    archive.until(MOMENT, days=2, hours=1)
    await archive.tick()
    assert await states(archive) == ["closed", "closed"]
    first, second = await runs(archive)
    await agree(archive, second.id, company.helena, company.ruth)
    archive.until(MOMENT, days=2, hours=2)
    await archive.tick()
    assert sorted(await states(archive)) == ["closed", "erased"]
    assert any(LOST in one for one in lines(await seen(company, first.id, company.ruth)))


async def test_p12_another_restore_has_to_be_answered_again(archive: Archive) -> None:
    company = archive.company
    await _later(archive)
    _, run = await _one_call(archive)
    await agree(archive, run, company.helena, company.ruth)
    archive.until(MOMENT, days=1)
    await restore(archive, "b")
    await archive.tick()
    archive.until(MOMENT, days=2, hours=1)
    await archive.tick()
    assert [one.state for one in await runs(archive)] == ["agreed", "waiting", "waiting"]
    assert await states(archive) == ["closed", "closed"]
    assert await findings(company.database) == []


async def test_p12_what_came_back_is_erased_at_once_and_alone_stops_nothing(archive: Archive) -> None:
    """Nor is anybody asked to agree to nothing."""
    number = await archive.record("one", audio=b"one")
    await restore(archive)
    await archive.company.door.enter(EraseAgain((number,)), CLOCK)
    await archive.tick()
    assert ((await archive.by_id(number)).state, await runs(archive)) == ("erased", [])
    assert await archive.company.door.enter(Stop(), CLOCK) is False
    left = await archive.company.database.read(
        lambda store: store.stopped_runs.would_stop(NOW, NOW + timedelta(days=1))
    )
    assert left is None


async def test_p12_what_a_run_of_before_the_restore_brought_stops_anew(archive: Archive) -> None:
    """Whoever agreed to it, or is to, knew of holds that are lost; and so does what it counted and is yet to come."""
    company, first = archive.company, await at_the_moment(archive)
    archive.until(MOMENT, hours=1)
    await agree(archive, first, company.helena, company.ruth)
    await restore(archive)
    archive.until(MOMENT, hours=2)
    await archive.tick()
    older, anew = await runs(archive)
    assert (older.id, older.state, anew.number) == (first, "agreed", 3)
    archive.until(EVENING)
    await archive.tick()
    assert (await states(archive), len(await runs(archive))) == (["closed"] * 3, 2)
    assert await findings(company.database) == []
    await agree(archive, anew.id, company.ruth, company.helena)
    archive.until(EVENING, minutes=1)
    await archive.tick()
    assert await states(archive) == ["erased"] * 3
    assert await findings(company.database) == []


async def test_p12_a_run_that_stopped_anew_and_stops_once_more_fits_the_log(archive: Archive) -> None:
    """Two restores, and nobody agreed to anything in between."""
    company, _ = archive.company, await at_the_moment(archive)
    for hours, mark in ((1, "a"), (3, "b")):
        archive.until(MOMENT, hours=hours)
        await restore(archive, mark)
        await archive.record(f"old-{mark}", NOW - timedelta(days=hours), audio=mark.encode())
        archive.until(MOMENT, hours=hours + 1)
        await archive.tick()
    assert len(await runs(archive)) == 3
    archive.until(EVENING)
    await archive.tick()
    assert set(await states(archive)) == {"closed"}
    assert await findings(company.database) == []


async def test_p12_the_card_says_what_is_lost_and_to_set_it_again_before(archive: Archive) -> None:
    company = archive.company
    _, run = await _one_call(archive)
    card = await seen(company, run, company.helena)
    assert labels(card) == ["Erase", "Set a hold", "Details"]
    assert labels(await seen(company, run, company.ruth)) == ["Erase", "Set a hold", "Details"]
    assert f"⚠️ My database was restored on <21 Nov 03:00>: {LOST}" in lines(card)
    assert card.summary == "Erasures stopped, since my database was restored, and they wait for you to agree."
    words = f"{lines(card)}"
    assert "nusual" not in words and "Usual" not in words and "Share" not in words
    assert "What is erased can't come back." in words
    await agree(archive, run, company.helena)
    [word] = [one for one in await told(archive, company.henrik) if "agreed" in one]
    assert "Holds that were lost with the restore must be set again before." in word
    assert labels(await seen(company, run, company.helena)) == ["Set a hold", "Details"]
    await agree(archive, run, company.ruth)
    assert labels(await seen(company, run, company.ruth)) == ["Details"]


async def test_p12_a_day_that_is_unusual_as_well_says_both(archive: Archive) -> None:
    company = archive.company
    await three(archive)
    archive.until(MOMENT, days=-1)
    await restore(archive)
    archive.until(MOMENT)
    await archive.tick()
    run = await stopped(archive)
    card = lines(await seen(company, run.id, company.ruth))
    assert run.register == 3
    assert any(LOST in one for one in card)
    assert any(one.startswith("Unusually many calls") for one in card)
    assert any(one.startswith("Share of the register: 100 in a hundred") for one in card)
    await delivered(company)
    archive.until(MOMENT, days=1)
    await fall(company)
    [[reminded]] = await digests(company, company.ruth)
    assert (
        "since that is unusually many for one day and since my database was restored on Tue 23 Nov 2027, 14:00 Sydney. "
        "Holds and declines of after the copy are lost: set them again before. Two people have to agree." in reminded
    )


@pytest.mark.by_hand
@pytest.mark.parametrize("many", [3, 20])
async def test_p12_more_than_a_few_a_day_that_are_not_unusual_stop_for_the_restore_alone(
    archive: Archive, many: int
) -> None:
    """They were counted beside the register, and are few of it: nobody reads that they were many."""
    calls = await three(archive)
    archive.until(NOW, days=2)
    for number in range(many):
        await archive.record(f"young-{number}", NOW + timedelta(days=1), audio=b"young %d" % number)
    archive.until(MOMENT, days=-1)
    await two_a_day(archive, 16)
    await restore(archive)
    archive.until(MOMENT)
    await archive.tick()
    run = await stopped(archive)
    assert (run.number, run.register > 0) == (len(calls), many == 3)


async def test_p12_both_hear_at_once_that_holds_are_lost_and_that_erasures_wait(archive: Archive) -> None:
    await restore(archive)
    for who in (archive.company.helena, archive.company.ruth):
        [word] = [one for one in await words_for(archive.company, who) if one.startswith("My database")]
        assert "Holds and declines that were written down after the copy was made are lost, too." in word
        assert "I erase nothing else until two people have agreed to it" in word


async def test_p12_what_stopped_can_be_held_again_from_its_card_though_it_is_past_its_moment(archive: Archive) -> None:
    company = archive.company
    number, run = await _one_call(archive)
    for form, who in ((setting, company.helena), (asking, company.ruth)):
        _, filled = await looking(company, who, lambda act, form=form: form(act, run))  # type: ignore[misc]
        assert filled.values["recordings"] == [str(number)]
    _, none = await looking(company, company.tara, lambda act: asking(act, run))
    assert "recordings" not in none.values
    await acts.hold(company, company.helena, [number], until="2027-12-20")
    await agree(archive, run, company.helena, company.ruth)
    archive.until(MOMENT, hours=1)
    await archive.tick()
    assert (await archive.by_id(number)).state == "closed"
    _, over = await looking(company, company.helena, lambda act: setting(act, run))
    assert "recordings" not in over.values
    assert await findings(company.database) == []


async def test_p12_a_run_of_no_restore_gives_no_call_past_its_moment_to_choose(archive: Archive) -> None:
    company, run = archive.company, await at_the_moment(archive)
    _, filled = await looking(company, company.helena, lambda act: setting(act, run))
    assert "recordings" not in filled.values


async def test_p12_of_very_many_none_are_chosen_beforehand(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.holds.filling.MOST_OPTIONS", 0)
    _, run = await _one_call(archive)
    _, filled = await looking(archive.company, archive.company.helena, lambda act: setting(act, run))
    assert "recordings" not in filled.values


async def test_p12_what_stopped_after_a_restore_can_be_held_by_number(archive: Archive) -> None:
    company = archive.company
    number, run = await _one_call(archive, caller="+61491570156")
    begun = await acts.hold_number(
        company, company.helena, "+61 491 570 156", "2026-11-01 to 2026-12-31", until="2027-12-20"
    )
    assert await acts.held_calls(company, begun.hold) == [number]
    details = await whole_of(company, run, company.helena)
    assert details is not None
