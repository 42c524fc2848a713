"""P5: a locked call is heard and approved by no one, even while its file is away or under another name; and it goes."""

from datetime import timedelta
from typing import Any

import pytest

from handlers import listening, recordings
from handlers.access import deciding as access_deciding
from handlers.acting import CLOCK, WEB
from handlers.declined import deciding, saying
from handlers.retention import closing, erasing
from handlers.retention.erasing import Proof
from handlers.rules import Refused
from storage.records import Recording
from storage.tables.calls import Erasure
from tests.handlers.builders import (
    CLAIM,
    Company,
    approved,
    ask,
    audit,
    call,
    ledger,
    left,
    player_of,
    refusal,
    register,
    words_for,
)
from tests.handlers.declined.acts import afterwards, live, midway, row, states, the_call
from tests.handlers.declined.test_deciding import keeping
from tests.handlers.reading import home_of, labels, lines, seen
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def test_p5_an_approved_call_that_is_out_of_reach_is_heard_no_more_and_says_why(company: Company) -> None:
    request = await approved(company)
    opened = await player_of(company, request)
    await afterwards(company)
    with pytest.raises(Refused) as refused:
        await company.door.enter(listening.note_served(opened.grant, opened.secret, company.calls[0], 0, 10), WEB)
    assert str(refused.value) == "The caller declined to be recorded, so this call is locked."
    told = lines(await seen(company, request, company.anna))
    assert [line for line in told if "locked: the caller declined to be recorded" in line]


async def test_p5_a_call_that_is_out_of_reach_cannot_be_approved_until_it_is_kept(company: Company) -> None:
    request = await ask(company, company.anna)
    matter = await afterwards(company)
    refused = await refusal(company, access_deciding.approve_request(request), company.tara)
    assert (refused.code, "declined to be recorded" in str(refused)) == ("declined", True)
    assert labels(await seen(company, request, company.tara)) == ["Deny", "Ask a question"]
    await company.door.enter(keeping(matter), company.helena)
    await company.door.enter(access_deciding.approve_request(request), company.tara)


async def test_p5_past_its_moment_it_is_kept_for_a_request_and_heard_by_no_one(company: Company) -> None:
    """It wasn't decided in twelve months: what an open investigation keeps is its audio, not access to it."""
    request = await ask(company, company.anna, **CLAIM)
    matter = await afterwards(company)
    company.clock.now = (await the_call(company, company.calls[0])).erase_at or NOW
    await company.door.enter(closing.close_call(company.calls[0]), CLOCK)
    assert await states(company, company.calls[0]) == ["closed"]
    assert (await refusal(company, access_deciding.approve_request(request), company.helena)).code == "declined"
    await company.door.enter(keeping(matter), company.helena)
    await company.door.enter(access_deciding.approve_request(request), company.helena)
    opened = await player_of(company, request)
    await company.door.enter(listening.note_served(opened.grant, opened.secret, company.calls[0], 0, 10), WEB)


async def test_p12_no_name_of_the_phone_system_s_outlives_the_call(company: Company) -> None:
    matter = await midway(company, live(call_id="0491570158-Jane"))
    await company.door.enter(saying.note_still_recorded(matter, ("Jane Doe",)), CLOCK)
    await company.door.enter(saying.note_call_ended(matter), CLOCK)
    company.clock.now = (await row(company, matter)).erase_at or company.clock.now
    await company.door.enter(deciding.erase_if_not_kept(matter), CLOCK)
    await company.door.enter(saying.forget_call_names(matter), CLOCK)
    found = await row(company, matter)
    assert (found.call_id, found.legs, found.choices) == ("", [], [])


async def test_p5_another_call_s_recording_is_not_taken_along(company: Company) -> None:
    """A person who writes the phone system's files can name any recording there; one that began earlier isn't of this
    call.
    """
    matter = await midway(company, live(recordings=("call-1", "live/in.wav")))
    await register(company.door, call(0, native_id="live/in.wav"))
    await company.door.enter(deciding.take_registered_calls(matter), CLOCK)
    assert await states(company, company.calls[0]) == ["present"]
    assert await company.database.read(lambda store: store.declines.met()) == []
    await company.door.enter(saying.note_call_ended(matter), CLOCK)


