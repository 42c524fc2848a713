"""P12: a hold and an erasure meet at every step; releasing the last hold of a call past its moment erases it."""

from datetime import timedelta

import pytest

from handlers import SEARCHES
from handlers.acting import CLOCK
from handlers.cards import HINT
from handlers.holds.room import held_page
from handlers.retention import erasing
from handlers.rules import Refused
from tests.each import each
from tests.handlers.builders import Company, audit
from tests.handlers.holds.acts import (
    ask,
    asked_to_delete,
    at,
    certified,
    close,
    confirm,
    erased,
    hold,
    intro,
    kept,
    old_call,
    release,
    to_its_moment,
)
from tests.handlers.reading import detailed, lines, looking, text

pytestmark = pytest.mark.long


async def test_p12_held_before_its_moment_a_call_is_closed_and_not_erased(company: Company) -> None:
    call = await old_call(company)
    begun = await ask(company, company.anna, [call])
    erasure = await close(company, call)
    assert not await asked_to_delete(company, erasure)
    assert begun.too_late == 0


async def test_p12_held_once_it_is_closed_a_call_is_not_erased(company: Company) -> None:
    """A form that was opened before the moment, or a request's card: the call is found nowhere else."""
    call = await old_call(company)
    erasure = await close(company, call)
    begun = await ask(company, company.anna, [call])
    assert begun.too_late == 0
    assert not await asked_to_delete(company, erasure)


async def test_p12_held_while_the_calls_before_it_are_deleted_a_call_is_not_erased(company: Company) -> None:
    """The journal tells of it already, and its own delete is not sent yet."""
    call = await old_call(company)
    erasure = await close(company, call)
    assert erasure in await company.door.enter(erasing.ask_guard((erasure,)), CLOCK)
    begun = await ask(company, company.anna, [call])
    assert begun.too_late == 0
    assert not await company.door.enter(erasing.send_delete(erasure, "a"), CLOCK)
    assert not any("too late" in one for one in lines(await detailed(company, begun.hold, company.anna)))


async def test_p12_held_once_the_recorder_was_asked_it_says_so_and_is_kept_if_it_can_be(company: Company) -> None:
    call = await old_call(company)
    erasure = await close(company, call)
    assert await asked_to_delete(company, erasure)
    begun = await ask(company, company.anna, [call])
    assert begun.too_late == 1
    told = [text(one.words) for one in held_page(begun).parts if hasattr(one, "words")]
    assert any("is already deleting one of these calls, so the hold may come too late" in one for one in told)
    assert any(
        "so the hold may have come too late" in one for one in lines(await detailed(company, begun.hold, company.anna))
    )
    # It did not answer, so before it is asked again the hold is seen.
    await company.door.enter(erasing.note_failure(erasure, "unavailable"), CLOCK)
    company.clock.pass_(minutes=5)
    assert not await asked_to_delete(company, erasure)


async def test_p12_too_late_for_the_recorder_the_card_says_that_it_is_erased(company: Company) -> None:
    call = await old_call(company)
    erasure = await close(company, call)
    assert await asked_to_delete(company, erasure)
    begun = await ask(company, company.anna, [call])
    await certified(company, erasure)
    card = lines(await detailed(company, begun.hold, company.anna))
    assert any("erased <25 Nov" in one for one in card)
    assert not any("+61" in one or "428" in one for one in card)


async def test_p12_asked_for_after_erasure_it_answers_erased_on(company: Company) -> None:
    call = await old_call(company)
    await erased(company, call)
    with pytest.raises(Refused) as refused:
        await ask(company, company.anna, [call])
    assert refused.value.fields["recordings"].startswith("This call was erased on Wed 25 Nov, 18:00 Sydney.")


async def test_p12_those_that_are_still_there_are_held_and_the_answer_names_the_others(company: Company) -> None:
    call = await old_call(company)
    when = await erased(company, call)
    begun = await ask(company, company.anna, [call, company.calls[0]])
    assert (begun.number, begun.erased) == (1, (when,))
    told = [text(one.words) for one in held_page(begun).parts if hasattr(one, "words")]
    assert told[1:] == [
        "Helena Marsh has to confirm it by then. Your card shows its status.",
        f"A call was erased <25 Nov {when:%H:%M}> and can’t be held.",
    ]


async def test_p12_releasing_the_last_hold_says_how_many_calls_it_erases(company: Company) -> None:
    calls = [await old_call(company), await old_call(company, 7)]
    begun = await hold(company, company.helena, [*calls, company.calls[0]])
    words = await intro(company, "hold_release", begun.hold, company.helena)
    assert words.startswith("Each call is erased when its time is up")
    for call in calls:
        await close(company, call)
    words = await intro(company, "hold_release", begun.hold, company.helena)
    assert words == "Without the hold, 2 calls will be erased for good within the hour. This can’t be undone."
    other = await hold(company, company.helena, calls[:1], case="Inquiry 3")
    words = await intro(company, "hold_release", begun.hold, company.helena)
    assert words == "Without the hold, 1 call will be erased for good within the hour. This can’t be undone."
    await release(company, begun.hold, company.helena)
    told = [detail for _, action, *_, detail in await audit(company, begun.hold) if action == "hold.release"]
    assert told[0]["erases"] == calls[1:]
    assert await kept(company, calls[0])
    await release(company, other.hold, company.helena)
    assert not await kept(company, calls[0])


@each("how", ["release", "end"])
async def test_p12_the_last_hold_of_a_call_past_its_moment_lets_it_go_at_once(company: Company, how: str) -> None:
    call = await old_call(company)
    begun = await hold(company, company.helena, [call])
    erasure = await close(company, call)
    assert erasure not in await company.database.read(lambda store: store.erasures.due("file", company.clock.now, 10))
    if how == "release":
        await release(company, begun.hold, company.helena)
    else:
        await at(company, begun.until)
    assert await company.database.read(lambda store: store.erasures.due("file", company.clock.now, 10)) == [erasure]
    assert await asked_to_delete(company, erasure)


async def test_p12_a_call_past_its_moment_is_in_no_search_and_is_on_its_hold_s_card(company: Company) -> None:
    call = await old_call(company, crm="CS-77777")
    begun = await hold(company, company.helena, [call])
    found = SEARCHES["recordings"].find
    assert len(await looking(company, company.helena, lambda ctx: found(ctx, "CS-77777"))) == 1
    await to_its_moment(company, call)
    [said] = await looking(company, company.helena, lambda ctx: found(ctx, "CS-77777"))
    assert said.value == HINT
    card = lines(await detailed(company, begun.hold, company.helena))
    assert any("past its time, and locked" in one for one in card)


async def test_p12_confirming_in_time_keeps_a_call_past_its_moment(company: Company) -> None:
    call = await old_call(company)
    begun = await ask(company, company.anna, [call])
    erasure = await close(company, call)
    await confirm(company, begun.hold, company.helena)
    await at(company, begun.until + timedelta(days=1))
    assert not await asked_to_delete(company, erasure)
