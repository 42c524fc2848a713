"""P5, P12: what was recorded of a declined call goes the one way that all erasures go, and holds win."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.ports import Unavailable
from handlers.acting import CLOCK
from handlers.declined.intents import Choose, Erase, Find, Go, Meet
from handlers.retention.erasing import certificate
from storage.database.store import Database
from tests.erasing import Archive
from tests.handlers.builders import Clock, Company, a_company
from tests.handlers.declined.acts import live, newest, say, states
from tests.handlers.holds.acts import hold
from tests.handlers.reading import lines, looking, seen, text
from tests.moments import NOW
from tests.reconciled import findings


async def _recorded(archive: Archive) -> tuple[str, int]:
    """Bram's caller declines in the middle of a call, which is over by now and in the register."""
    company = archive.company
    matter = await say(company)
    told = live(system="memory", recordings=("live/7.mp3",))
    await company.door.enter(Find(matter, (told,)), CLOCK)
    number = await archive.record("live/7.mp3")
    await company.door.enter(Meet(matter), CLOCK)
    return matter, number


async def _archive(database: Database) -> Archive:
    return Archive(await a_company(database, Clock()))


async def _to_the_end(archive: Archive, matter: str) -> None:
    declined = await newest(archive.company, archive.company.bram)
    archive.until(declined.erase_at or archive.company.clock.now, seconds=1)
    await archive.company.door.enter(Go(matter), CLOCK)
    await archive.tick()


async def test_p5_it_is_erased_with_a_certificate_after_a_look_of_another_kind(database: Database) -> None:
    archive = await _archive(database)
    matter, number = await _recorded(archive)
    await archive.tick()
    assert await states(archive.company, number) == ["declined"]
    await _to_the_end(archive, matter)
    assert await states(archive.company, number) == ["erased"]
    assert archive.recorder._audio == {}
    erasure = await archive.erasure(number)
    assert erasure is not None
    page = await looking(archive.company, archive.company.helena, lambda act: certificate(act, erasure.id))
    assert "The customer declined to be recorded." in [
        text(part.words) for part in page.parts if hasattr(part, "words")
    ]
    assert "Its erasure began" in str(page), "it was out of reach since the customer declined"
    assert "Closed to everybody" not in str(page)
    assert "What was recorded is erased for good, with a certificate." in lines(
        await seen(archive.company, matter, archive.company.bram)
    )
    assert await database.read(lambda store: [one.native_id for one in store.declines.recordings(matter)]) == [""]
    assert await findings(database) == []


async def test_p12_a_hold_wins_and_it_goes_when_that_ends(database: Database) -> None:
    archive = await _archive(database)
    matter, number = await _recorded(archive)
    held = (await hold(archive.company, archive.company.helena, [number])).hold
    await _to_the_end(archive, matter)
    assert await states(archive.company, number) == ["closed"]
    assert "live/7.mp3" in archive.recorder._audio
    told = lines(await seen(archive.company, matter, archive.company.bram))
    assert "⚠️ Something still keeps it. It stays locked, and is erased once that is over." in told
    ends = await database.read(lambda store: store.holds.get(held).ends_at)  # type: ignore[union-attr]
    archive.until(ends, seconds=1)
    await archive.tick()
    assert await states(archive.company, number) == ["erased"]
    assert await findings(database) == []


@pytest.mark.parametrize("decided", [False, True])
async def test_p5_of_a_finished_call_nothing_goes_before_the_head_says_so(database: Database, *, decided: bool) -> None:
    archive = await _archive(database)
    company: Company = archive.company
    number = await archive.record("2026/one.mp3")
    matter = await say(company)
    await company.door.enter(Find(matter), CLOCK)
    await company.door.enter(Choose(f"{matter}:0"), company.bram)
    if decided:
        await company.door.enter(Erase(matter), company.helena)
    archive.until(company.clock.now, days=40)
    await archive.tick()
    assert await states(company, number) == ["erased" if decided else "declined"]
    assert await findings(database) == []


async def _finished(archive: Archive, name: str = "2026/one.mp3") -> tuple[str, int]:
    """Bram says after a call that its customer had declined."""
    number = await archive.record(name)
    matter = await say(archive.company)
    await archive.company.door.enter(Find(matter), CLOCK)
    await archive.company.door.enter(Choose(f"{matter}:0"), archive.company.bram)
    return matter, number


async def test_p5_it_is_erased_though_its_file_was_away_when_the_head_said_so(database: Database) -> None:
    archive = await _archive(database)
    matter, number = await _finished(archive)
    archive.recorder.lose("2026/one.mp3")
    await archive.tick()
    await archive.company.door.enter(Erase(matter), archive.company.helena)
    await archive.tick()
    assert await states(archive.company, number) == ["gone"]
    await archive.record("2026/one.mp3")
    await archive.tick()
    assert (await states(archive.company, number), archive.recorder._audio) == (["erased"], {})
    assert await findings(database) == []


async def test_p5_it_is_erased_where_the_files_were_moved_to_before_the_old_ones_are_seen_as_gone(
    database: Database,
) -> None:
    archive = await _archive(database)
    matter, number = await _finished(archive)
    copy = await archive.record("archive/one.mp3")
    assert await states(archive.company, number, copy) == ["declined", "declined"]
    archive.recorder.lose("2026/one.mp3")
    await archive.sync.sync()
    await archive.company.door.enter(Meet(matter), CLOCK)
    await archive.company.door.enter(Erase(matter), archive.company.helena)
    await archive.tick()
    assert (await states(archive.company, copy), archive.recorder._audio) == (["erased"], {})
    assert await findings(database) == []


async def test_p12_it_is_certified_though_the_register_saw_first_that_it_is_gone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await _archive(database)
    matter, number = await _finished(archive)
    await archive.company.door.enter(Erase(matter), archive.company.helena)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(archive.recorder, "look", _down)
        await archive.erasing.tick()
    await archive.sync.sync()
    assert await states(archive.company, number) == ["gone"]
    archive.until(archive.company.clock.now, hours=1)
    await archive.tick()
    assert await states(archive.company, number) == ["erased"]
    assert await findings(database) == []


async def test_p12_what_another_call_was_put_over_meanwhile_gets_no_certificate(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await _archive(database)
    matter, number = await _finished(archive)
    await archive.company.door.enter(Erase(matter), archive.company.helena)
    monkeypatch.setattr(archive.recorder, "look", _down)
    await archive.erasing.tick()
    other = await archive.record("2026/one.mp3", NOW + timedelta(minutes=5), audio=b"another call")
    archive.until(archive.company.clock.now, hours=1)
    await archive.tick()
    erasure = await archive.erasure(number)
    assert (other != number, erasure and erasure.state) == (True, "vanished")
    assert (await states(archive.company, number, other), [*archive.recorder._audio]) == (
        ["gone", "present"],
        ["2026/one.mp3"],
    )
    assert await findings(database) == []


async def _down(_: object) -> Mapping[str, tuple[str, ...]]:
    raise Unavailable("away")
