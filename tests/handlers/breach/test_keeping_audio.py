"""P13: the audio of a call is kept for a report, in the report alone, and ends with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from handlers.breach import handling, hearing
from handlers.rules.refusal import Refused
from storage.database.store import Database, Store
from tests.handlers.breach.keeping import (
    PARTS,
    kept,
    refused,
    stored_parts,
    the_call,
    the_page,
)
from tests.handlers.breach.reporting import page, tick
from tests.handlers.builders import Clock, Company, a_company, audit

pytestmark = pytest.mark.long


async def test_p13_the_audio_is_kept_in_parts_and_stands_in_the_report(company: Company) -> None:
    mine = await the_page(company)
    before = await audit(company)
    name = await kept(company, mine)
    one = await the_call(mine)
    assert (one.kept, one.state) == (name, "ask")
    assert [said.words.split(" Call")[0] for said in (await mine.read()).history if said.kind == "audio_kept"]
    assert await audit(company) == before


async def test_p13_nothing_of_kept_audio_can_be_read_in_the_database(sqlite_url: str, clock: Clock) -> None:
    database = Database(sqlite_url)
    company = await a_company(database, clock)
    mine = await the_page(company)
    await kept(company, mine)
    await database.close()
    for file in Path(sqlite_url.removeprefix("sqlite:///")).parent.glob("steward.db*"):
        told = file.read_bytes()
        assert not [
            word for word in (b"part of the audio", b"RIFF", b"CS-10443:", mine.session.encode()) if word in told
        ]


async def test_p13_the_copy_ends_with_the_report(company: Company) -> None:
    mine = await the_page(company)
    await kept(company, mine)
    await mine.do(handling.outcome, "HR-12", "Settled.")
    await mine.do(handling.close, "Thank you.")
    company.clock.pass_(days=735)
    await tick(company)
    assert await stored_parts(company) == []


async def test_p12_a_copy_leaves_no_mark_at_the_call_which_goes_at_its_moment(company: Company) -> None:
    def facts(store: Store) -> dict[str, Any]:
        one = store.recordings.get(company.calls[0])
        return {name: value for name, value in vars(one).items() if not name.startswith("_")}

    mine = await the_page(company)
    before = await company.database.read(facts)
    await kept(company, mine)
    assert await company.database.read(facts) == before


async def test_p13_a_call_that_was_not_gathered_is_not_kept(company: Company) -> None:
    mine = await the_page(company)
    for call_id in (company.calls[1], 999):
        with pytest.raises(Refused, match="gather"):
            await mine.do(hearing.keep, call_id)


async def test_p12_after_its_moment_a_call_is_not_kept_any_more(company: Company) -> None:
    mine = await the_page(company)
    company.clock.pass_(days=400)
    mine = await page(company, company.ruth, mine.report)
    with pytest.raises(Refused, match="time is over"):
        await mine.do(hearing.keep, company.calls[0])


async def test_p13_a_call_is_kept_once(company: Company) -> None:
    mine = await the_page(company)
    name = await kept(company, mine)
    assert await refused(lambda: mine.do(hearing.keep, company.calls[0])) == "kept_already"
    with pytest.raises(Refused, match="whole"):
        await mine.do(hearing.keeping, name, 0, b"other")
    await mine.do(hearing.kept, name, company.calls[0], 1, 1, "text/html")
    assert [one.kind for one in (await mine.read()).history].count("audio_kept") == 1


async def test_p13_a_copy_that_broke_off_makes_room_for_another(company: Company) -> None:
    mine = await the_page(company)
    first = await mine.do(hearing.keep, company.calls[0])
    await mine.do(hearing.keeping, first, 0, PARTS[0])
    assert (await the_call(mine)).kept == ""
    second = await kept(company, mine)
    assert await stored_parts(company) == [(second, 0), (second, 1)]
    assert await refused(lambda: mine.do(hearing.keeping, first, 1, PARTS[1])) == "no_copy"


@pytest.mark.parametrize(("sent", "parts"), [((0,), 2), ((0, 2), 2), ((1,), 1), ((), 0), ((), -1), ((0, 1), 1)])
async def test_p13_a_copy_that_lacks_a_part_is_not_whole(company: Company, sent: tuple[int, ...], parts: int) -> None:
    mine = await the_page(company)
    name = await mine.do(hearing.keep, company.calls[0])
    for number in sent:
        await mine.do(hearing.keeping, name, number, PARTS[0])
    wanted: list[Callable[[], Awaitable[object]]] = [
        lambda: mine.do(hearing.kept, name, company.calls[0], parts, 9, "audio/wav"),
        lambda: mine.do(hearing.ask_to_hear, name),
        lambda: mine.do(hearing.hear, name, 0),
    ]
    assert [await refused(want) for want in wanted] == ["unfinished"] * 3


async def test_p13_a_copy_that_there_is_not(company: Company) -> None:
    mine = await the_page(company)
    wanted: list[Callable[[], Awaitable[object]]] = [
        lambda: mine.do(hearing.keeping, "A-22222222", 0, b""),
        lambda: mine.do(hearing.ask_to_hear, "A-22222222"),
        lambda: mine.do(hearing.hear, "A-22222222", 0),
    ]
    assert [await refused(want) for want in wanted] == ["no_copy"] * 3
