"""P12: an erased call stays erased, whatever stands under its name afterwards and whatever its audio is called then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.ports import Sought, Unavailable
from handlers import button_label, recordings
from handlers.acting import CLOCK
from handlers.cards import Page, Row
from handlers.rules.refusal import Refused
from handlers.telling import calls_page
from storage.database.store import Database
from storage.searches import Wanted
from storage.tables.calls import Erasure
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import Clock, a_company, ledger, words_for
from tests.handlers.holds.acts import hold
from tests.handlers.reading import looking, text
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long

MOMENT = datetime(2027, 11, 24, 3, tzinfo=UTC)  # twelve months after NOW


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    archive = Archive(await a_company(database, Clock()))
    await archive.company.door.enter(
        recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK
    )
    return archive


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


async def test_p12_another_call_that_takes_the_name_of_one_that_came_back_is_a_call_of_its_own(
    archive: Archive,
) -> None:
    """The file of an erased call stood there again; before it could be erased once more, a new call was written over it."""
    number = await _erased(archive)
    await _stands_again(archive, "one")
    other = await archive.record("one", MOMENT + timedelta(hours=-1), audio=b"another call")
    erased, new = await archive.by_id(number), await archive.by_id(other)
    assert (other != number, erased.state, erased.caller, erased.crm) == (True, "erased", "", "")
    assert (new.state, new.erase_at) == ("present", datetime(2028, 11, 24, 2, tzinfo=UTC))
    await archive.tick()
    assert (await archive.recorder.audio("one")).size == len(b"another call")
    last = await archive.erasure(number)
    assert last is not None
    assert (last.why, last.state) == ("came_back", "vanished")
    assert (await archive.by_id(number)).state == "erased"
    assert "went from it before I could erase it once more" in (await _told(archive))[-1]
    assert await findings(archive.company.database) == []


async def test_p12_an_erased_call_that_is_put_over_another_one_is_erased_and_the_other_one_has_vanished(
    archive: Archive,
) -> None:
    number = await _erased(archive)
    other = await archive.record("one", MOMENT - timedelta(hours=1), audio=b"another call")
    await _stands_again(archive, "one")
    assert ((await archive.by_id(number)).state, (await archive.by_id(other)).state) == ("erased", "gone")
    assert any("vanished from the recording system before" in one for one in await _told(archive))
    await archive.tick()
    assert await archive.recorder.look([Sought("one", 0, "")]) == {"one": ()}
    last = await archive.erasure(number)
    assert last is not None and (last.why, last.state) == ("came_back", "erased")
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
async def test_p12_the_same_audio_under_another_name_or_start_is_erased_again(
    archive: Archive, name: str, hours: int
) -> None:
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
    [told] = [one for one in await _told(archive) if "was in the recording system again" in one]
    assert f"again: call {again.id} of" in told
    archive.recorder.keep(replace(SIGHTED, native_id=name, started=NOW + timedelta(hours=hours)), b"audio")
    await archive.tick()
    await archive.tick()
    last = await archive.erasure(again.id)
    assert last is not None and (last.why, last.state) == ("known_again", "erased")
    assert await archive.recorder.look([Sought(name, 5, "")]) == {name: ()}
    assert await findings(company.database) == []


async def test_p12_erased_audio_that_is_put_over_another_call_ends_no_hold_of_that_call(archive: Archive) -> None:
    await _erased(archive)
    other = await archive.record("two", MOMENT, audio=b"another call")
    begun = await hold(archive.company, archive.company.helena, [other], until="2028-01-10")
    archive.recorder.keep(replace(SIGHTED, native_id="two", started=MOMENT), b"audio")
    await archive.sync.sync()
    assert ((await archive.by_id(other)).state, (await archive.call("two")).state) == ("gone", "closed")
    assert [one for one in await _told(archive) if "1 call vanished" in one]
    [keep] = await archive.keeps(other)
    assert (keep.matter_id, keep.ended_at) == (begun.hold, None)
    assert await findings(archive.company.database) == []


async def test_p12_what_may_be_erased_audio_and_can_not_be_read_now_is_no_call_yet(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
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
