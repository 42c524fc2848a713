"""P5: what is out of reach stays so while its file is away, when it comes back, and under another name; and it goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import recordings
from handlers.acting import CLOCK
from handlers.declined import deciding
from handlers.retention import closing, erasing
from handlers.retention.erasing import Proof
from storage.records import Recording
from storage.tables.calls import Erasure
from tests.handlers.builders import Company, audit, call, register, words_for
from tests.handlers.declined.acts import afterwards, midway, recorded, states, the_call
from tests.handlers.declined.test_deciding import keeping
from tests.handlers.holds.acts import close
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def _away(company: Company, *names: str) -> None:
    await company.door.enter(recordings.register("file", (), names or ("call-1",)), CLOCK)


async def _erasure(company: Company, number: int) -> Erasure | None:
    return await company.database.read(lambda store: store.erasures.open(number))


async def _due(company: Company) -> list[str]:
    return await company.database.read(lambda store: store.erasures.due("file", company.clock.now, 10))


async def _late(company: Company) -> int:
    now = company.clock.now
    return await company.database.read(lambda store: store.erasures.late(now - timedelta(hours=1), now))


async def _vanished(company: Company) -> int:
    words = await words_for(company, company.helena)
    return len([one for one in words if "vanished from the recording system before" in one])


async def _named(company: Company, name: str) -> Recording:
    found = await company.database.read(lambda store: store.recordings.known("file", [name]))
    return found[name]


async def test_p5_a_call_that_was_away_for_a_look_is_out_of_reach_as_before(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await _away(company)
    assert await states(company, number) == ["gone"]
    await register(company.door, call(1))
    assert await states(company, number) == ["declined"]
    assert await company.database.read(lambda store: store.recordings.present([number], company.clock.now)) == []
    await company.door.enter(deciding.erase(matter), company.helena)
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert await _due(company) == [erasure.id]
    assert await findings(company.database) == []


async def test_p5_one_that_was_kept_comes_back_into_reach(company: Company) -> None:
    matter = await afterwards(company)
    await _away(company)
    await company.door.enter(keeping(matter), company.helena)
    await register(company.door, call(1))
    assert await states(company, company.calls[0]) == ["present"]


async def test_p5_any_other_call_that_was_away_comes_back_as_it_was(company: Company) -> None:
    await _away(company)
    await register(company.door, call(1))
    assert await states(company, company.calls[0]) == ["present"]


async def test_p12_one_whose_time_was_over_is_closed_at_its_moment_as_ever(company: Company) -> None:
    """Its erasure says that its time was over, which other audio under its name would not have to be."""
    [number] = await register(company.door, call(0, native_id="old"))
    company.clock.now = (await the_call(company, number)).erase_at or company.clock.now
    await company.door.enter(closing.close(number), CLOCK)
    await _away(company, "old")
    assert len(await _due(company)) == 1
    await register(company.door, call(0, native_id="old"))
    assert number in await company.database.read(lambda store: store.erasures.to_close(company.clock.now, 10))


async def test_p5_the_head_s_word_counts_also_while_the_file_is_away(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await _away(company)
    await company.door.enter(deciding.erase(matter), company.helena)
    assert (await states(company, number), await _due(company)) == (["gone"], [])
    company.clock.pass_(days=2)
    assert await _late(company) == 0
    await register(company.door, call(1))
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert (await states(company, number), await _due(company)) == (["closed"], [erasure.id])
    assert await findings(company.database) == []


async def test_p5_what_is_away_and_has_had_its_time_is_not_erased_a_second_time(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await _away(company)
    company.clock.now = (await the_call(company, number)).erase_at or company.clock.now
    await company.door.enter(closing.forget(number), CLOCK)
    await company.door.enter(deciding.erase(matter), company.helena)
    assert await _erasure(company, number) is None


async def test_p5_an_erasure_that_was_begun_goes_on_when_the_file_is_back(company: Company) -> None:
    matter = await midway(company)
    ids = await recorded(company, matter)
    await company.door.enter(deciding.erase(matter), company.helena)
    await _away(company, "live/in.wav", "live/out.wav")
    company.clock.pass_(days=1)
    assert (await _due(company), await _late(company)) == ([], 0)
    assert await _vanished(company) == 1
    await register(company.door, *(call(0, native_id=one) for one in ("live/in.wav", "live/out.wav")))
    assert (await states(company, *ids), len(await _due(company))) == (["closed", "closed"], 2)
    assert await findings(company.database) == []


async def test_p5_what_is_away_until_its_moment_is_seen_to_then(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(deciding.erase(matter), company.helena)
    await _away(company)
    company.clock.now = (await the_call(company, number)).erase_at or company.clock.now
    assert len(await _due(company)) == 1
    assert await _late(company) == 1


async def test_p12_what_the_recorder_was_asked_to_erase_is_no_call_that_vanished_and_is_looked_for_at_once(
    company: Company,
) -> None:
    """The look after the delete failed, and the register saw first that it is gone: its erasure stayed open for months."""
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(deciding.erase(matter), company.helena)
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert await company.door.enter(erasing.send(erasure.id, "a"), CLOCK)
    await _away(company)
    assert (await states(company, number), await _due(company)) == (["gone"], [erasure.id])
    assert await company.door.enter(erasing.send(erasure.id, "a"), CLOCK)
    assert await _vanished(company) == 0
    await company.door.enter(
        erasing.certify(erasure.id, Proof(company.clock.now, "deleted", "copies", "n", "a")), CLOCK
    )
    assert await findings(company.database) == []


async def test_p5_a_file_that_is_moved_is_the_same_call_and_goes(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(recordings.identify(number, "1", "a" * 64), CLOCK)
    await _away(company)
    await register(company.door, call(1, native_id="2026/call-1", stamp="2"))
    moved = await _named(company, "2026/call-1")
    assert (moved.id, moved.state, moved.folder) == (number, "declined", "2026")
    told = (await audit(company))[-1][4]
    assert (told["moved"], "replaced" in told) == ([number], False)
    await company.door.enter(deciding.erase(matter), company.helena)
    assert len(await _due(company)) == 1
    assert await findings(company.database) == []


@pytest.mark.parametrize("before", [True, False])
async def test_p5_also_within_one_look_and_leg_by_leg(company: Company, *, before: bool) -> None:
    matter, names = await midway(company), ("live/in.wav", "live/out.wav")
    ids = await recorded(company, matter)
    if before:
        await _away(company, *names)
    found = [call(0, native_id=f"2026/{one}") for one in names]
    await company.door.enter(recordings.register("file", found, names), CLOCK)
    assert [(await _named(company, f"2026/{one}")).id for one in names] == ids
    assert await states(company, *ids) == ["declined", "declined"]
    assert await _vanished(company) == int(before)


async def test_p5_a_leg_that_is_expected_is_none_that_was_away(company: Company) -> None:
    matter = await midway(company)
    [first] = await recorded(company, matter, "live/in.wav")
    await _away(company, "live/in.wav")
    [second] = await recorded(company, matter, "live/out.wav")
    assert (first != second, await states(company, first, second)) == (True, ["gone", "declined"])
    named = await company.database.read(lambda store: [one.recording_id for one in store.declines.recordings(matter)])
    assert named == [first, second]


async def test_p5_what_lies_there_twice_before_it_is_moved_goes_both_times(company: Company) -> None:
    """Where many are moved, their new names are told before the old ones are gone."""
    matter, number = await afterwards(company), company.calls[0]
    await register(company.door, call(1, native_id="2026/call-1"))
    copy = await _named(company, "2026/call-1")
    assert (copy.id != number, copy.state) == (True, "declined")
    await _away(company)
    await company.door.enter(deciding.erase(matter), company.helena)
    await company.door.enter(deciding.meet(matter), CLOCK)
    erasure = await _erasure(company, copy.id)
    assert erasure is not None
    assert await _due(company) == [erasure.id]
    assert await findings(company.database) == []


async def test_p5_a_copy_of_one_that_was_kept_is_a_call_like_any_other(company: Company) -> None:
    matter = await afterwards(company)
    await company.door.enter(keeping(matter), company.helena)
    await _away(company)
    await register(company.door, call(1, native_id="2026/call-1"))
    assert (await _named(company, "2026/call-1")).id not in company.calls
    await register(company.door, call(2, native_id="2026/call-2"))
    assert (await _named(company, "2026/call-2")).state == "present"


async def test_p5_a_second_matter_that_was_kept_takes_no_copy(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(keeping(matter), company.helena)
    other = await afterwards(company)
    await register(company.door, call(1, native_id="copy"))
    named = await company.database.read(
        lambda store: [[row.native_id for row in store.declines.recordings(one)] for one in (matter, other)]
    )
    assert (await states(company, number), named) == (["declined"], [[""], ["", "copy"]])


async def test_p5_another_call_of_that_moment_is_none_of_it(company: Company) -> None:
    await afterwards(company)
    await _away(company)
    others: tuple[dict[str, Any], ...] = ({"size": 1}, {"operator_key": "anna@x"}, {"started": company.clock.now})
    for place, facts in enumerate(others):
        await register(company.door, call(1, native_id=f"other-{place}", **facts))
        assert (await _named(company, f"other-{place}")).state == "present"


async def test_p5_another_call_in_its_place_is_a_call_of_its_own_also_when_that_was_away(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(deciding.erase(matter), company.helena)
    other = {"native_id": "call-1", "size": 7, "stamp": "9"}
    for _ in range(2):
        await register(company.door, call(0, **other))
        new = await _named(company, "call-1")
        assert (new.id != number, new.state) == (True, "present")
        await _away(company)
    assert await states(company, number) == ["gone"]
    assert await _vanished(company) >= 1
    assert await findings(company.database) == []


async def test_p12_one_that_has_had_its_time_gives_its_name_to_what_is_put_there(company: Company) -> None:
    number = company.calls[0]
    await close(company, number)
    await register(company.door, call(0, native_id="call-1", size=7, stamp="9", started=company.clock.now))
    assert (await _named(company, "call-1")).id != number
