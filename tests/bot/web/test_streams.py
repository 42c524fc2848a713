"""P7, P11: audio leaves hardly faster than it is heard, is on record before it leaves, rests on rows as the bot left them, and is cut when access ends."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import NoReturn, cast

import pytest
from aiohttp import ClientSession

from bot.web.limits import BLOCK, FASTEST, HEAD_START
from bot.web.listening import STRETCH, WATCH
from handlers.access import deciding
from storage.database.store import Database, DatabaseDown
from tests.bot.web.player import Player, a_player, sighting
from tests.each import each
from tests.handlers.builders import Company, account, audit, call, meet, register
from tests.spoiling import said

AT_ONCE = 5.0  # seconds that may pass between the end of access and silence


async def withdrawn(player: Player) -> None:
    await player.company.door.enter(deciding.withdraw_request(player.request), player.company.tara)


async def expired(player: Player) -> None:
    player.company.clock.pass_(days=7)


async def deactivated(player: Player) -> None:
    await meet(player.company.door, account("UANNA", "Anna Quill", "deactivated"))


class Away:
    """A database that can't be asked."""

    def __init__(self, why: Exception) -> None:
        self.why = why

    async def read(self, _: object) -> NoReturn:
        raise self.why


async def unknown(player: Player) -> None:
    player.company.door.database = cast("Database", Away(DatabaseDown("away")))


ENDS = [withdrawn, expired, deactivated, unknown]


@pytest.mark.soak
@pytest.mark.parametrize("seconds", [61.0, 3600.0], ids=["8,000 bytes a second", "135 bytes a second"])
async def test_p7_audio_leaves_hardly_faster_than_it_is_heard(company: Company, seconds: float) -> None:
    """Ten seconds of sound at once (a block at least), then three times as fast as it is heard, however it is packed."""
    async with a_player(company, 488_000, seconds) as player, player.listening() as ear:
        rate = player.size / seconds
        await player.glass.asleep(2)
        for _ in range(12):
            may = max(BLOCK, HEAD_START * rate) + FASTEST * rate * player.glass.now
            await ear.has(may - BLOCK)
            await asyncio.sleep(0.02)  # for what should not come
            assert ear.got <= may
            await player.glass.pass_(1.0)


@pytest.mark.parametrize("end", ENDS)
async def test_p7_an_open_stream_ends_with_access(company: Company, end: Callable[[Player], Awaitable[None]]) -> None:
    async with a_player(company, 488_000, 61.0) as player, player.listening() as ear:
        await player.glass.asleep(2)
        await player.glass.pass_(WATCH)  # the watch has just looked
        assert ear.end == ""
        await end(player)
        await player.glass.pass_(AT_ONCE)
        assert await ear.ended() == "reset"
        assert ear.got <= (HEAD_START + FASTEST * WATCH) * player.size / 61


@each("sound", [bytes(488_000), b"\1" * 488_000])
async def test_b2_a_call_that_is_written_over_in_the_middle_is_heard_no_further(company: Company, sound: bytes) -> None:
    """P7: what is there now wasn't approved; whether it is the same call is checked before playing continues."""
    async with a_player(company, 488_000, 61.0) as player, player.listening() as ear:
        await player.glass.asleep(2)
        player.recorder.keep(sighting("call-7", 61.0), sound)
        await player.glass.pass_(AT_ONCE)
        assert await ear.ended() == "reset"
        assert ear.got <= HEAD_START * player.size / 61
        for path in (player.path, player.path.replace("/audio", "/peaks")):
            status, told = await refused_audio(player, path)
            assert (status, told.startswith("This call has changed, and I’m checking it again.")) == (503, True)
        assert player.met_changed == 2


async def refused_audio(player: Player, path: str) -> tuple[int, str]:
    """How a request is answered that gets no audio."""
    headers = {"Cookie": f"listening={player.secret}"}
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{player.port}{path}", headers=headers) as answer:
        return answer.status, (await answer.json())["sentence"]


async def test_p11_audio_is_refused_as_a_page_of_its_own(company: Company) -> None:
    """A browser's own player reports nothing, so the log couldn't say what was heard."""
    async with a_player(company, 1000, 1.0) as player, ClientSession() as http:
        found = {}
        for place in ("document", "audio", "empty", ""):
            headers = {"Cookie": f"listening={player.secret}"} | ({"Sec-Fetch-Dest": place} if place else {})
            async with http.get(f"http://127.0.0.1:{player.port}{player.path}", headers=headers) as answer:
                found[place] = answer.status, len(await answer.read())
                if place == "document":
                    assert "Please listen on the page" in await answer.text()
        assert found.pop("document")[0] == 403
        assert set(found.values()) == {(200, 1000)}
        served = [one for one in await audit(company, player.grant) if one[1] == "listening.audio"]
        assert len(served) == 3