async def test_p5_what_cannot_be_registered_is_told_to_the_head_a_day_later_and_once(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(saying.note_call_ended(matter), CLOCK)
    company.clock.now = (await row(company, matter)).erase_at or company.clock.now
    await company.door.enter(deciding.erase_if_not_kept(matter), CLOCK)
    await company.door.enter(saying.tell_of_unregistered(matter), CLOCK)
    assert await words_for(company, company.helena) == []
    company.clock.pass_(days=1)
    for _ in range(3):
        await company.door.enter(saying.tell_of_unregistered(matter), CLOCK)
    [told] = await words_for(company, company.helena)
    assert "was never registered" in told


HEARD = "You can listen until <01 Dec 03:00>."


async def _listens(company: Company, request: str) -> tuple[bool, bool, bool]:
    """Whether her card says that she may, and has the button, and whether her home offers and counts it."""
    card, home = await seen(company, request, company.anna), await home_of(company, company.anna)
    return HEARD in lines(card), "Listen" in labels(card), "1 to hear" in lines(home)[0] and "Listen" in labels(home)


async def test_p5_what_is_out_of_reach_at_once_is_offered_to_no_one_until_it_is_kept(company: Company) -> None:
    request = await approved(company)
    assert await _listens(company, request) == (True, True, True)
    before = len(await ledger(company))
    matter = await afterwards(company)
    assert await _listens(company, request) == (False, False, False)
    assert ("show", "anna") in await left(company, before)  # and whatever shows a card redraws the home
    card = await seen(company, request, company.anna)
    told = "A caller declined to be recorded. If that call is kept after all, you can listen again."
    assert (told in lines(card), labels(card)) == (True, ["Withdraw"])
    before = len(await ledger(company))
    await company.door.enter(keeping(matter), company.helena)
    assert await _listens(company, request) == (True, True, True)
    assert ("show", "anna") in await left(company, before)


async def _away(company: Company, *names: str) -> None:
    await company.door.enter(recordings.register_calls("file", (), names or ("call-1",)), CLOCK)


async def _erasure(company: Company, number: int) -> Erasure | None:
    return await company.database.read(lambda store: store.erasures.open(number))


async def _due(company: Company) -> list[str]:
    return await company.database.read(lambda store: store.erasures.due("file", company.clock.now, 10))


async def _late(company: Company) -> int:
    now = company.clock.now
    return await company.database.read(lambda store: sum(store.erasures.late(now - timedelta(hours=1), now).values()))


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
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert await _due(company) == [erasure.id]
    assert await findings(company.database) == []


async def test_p5_the_head_s_word_counts_also_while_the_file_is_away(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await _away(company)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert (await states(company, number), await _due(company)) == (["gone"], [])
    company.clock.pass_(days=2)
    assert await _late(company) == 0
    await register(company.door, call(1))
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert (await states(company, number), await _due(company)) == (["closed"], [erasure.id])
    assert await findings(company.database) == []


async def test_p12_what_the_recorder_was_asked_to_erase_has_not_vanished(company: Company) -> None:
    """The look after the delete failed, and the register saw first that it is gone: its erasure stayed open for months."""
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert await company.door.enter(erasing.send_delete(erasure.id, "a"), CLOCK)
    await _away(company)
    assert (await states(company, number), await _due(company)) == (["gone"], [erasure.id])
    assert await company.door.enter(erasing.send_delete(erasure.id, "a"), CLOCK)
    assert await _vanished(company) == 0
    await company.door.enter(
        erasing.certify_erased(erasure.id, Proof(company.clock.now, "deleted", "copies", "n", "a")), CLOCK
    )
    assert await findings(company.database) == []


async def test_p5_a_file_that_is_moved_is_the_same_call_and_goes(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(recordings.identify_call(number, "1", "a" * 64), CLOCK)
    await _away(company)
    await register(company.door, call(1, native_id="2026/call-1", stamp="2"))
    moved = await _named(company, "2026/call-1")
    assert (moved.id, moved.state, moved.folder) == (number, "declined", "2026")
    told = (await audit(company))[-1][4]
    assert (told["moved"], "replaced" in told) == ([number], False)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert len(await _due(company)) == 1
    assert await findings(company.database) == []


async def test_p5_another_call_of_that_moment_is_none_of_it(company: Company) -> None:
    await afterwards(company)
    await _away(company)
    others: tuple[dict[str, Any], ...] = ({"size": 1}, {"operator_key": "anna@x"}, {"started": company.clock.now})
    for place, facts in enumerate(others):
        await register(company.door, call(1, native_id=f"other-{place}", **facts))
        assert (await _named(company, f"other-{place}")).state == "present"
