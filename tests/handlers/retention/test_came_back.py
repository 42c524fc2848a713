"""P12: a call that vanished, was hidden, or comes again after it was erased; certificates, and what people read once calls are past their moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.ports import Sought, Unavailable
from handlers import BUTTONS, button_label
from handlers.access import deciding
from handlers.acting import Context
from handlers.cards import Card, Page, Row
from handlers.listening import open_hearing
from handlers.room import Shows
from handlers.rules import Refused
from handlers.telling import calls_page
from storage.database.store import Database
from storage.searches import Wanted
from storage.tables.calls import Erasure
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import CLAIM, Clock, Company, a_company, ask, audit, ledger, player_of, words_for
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.reading import labels, lines, listed, looking, seen, text
from tests.handlers.retention.pausing import MOMENT
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def _erased(archive: Archive, name: str = "one", **facts: object) -> int:
    number = await archive.record(name, **facts)  # type: ignore[arg-type]
    archive.until(MOMENT)
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    archive.until(MOMENT, minutes=5)
    return number


async def _stands_again(archive: Archive, name: str, started: datetime = NOW, audio: bytes = b"audio") -> None:
    archive.recorder.keep(replace(SIGHTED, native_id=name, started=started), audio)
    await archive.sync.sync()


async def _told(archive: Archive) -> list[str]:
    return [one for one in await words_for(archive.company, archive.company.helena) if "3 calls vanished" not in one]


async def test_p12_another_call_that_takes_the_name_of_an_erased_one_is_its_own(archive: Archive) -> None:
    """The file of an erased call stood there again; before it could be erased once more, a new call was written over it."""
    number = await _erased(archive)
    await _stands_again(archive, "one")
    other = await archive.record("one", MOMENT + timedelta(hours=-1), audio=b"another call")
    erased, new = await archive.by_id(number), await archive.by_id(other)
    assert (other != number, erased.state, erased.caller, erased.crm) == (True, "erased", "", "")
    assert (new.state, new.erase_at) == ("present", datetime(2028, 11, 24, 2, tzinfo=UTC))
    await archive.tick()
    assert (await archive.recorder.audio("one")).size == len(b"another call")
    last = await archive.the_erasure(number)
    assert (last.why, last.state) == ("came_back", "vanished")
    assert (await archive.by_id(number)).state == "erased"
    assert "before I could erase it again" in (await _told(archive))[-1]
    assert await findings(archive.company.database) == []


async def test_p12_an_erased_call_that_is_put_over_another_one_is_erased(archive: Archive) -> None:
    number = await _erased(archive)
    other = await archive.record("one", MOMENT - timedelta(hours=1), audio=b"another call")
    await _stands_again(archive, "one")
    assert ((await archive.by_id(number)).state, (await archive.by_id(other)).state) == ("erased", "gone")
    assert any("vanished from the recording system before" in one for one in await _told(archive))
    await archive.tick()
    assert await archive.recorder.look([Sought("one", 0, "")]) == {"one": ()}
    last = await archive.the_erasure(number)
    assert (last.why, last.state) == ("came_back", "erased")
    assert await findings(archive.company.database) == []


async def test_p12_a_word_about_calls_opens_them_as_cards_name_them_while_they_are_there(archive: Archive) -> None:
    """The words themselves say what a certificate says: they can't be taken back when a call is erased."""
    company = archive.company
    number = await archive.record("one", caller="+61412345678")
    archive.until(NOW, hours=4)
    other = await archive.record("two", NOW + timedelta(hours=3), audio=b"two")
    archive.recorder.lose("one")
    archive.until(NOW, hours=5)
    await archive.sync.sync()
    [tell] = [one.payload for one in await ledger(company, company.helena) if "1 call vanished" in str(one.payload)]
    assert (tell["button"], button_label(tell["button"]), tell["opens"]) == ("which_calls", "Which calls", str(number))
    assert f"call {number} of Tue 24 Nov, 14:00 Sydney, Australia and New Zealand" in tell["words"]
    assert "678" not in tell["words"] and "Bram" not in tell["words"]
    shown = [text(part.words) for part in (await _page(archive, tell["opens"])).parts if isinstance(part, Row)]
    assert "with Bram Tolliver · caller ••••\N{NO-BREAK SPACE}678" in shown[0]
    archive.until(MOMENT, hours=3)
    await archive.tick()
    assert (await archive.by_id(other)).state == "erased"
    gone, erased = [
        text(part.words) for part in (await _page(archive, f"{number}.{other}")).parts if isinstance(part, Row)
    ]
    assert "no longer in the recording system" in gone
    assert "with a certificate" in erased and "678" not in f"{gone}{erased}"