SECONDS, RATE = 120.0, 8000
SIZE = int(SECONDS * RATE)


async def test_b9_who_seeks_is_served_at_once(company: Company) -> None:
    """A browser ends one stream and begins another: the reserve is for that, and a connection that ended counts no more."""
    async with a_player(company, SIZE, SECONDS) as player:
        async with AsyncExitStack() as ended:
            one = await ended.enter_async_context(player.listening())
            two = await ended.enter_async_context(player.listening(start=SIZE // 4))
            await one.has(HEAD_START * RATE)
            await two.has(HEAD_START * RATE)
        await player.glass.asleep(4)  # two streams and two watches, which find out soon
        await player.glass.pass_(HEAD_START / FASTEST + 0.1)
        began = player.glass.now
        async with player.listening(start=SIZE // 2) as three:
            await three.has(HEAD_START * RATE)
        assert player.glass.now == began, "it waited for nothing"


SHORT = 20_000


async def on_record(player: Player) -> list[tuple[int, int]]:
    """The stretches that are on record, in milliseconds."""
    details = [detail for _, action, *_, detail in await audit(player.company) if action == "listening.audio"]
    return [(one["from_ms"], one["to_ms"]) for one in details]


async def fetched(player: Player, method: str = "GET", *, path: str = "", **headers: str) -> tuple[int, bytes]:
    """All that there is, however long it takes."""
    told = {**headers, "Cookie": f"listening={player.secret}"}
    fetching = asyncio.create_task(_fetched(f"http://127.0.0.1:{player.port}{path or player.path}", method, told))
    while not fetching.done():
        await player.glass.pass_(5.0)
        await asyncio.wait({fetching}, timeout=0.01)
    return await fetching


async def _fetched(url: str, method: str, headers: dict[str, str]) -> tuple[int, bytes]:
    async with ClientSession() as http, http.request(method, url, headers=headers) as answer:
        return answer.status, await answer.read()


async def test_p11_a_stream_that_was_cut_is_on_record_as_far_as_it_came(company: Company) -> None:
    async with a_player(company, int(SECONDS * RATE), SECONDS) as player, player.listening() as ear:
        await player.glass.asleep(2)
        await player.glass.pass_(9.0)
        await company.door.enter(deciding.withdraw_request(player.request), company.tara)
        await player.glass.pass_(5.0)
        assert await ear.ended() == "reset"
        assert STRETCH * RATE < ear.got < 2 * STRETCH * RATE
        assert await on_record(player) == [(0, 30000), (30000, 60000)]


LATER = "2027-06-01 00:00:00.000000"


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "sentence",
    [
        f"UPDATE grants SET ends_at = '{LATER}'",
        "UPDATE grants SET ends_at = '2026-11-24 00:00:00.000000'",
        "UPDATE requested_recordings SET recording_id = {other}",
        "UPDATE recordings SET native_id = 'call-9', stamp = '{stamp}' WHERE id = {mine}",
        f"INSERT INTO keeps (recording_id, matter_id, why, since, ends_at, mark_salt) VALUES ({{mine}}, '{{request}}', 'request', '{LATER}', '{LATER}', '')",
        "UPDATE matters SET reason = 'quality'",
    ],
)
async def test_p7_an_open_player_falls_silent_once_a_row_was_changed_by_hand(company: Company, sentence: str) -> None:
    async with a_player(company, SHORT, 2.0) as player:
        for name in ("call-8", "call-9"):
            player.recorder.keep(sighting(name, 2.0), b"not yours")
        stamps = [(await player.recorder.audio(name)).stamp for name in ("call-8", "call-9")]
        [other] = await register(company.door, call(8, size=9, stamp=stamps[0]))
        assert (await fetched(player))[0] == 200
        told = {"mine": player.recording, "other": other, "request": player.request, "stamp": stamps[1]}
        await company.database.write(said(sentence.format(**told)))
        for path in (player.path, player.path.replace(f"/{player.recording}/", f"/{other}/")):
            status, body = await fetched(player, path=path)
            assert (status, b"not yours" in body) == (403, False), path


@pytest.mark.by_hand
async def test_p7_access_that_was_withdrawn_stays_so_where_its_older_row_is_put_back(company: Company) -> None:
    async with a_player(company, SHORT, 2.0) as player:
        assert (await fetched(player))[0] == 200
        await company.door.enter(deciding.withdraw_request(player.request), company.tara)
        await company.database.write(said("UPDATE grants SET ended_at = NULL, ended_why = ''"))
        await company.database.write(said("UPDATE matters SET state = 'approved' WHERE kind = 'request'"))
        assert (await fetched(player))[0] == 403
