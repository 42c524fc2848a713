"""Another recording under a known name is a call of its own; the one before is gone, for everything that names it (P7, P12)."""

from typing import Any

from handlers import listening, recordings
from handlers.access import deciding
from handlers.acting import CLOCK, WEB
from handlers.listening import ListeningSession
from tests.each import each
from tests.handlers.builders import Company, approved, ask, audit, email, player_of, refusal, stored, words_for
from tests.handlers.changing import OTHER, identified, recording, replace_call, show
from tests.handlers.holds.acts import hold
from tests.handlers.reading import buttons, detailed, labels, lines, seen, title
from tests.handlers.whose_data.acts import listened, reads_of
from tests.moments import NOW

GONE = "no longer in the recording system"


async def _hears(company: Company, session: ListeningSession, number: int = 0) -> str:
    """What comes of asking for a call's audio."""
    wanted = listening.note_served(session.grant, session.secret, number or company.calls[0], 0, 1)
    try:
        await company.door.enter(wanted, WEB)
    except Exception as refused:  # noqa: BLE001
        return getattr(refused, "code", "fault")
    return "open"


async def _state(company: Company, number: int) -> str:
    found = await company.database.read(lambda store: store.recordings.get(number))
    return found.state if found else ""


@each("facts", [{}, {"crm": "CS-1"}, {"operator_name": "B. Tolliver", "seconds": 61.5}, {"size": 9}])
async def test_p7_a_file_that_was_moved_or_touched_is_the_same_call(company: Company, facts: dict[str, Any]) -> None:
    await identified(company)
    session = await player_of(company, await approved(company))
    assert await show(company, **facts) == company.calls[0]
    assert await _hears(company, session) == "open"
    await company.door.enter(recordings.register_calls("file", (), ("call-1",)), CLOCK)
    assert await _hears(company, session) == "gone", "while it is away"
    assert await show(company, stamp="3", **facts) == company.calls[0]
    assert await _hears(company, session) == "open"


async def test_p7_access_ends_with_the_transaction_that_stores_another_recording(company: Company) -> None:
    request = await approved(company)
    session = await player_of(company, request)
    assert await replace_call(company) != company.calls[0]
    assert (await _state(company, company.calls[0]), await _hears(company, session)) == ("gone", "gone")
    assert (await refusal(company, listening.make_listen_code(request), company.anna)).code == "gone"
    card = await detailed(company, request, company.anna)
    assert title(card).endswith("access has ended")
    assert any(line.endswith(GONE) for line in lines(card))
    detail = (await audit(company, "file"))[-1][4]
    assert (detail["replaced"], detail["vanished"]) == ([company.calls[0]], [company.calls[0]])
    assert "vanished from the recording system" in (await words_for(company, company.helena))[-1]
    again = await ask(company, company.anna, calls=[(await recording(company)).id])
    await company.door.enter(deciding.approve_request(again), company.tara)
    assert await _hears(company, await player_of(company, again), (await recording(company)).id) == "open"


async def test_p7_an_open_request_shows_it_and_opens_nothing_else(company: Company) -> None:
    one, two = await ask(company, company.anna), await ask(company, company.deven, calls=company.calls[:2])
    new = await replace_call(company)
    assert any(line.endswith(GONE) for line in lines(await detailed(company, one, company.tara)))
    assert (await refusal(company, deciding.approve_request(one), company.tara)).code == "nothing_left"
    assert "Approve" not in labels(await seen(company, one, company.tara))
    assert (await stored(company, one)).state == "waiting"
    await company.door.enter(deciding.approve_request(two), company.tara)
    assert await _hears(company, await player_of(company, two, company.deven), new) == "not_granted"


async def test_p12_what_no_one_names_is_another_call_by_its_file_and_its_start(company: Company) -> None:
    """A file may be written for as long as its call lasts."""
    for facts in ({"size": 9}, {"size": 10}, {"size": 10, "started": NOW}):
        assert await show(company, audio="", **facts) == company.calls[0], facts
    assert await show(company, audio="", size=11) != company.calls[0]


async def test_p12_a_hold_stays_in_the_list_and_its_calls_are_read(company: Company) -> None:
    """So a touch of a held file takes nothing from the hold."""
    matter = (await hold(company, company.helena)).hold
    held = await company.database.read(lambda store: store.recordings.unidentified("file", company.clock.now, 9))
    assert company.calls[0] in {one.id for one in held}
    await ask(company, company.anna)
    assert await show(company, audio="") == company.calls[0], "also while no one has read it"
    await replace_call(company)
    card = await detailed(company, matter, company.helena)
    assert any(line.endswith(GONE) for line in lines(card))
    assert "Release hold" in {one.label for one in buttons(card)}


async def test_p12_the_new_call_has_a_moment_of_its_own_and_the_old_one_is_forgotten_at_its(company: Company) -> None:
    before = await identified(company)
    new = await show(company, audio=OTHER, started=NOW, stamp="9")
    after = await company.database.read(lambda store: store.recordings.get(new))
    assert after is not None
    assert after.erase_at is not None
    assert before.erase_at is not None
    assert after.erase_at > before.erase_at
    company.clock.now = before.erase_at
    due = await company.database.read(lambda store: store.erasures.to_forget(company.clock.now, 9))
    assert company.calls[0] in {one[0] for one in due}


async def test_p11_who_was_on_the_old_call_reads_who_heard_it_and_no_one_else_does(company: Company) -> None:
    await listened(company)
    await replace_call(company, operator_name="Anna Quill", operator_key=email("Anna Quill"), caller="+61400000999")
    assert (len(await reads_of(company, company.bram)), await reads_of(company, company.anna)) == (1, [])


async def test_p4_p7_a_call_that_is_described_otherwise_is_decided_by_what_is_told_now(company: Company) -> None:
    request = await ask(company, company.anna)
    await identified(company)
    assert await show(company, line="+61290000000") == company.calls[0]
    assert (await refusal(company, deciding.approve_request(request), company.tara)).code == "out_of_scope"
    await show(company, stamp="3", operator_key=email("Tara Lindqvist"))
    assert (await refusal(company, deciding.approve_request(request), company.tara)).code == "operator"


async def test_p7_a_card_offers_approve_again_once_the_call_is_back(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(recordings.register_calls("file", (), ("call-1",)), CLOCK)
    assert "Approve" not in labels(await seen(company, request, company.tara))
    drawn = (await stored(company, request)).revision
    await show(company)
    assert "Approve" in labels(await seen(company, request, company.tara))
    assert (await stored(company, request)).revision > drawn