async def test_p12_who_hears_no_such_words_opens_no_calls_by_them(archive: Archive) -> None:
    number = await archive.record("one")
    for who in (archive.company.anna, archive.company.tara):
        with pytest.raises(Refused, match="can’t find"):
            await looking(archive.company, who, lambda ctx: calls_page(ctx, str(number)))


async def _page(archive: Archive, about: str) -> Page:
    return await looking(archive.company, archive.company.helena, lambda ctx: calls_page(ctx, about))


@pytest.mark.parametrize(("name", "hours"), [("two", 0), ("two", 30), ("one", 30)])
async def test_p12_the_same_audio_under_another_name_is_erased_again(archive: Archive, name: str, hours: int) -> None:
    company = archive.company
    assert not await company.database.read(lambda store: store.has(Erasure.erased_at.is_not(None)))
    number = await _erased(archive, caller="+61499999123")
    assert await company.database.read(lambda store: store.has(Erasure.erased_at.is_not(None)))
    archive.until(MOMENT, days=3)
    archive.recorder.keep(
        replace(SIGHTED, native_id=name, started=NOW + timedelta(hours=hours), caller="+61499999123"), b"audio"
    )
    await archive.sync.sync()
    again = await archive.call(name)
    assert (again.id != number, again.state, again.caller, again.found_by) == (True, "closed", "", "")
    assert await company.database.read(lambda store: store.searches.find(Wanted(), 9, company.clock.now)) == []
    [told] = [one for one in await _told(archive) if "came back to the recording system" in one]
    assert f"system: call {again.id} of" in told
    archive.recorder.keep(replace(SIGHTED, native_id=name, started=NOW + timedelta(hours=hours)), b"audio")
    await archive.tick()
    await archive.tick()
    last = await archive.the_erasure(again.id)
    assert (last.why, last.state) == ("known_again", "erased")
    assert await archive.recorder.look([Sought(name, 5, "")]) == {name: ()}
    assert await findings(company.database) == []


async def test_p7_p12_access_ends_to_a_call_whose_file_erased_audio_overwrote(archive: Archive) -> None:
    company = archive.company
    await _erased(archive)
    young = await archive.record("two", company.clock.now - timedelta(days=1), audio=b"young")
    request = await ask(company, company.anna, calls=[young])
    await company.door.enter(deciding.approve_request(request), company.tara)
    await _stands_again(archive, "two")
    assert (await archive.by_id(young)).state == "gone"
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    assert grant.ended_why == "gone"
    assert any("vanished from the recording system before" in one for one in await _told(archive))


