"""P5: “off” is said when it was read back, and “STILL being recorded” while it was not; until the call is over."""

from handlers.acting import CLOCK
from handlers.declined import saying
from tests.handlers.builders import Company, words_for
from tests.handlers.declined.acts import midway, row
from tests.handlers.reading import lines, seen


async def test_p5_a_leg_that_goes_on_is_named_with_what_to_say_and_do_and_told_in_a_message(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(saying.note_still_recorded(matter, ("customer",)), CLOCK)
    told = lines(await seen(company, matter, company.bram))
    assert told[0] == "⚠️ Your caller declined to be recorded · STILL being recorded"
    assert told[1].startswith("⚠️ This call is STILL being recorded (customer).")
    assert told[2].startswith("Say to the caller:")
    assert [
        one for one in await words_for(company, company.bram) if one.startswith("This call is STILL being recorded")
    ]


async def test_p5_a_leg_that_came_to_light_later_is_out_of_reach_too(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(saying.note_not_recorded(matter, ("live/in.wav", "live/third.wav")), CLOCK)
    names = await company.database.read(lambda store: [one.native_id for one in store.declines.recordings(matter)])
    assert names == ["live/in.wav", "live/out.wav", "live/third.wav"]


async def test_p5_a_call_that_ended_unconfirmed_is_never_said_to_have_been_off(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(saying.note_still_recorded(matter, (), "unreachable"), CLOCK)
    await company.door.enter(saying.note_call_ended(matter), CLOCK)
    told = lines(await seen(company, matter, company.bram))
    assert "The call ended before I could tell that its recording was off." in told
    assert not [line for line in told if "Recording is off" in line]


async def test_p5_after_the_end_nothing_is_said_of_it_any_more(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(saying.note_call_ended(matter), CLOCK)
    for intent in (
        saying.note_not_recorded(matter),
        saying.note_still_recorded(matter, ("customer",)),
        saying.note_call_ended(matter),
    ):
        await company.door.enter(intent, CLOCK)
    assert (await row(company, matter)).live == "over"
