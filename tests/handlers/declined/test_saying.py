"""P5: one word is enough; the call is found, or chosen among the caller's own, and only by someone who was on it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from handlers.acting import CLOCK
from handlers.declined import saying
from storage.tables.calls import LOOKING, Declined
from tests.each import each
from tests.handlers.builders import Company, audit, call, email, left, refusal, register, words_for
from tests.handlers.declined.acts import afterwards, live, midway, newest, row, say, states
from tests.handlers.reading import buttons, card_of, lines, listed, seen
from tests.moments import NOW


async def test_p5_a_word_is_stored_before_anyone_is_asked_and_answered_by_a_card(company: Company) -> None:
    matter = await say(company)
    assert (await row(company, matter)).state == "looking"
    assert await left(company) == [("show", "bram")]
    assert "⏳ Your caller declined to be recorded · looking for your call" in lines(
        await seen(company, matter, company.bram)
    )


@each("ended", [False, True])
async def test_p5_said_once_more_of_the_same_live_call_it_is_known_and_watched(company: Company, ended: bool) -> None:
    call_now = live(f"call-{ended}")
    first = await midway(company, call_now)
    await company.door.enter(saying.note_call_ended(first) if ended else saying.note_not_recorded(first), CLOCK)
    again = await say(company)
    assert again != first
    await company.door.enter(saying.take_calls_found(again, (call_now,)), CLOCK)
    told = "\n".join(lines(await seen(company, again, company.bram)))
    known = "already told me that the caller declines" if ended else "You’ve already told me about the call you are on."
    assert known in told
    assert (await row(company, first)).live == ("asked" if ended else "off")


async def test_p5_two_presses_at_once_are_one_matter(company: Company) -> None:
    await asyncio.gather(
        *(company.door.enter(saying.note_declined(), company.bram, key=f"slack:{n}") for n in range(5))
    )
    begun = [one for one in await audit(company) if one[1] == "declined.say"]
    assert len(begun) == 5
    assert (
        len({str(one) for one in await company.database.read(lambda store: store.matters.ids(Declined, (LOOKING,)))})
        == 1
    )


async def test_p5_one_live_call_is_the_one_and_the_decider_hears_at_once(company: Company) -> None:
    matter = await midway(company)
    found = await row(company, matter)
    assert (found.how, found.live, found.state) == ("midway", "asked", "waiting")
    assert sorted(set(await left(company))) == [("show", "bram"), ("show", "helena")]


async def test_p5_of_several_live_calls_the_reporter_chooses(company: Company) -> None:
    matter = await midway(company, live("call-7"), live("call-8", recordings=("live/8.wav",)))
    assert (await row(company, matter)).state == "choosing"
    card = await seen(company, matter, company.bram)
    assert "You are on more than one call. Which one is it?" in lines(card)
    assert not [line for line in lines(card) if "+61412345678" in line]
    await company.door.enter(saying.choose_call(f"{matter}:1"), company.bram)
    assert (await row(company, matter)).call_id == "call-8"


async def test_p5_without_a_live_call_the_last_calls_of_the_reporter_are_offered(company: Company) -> None:
    await register(company.door, call(4, operator_key=email("Anna Quill"), operator_name="Anna Quill"))
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter), CLOCK)
    assert [one["recording"] for one in (await row(company, matter)).choices] == company.calls
    card = await seen(company, matter, company.bram)
    assert len([one for one in buttons(card) if one.label == "This call"]) == len(company.calls)
    assert any("Which call did the caller decline?" in line for line in lines(await listed(company, company.bram)))


async def test_p5_a_chosen_finished_call_is_out_of_reach_at_once_and_waits_for_the_head(company: Company) -> None:
    matter = await afterwards(company)
    found = await row(company, matter)
    assert (found.how, found.state, found.erase_at) == ("afterwards", "waiting", None)
    assert await states(company, company.calls[0]) == ["declined"]
    told = lines(await seen(company, matter, company.helena))
    assert "⏳ Bram Tolliver’s caller declined to be recorded · waiting for you" in told
    assert [line for line in told if "stays locked until you erase or keep it" in line]


async def test_p5_a_person_who_says_it_after_the_call_is_offered_a_confidential_report(company: Company) -> None:
    matter = await afterwards(company)
    assert [one for one in buttons(await seen(company, matter, company.bram)) if one.label == "Report in confidence"]


@each("value", ["0", "1:", "x", "99", "-1", "٣", "0 ", "1e1"])
async def test_p5_a_choice_that_is_none_is_refused_in_words(company: Company, value: str) -> None:
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter), CLOCK)
    if value == "0":
        refused = await refusal(company, saying.choose_call("D-NOSUCH:0"), company.bram)
        assert str(refused) == "I can’t find this call."
    else:
        assert (await refusal(company, saying.choose_call(f"{matter}:{value}"), company.bram)).code == "unknown"


async def test_p5_a_call_that_turns_out_to_be_a_colleagues_cannot_be_chosen(company: Company) -> None:
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter), CLOCK)
    await register(
        company.door, call(1, stamp="corrected", operator_key=email("Anna Quill"), operator_name="Anna Quill")
    )
    refused = await refusal(company, saying.choose_call(f"{matter}:0"), company.bram)
    assert (refused.code, str(refused)) == ("not_operator", "You can only say this about a call you were on.")
    assert await states(company, company.calls[0]) == ["present"]


async def test_p5_no_one_chooses_for_someone_else_nor_learns_that_there_is_anything(company: Company) -> None:
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter), CLOCK)
    for who in (company.anna, company.tara, company.helena):
        assert str(await refusal(company, saying.choose_call(f"{matter}:0"), who)) == "I can’t find this call."
        assert await card_of(company, matter, who) is None


async def test_p5_chosen_by_two_at_once_a_live_call_is_one_matter(company: Company) -> None:
    two = (live("call-7"), live("call-8", recordings=("live/8.wav",)))
    first = await midway(company, *two)
    second = await say(company, company.anna)
    await company.door.enter(saying.take_calls_found(second, two), CLOCK)
    await company.door.enter(saying.choose_call(f"{first}:0"), company.bram)
    await company.door.enter(saying.choose_call(f"{second}:0"), company.anna)
    assert (await row(company, second)).trouble == "known_still"
    told = lines(await seen(company, second, company.anna))
    assert [line for line in told if "STILL being recorded" in line]
    assert [line for line in told if line.startswith("Say: “I’m sorry, this call is still being recorded.")]


@each("trouble", ["unreachable", "unread"])
async def test_p5_while_no_one_can_tell_it_counts_as_recorded(company: Company, trouble: str) -> None:
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter, (), trouble), CLOCK)  # type: ignore[arg-type]
    told = lines(await seen(company, matter, company.bram))
    assert told[0] == "⚠️ Your caller declined to be recorded · STILL being recorded"
    assert [line for line in told if line.startswith("Say: “I’m sorry, this call is still being recorded.")]
    assert [line for line in told if line.startswith("Switch the recording off in the phone system, or")]
    before = len(await audit(company))
    await company.door.enter(saying.take_calls_found(matter, (), trouble), CLOCK)  # type: ignore[arg-type]
    assert len(await audit(company)) == before


async def test_p5_a_system_that_cannot_be_told_says_so_and_offers_the_last_calls(company: Company) -> None:
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter, (), "cannot"), CLOCK)
    told = lines(await seen(company, matter, company.bram))
    assert [line for line in told if "switch its recording off in the phone system" in line]
    assert (await newest(company, company.bram)).state == "choosing"


async def test_p5_where_it_was_none_of_them_nothing_waits_and_nothing_is_out_of_reach(company: Company) -> None:
    matter = await say(company)
    await company.door.enter(saying.take_calls_found(matter), CLOCK)
    assert [one for one in buttons(await seen(company, matter, company.bram)) if one.label == "None of these"]
    assert (await refusal(company, saying.dismiss_matter(matter), company.anna)).code == "no_copy"
    await company.door.enter(saying.dismiss_matter(matter), company.bram)
    assert "You said that it was none of these calls. Nothing is locked." in lines(
        await seen(company, matter, company.bram)
    )
    assert await states(company, *company.calls) == ["present"] * 3
    assert not any("Which call did the caller decline?" in line for line in lines(await listed(company, company.bram)))
    assert (await refusal(company, saying.dismiss_matter(matter), company.bram)).code == "already"


Said = Callable[[Company], Awaitable[str]]
SAID = NOW
NEXT = live("call-8", began=SAID + timedelta(minutes=5), recordings=("live/next.wav",))


async def said_and_kept(company: Company) -> str:
    """Bram typed it while Slack did not say who he is; it is done ten minutes later."""
    company.clock.pass_(minutes=10)
    await company.door.enter(saying.note_declined(), company.bram, kept_since=SAID)
    return (await newest(company, company.bram)).id


async def said_and_killed(company: Company) -> str:
    """The program died before it looked for the call, and starts ten minutes later."""
    matter = await say(company)
    company.clock.pass_(minutes=10)
    return matter


@pytest.mark.parametrize("said", [said_and_kept, said_and_killed])
class TestACallThatBeganLater:
    async def test_p5_is_not_switched_off_and_the_reporter_chooses(self, company: Company, said: Said) -> None:
        matter = await said(company)
        await company.door.enter(saying.take_calls_found(matter, (NEXT,)), CLOCK)
        found = await row(company, matter)
        assert (found.state, found.live, found.erase_at) == ("choosing", "", None)
        told = lines(await seen(company, matter, company.bram))
        assert [one for one in told if one.startswith("You told me <24 Nov 03:00")]
        assert [one for one in told if "I couldn’t look then. Which call was it?" in one]
        assert [one for one in told if "This call" in one and "Since" in one]

    async def test_p5_one_that_went_on_then_is_switched_off_however_late(self, company: Company, said: Said) -> None:
        matter = await said(company)
        await company.door.enter(saying.take_calls_found(matter, (live(began=SAID - timedelta(minutes=2)),)), CLOCK)
        assert (await row(company, matter)).live == "asked"


async def test_p5_a_leg_still_recorded_is_named_with_what_to_say_and_do_and_told_in_a_message(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(saying.note_still_recorded(matter, ("customer",)), CLOCK)
    told = lines(await seen(company, matter, company.bram))
    assert told[0] == "⚠️ Your caller declined to be recorded · STILL being recorded"
    assert told[1].startswith("⚠️ This call is STILL being recorded (customer).")
    assert told[2].startswith("Say: “I’m sorry, this call is still being recorded.")
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
    assert "The call ended before I could confirm that its recording was off." in told
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