async def test_p12_what_cannot_be_read_now_is_no_call_yet(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    company, clock = archive.company, archive.company.clock
    await _erased(archive)

    async def silent(_: str) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(archive.recorder, "audio", silent)
        archive.recorder.keep(replace(SIGHTED, native_id="two", started=MOMENT), b"other")
        archive.recorder.keep(replace(SIGHTED, native_id="three", started=MOMENT), b"of another size")
        await archive.sync.sync()
        found = await company.database.read(lambda store: store.searches.find(Wanted(), 9, clock.now))
        assert [one.native_id for one in found] == ["three"]
    await archive.sync.sync()
    assert (await archive.call("two")).state == "present"


async def _forgotten(archive: Archive, call: int) -> int:
    """How often a call was forgotten, as the log has it."""
    return sum(action == "retention.forget" for _, action, *_ in await audit(archive.company, f"recording:{call}"))


async def test_p12_a_call_that_vanished_is_forgotten_at_its_moment_and_no_second_earlier(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one", caller="+61499999123", crm="CS-778899")
    await ask(company, company.anna, calls=[number], crm="CS-778899")
    archive.recorder.lose("one")
    archive.until(MOMENT, seconds=-1)
    await archive.tick()
    kept = await archive.by_id(number)
    assert (kept.state, kept.caller, kept.crm) == ("gone", "+61499999123", "CS-778899")
    archive.until(MOMENT)
    await archive.tick()
    await archive.tick()
    call = await archive.by_id(number)
    assert (call.state, call.caller, call.crm, call.found_by, call.line) == ("gone", "", "", "", kept.line)
    assert await _forgotten(archive, number) == 1
    assert await archive.erasure(number) is None
    assert await findings(company.database) == []


async def test_p12_it_is_erased_at_its_moment_and_certified_by_what_was_read(archive: Archive) -> None:
    number = await archive.record("one")
    archive.recorder.hide("one")
    archive.until(MOMENT, seconds=-1)
    await archive.tick()
    call = await archive.by_id(number)
    assert (call.state, call.erase_at, await archive.erasure(number)) == ("gone", MOMENT, None)
    archive.until(MOMENT)
    await archive.tick()
    erasure, call = await archive.the_erasure(number), await archive.by_id(number)
    assert (erasure.state, erasure.why, bool(erasure.audio_hash), call.state, call.caller) == (
        "erased", "retention", True, "erased", "",
    )  # fmt: skip
    assert await archive.recorder.look([Sought("one", 5, "")]) == {"one": ()}
    assert await findings(archive.company.database) == []


async def test_p12_no_one_finds_it_and_the_head_reads_once_that_it_can_be_recovered(archive: Archive) -> None:
    number = await archive.record("one")
    archive.recorder.hide("one")
    for _ in range(3):
        await archive.tick()
    assert await archive.company.database.read(lambda store: store.recordings.present([number], NOW)) == []
    [told] = [one for one in await words_for(archive.company, archive.company.helena) if "Someone deleted" in one]
    assert told.startswith("Someone deleted 1 call in the recording system")
    assert "it can be recovered. I’ll erase what is left when the time comes." in told
    assert await findings(archive.company.database) == []


async def _told_late(archive: Archive) -> list[str]:
    """What the Head is told of calls that are late."""
    words = await words_for(archive.company, archive.company.helena)
    return [one for one in words if "should have been erased by now" in one]


async def test_p12_the_head_hears_of_what_is_an_hour_late_then_each_working_morning(archive: Archive) -> None:
    await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.outage = Unavailable("away")
    await archive.erasing.tick()
    archive.until(MOMENT, minutes=60)
    await archive.erasing.tick()
    assert await _told_late(archive) == []
    archive.until(MOMENT, minutes=60, seconds=1)
    await archive.erasing.tick()
    await archive.erasing.tick()
    [told] = await _told_late(archive)
    assert told.startswith("1 call should have been erased by now")
    again = await archive.company.database.read(lambda store: store.deadlines.coming("retention.late", ""))
    assert again == MOMENT + timedelta(hours=19), "it is nine in the morning"


async def test_p12_what_keeps_it_stays_as_it_was_and_it_goes_with_that(database: Database) -> None:
    archive = Archive(await a_company(database, Clock()))
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT, days=-1)
    await ask(company, company.anna, calls=[number], **CLAIM)
    archive.until(MOMENT, hours=2)
    await archive.tick()
    [kept] = await archive.keeps(number)
    archive.recorder.lose("one")
    await archive.tick()
    archive.recorder.keep(replace(SIGHTED, native_id="one", started=NOW), b"audio")
    archive.until(MOMENT, hours=3)
    await archive.tick()
    [still] = await archive.keeps(number)
    assert ((await archive.by_id(number)).state, still.since, still.ends_at) == ("closed", kept.since, kept.ends_at)
    assert await findings(company.database) == []
    archive.until(kept.ends_at + timedelta(seconds=1))
    await archive.tick()
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert await findings(company.database) == []


async def _certificate(company: Company, erasure: str, who: str = "helena") -> list[str]:
    button = BUTTONS["certificate"]
    assert isinstance(button, Shows)
    page = await looking(company, getattr(company, who), lambda ctx: button.page(ctx, erasure))
    return lines(Card(page.parts, ""))


async def test_p12_who_answers_for_erasure_finds_the_certificate_at_home(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT)
    await archive.tick()
    erasure = await archive.the_erasure(number)
    home = lines(await listed(company, company.helena))
    assert "# Erased, last 30 days" in home
    assert "# Erased, last 30 days" not in lines(await listed(company, company.anna))
    told = await _certificate(company, erasure.id)
    assert told[0] == f"✅ The audio of call {number} is erased for good."
    assert "Any copy kept for an investigation isn’t listed here." in told
    assert f"By: {company.door.policy.company.name}, the policy in force" in str(told)
    assert "SHA-256" not in str(told)


@pytest.mark.by_hand
async def test_p12_a_certificate_names_the_second_and_the_policy_text(archive: Archive) -> None:
    company = archive.company
    text = await company.database.write(lambda store: store.policy_texts.keep("ab" * 32, "a: text", NOW).number)
    number = await archive.record("one")
    archive.until(MOMENT, seconds=4)
    await archive.tick()
    erasure = await archive.the_erasure(number)
    assert erasure.policy_text == text
    told = str(await _certificate(company, erasure.id))
    assert f"The same, in UTC: {MOMENT + timedelta(seconds=4):%Y-%m-%d %H:%M:%S} UTC" in told
    assert f"By: {company.door.policy.company.name}, text {text} of its policy" in told
    assert f"The policy’s text by its SHA-256: {'ab' * 32}" in told


async def test_p12_no_one_else_opens_it_and_there_is_none_before_it_is_erased(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one")
    archive.until(MOMENT)
    archive.recorder.lose("one")
    await archive.erasing.tick()
    erasure = await archive.the_erasure(number)
    with pytest.raises(Refused, match="isn’t erased yet"):
        await _certificate(company, erasure.id)
    with pytest.raises(Refused, match="can’t find"):
        await _certificate(company, erasure.id, "anna")


async def test_p12_of_two_calls_the_one_whose_time_is_over_is_heard_no_more(archive: Archive) -> None:
    company = archive.company
    old = await archive.record("old")
    archive.until(NOW, days=360)
    young = await archive.record("young", NOW + timedelta(days=359), audio=b"young")
    request = await ask(company, company.anna, calls=[old, young])
    await company.door.enter(deciding.approve_request(request), company.tara)
    opened = await player_of(company, request)
    archive.until(MOMENT)

    def heard(ctx: Context) -> tuple[int, str]:
        hearing = open_hearing(ctx, opened.grant, opened.secret)
        with pytest.raises(Refused, match="time is up") as refused:
            hearing.recording(old)
        return hearing.recording(young).id, refused.value.code

    assert await looking(company, company.anna, heard) == (young, "past_its_moment")
    await archive.tick()
    assert (
        await looking(company, company.anna, lambda ctx: open_hearing(ctx, opened.grant, opened.secret).allows)
        is not None
    )
    assert await findings(company.database) == []


async def test_p12_a_card_says_when_each_call_was_erased_and_offers_none_of_them_again(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one", caller="+61491570156")
    archive.until(MOMENT, days=-1)
    request = await ask(company, company.anna, calls=[number])
    await company.door.enter(deciding.approve_request(request), company.tara)
    archive.until(MOMENT)
    await archive.tick()
    card = await seen(company, request, company.anna)
    told = " | ".join(lines(card))
    assert "erased <24 Nov 03:00 Australia/Sydney>" in told
    assert "withheld" not in told
    assert "CRM reference" not in told
    assert "still need the calls" not in told
    assert labels(card) == []
    [row] = [one for one in lines(await listed(company, company.anna)) if "Access ended" in one]
    assert row.startswith("⌛ Access ended · the call of Tue 24 Nov 2026 (complaint) (asked ")


async def _customers_request(archive: Archive, number: int) -> str:
    """A customer asks for a call some weeks before its moment; the request's id."""
    archive.until(MOMENT, days=-40)
    return await a_request(archive.company, recordings=[str(number)], received_on="2027-10-15")


async def _drawn_anew(archive: Archive, request: str) -> int:
    return (await stored(archive.company, request)).revision


async def test_p12_the_card_of_a_customer_s_request_is_drawn_again_once_a_call_is_erased(archive: Archive) -> None:
    """It named the call by the end of its number and its CRM reference."""
    company, number = archive.company, await archive.record("one", caller="+61499999123", crm="CS-778899")
    request = await _customers_request(archive, number)
    assert "CS-778899" in str(lines(await seen(company, request, company.anna)))
    archive.until(MOMENT)
    await archive.tick()
    before = await _drawn_anew(archive, request)
    archive.until(MOMENT, days=90)
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
    assert await _drawn_anew(archive, request) == before + 1
    assert "CS-778899" not in str(lines(await seen(company, request, company.anna)))
