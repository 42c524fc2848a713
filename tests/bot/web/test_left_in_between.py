"""P11: whoever leaves between the record and the first byte is no fault of the house."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientConnectionError, ClientSession, web

from bot.web.pacing import Budget, Pacing
from bot.web.sounding import Sounding
from tests.bot.web.player import sighting
from tests.memory_recorder import MemoryRecorder
from tests.stories.waiting import until

SIZE, RATE = 8000, 800.0


async def test_p11_who_leaves_once_it_is_on_record_is_told_nothing_and_logged_nowhere() -> None:
    recorder, pacing = MemoryRecorder(), Pacing()
    recorder.keep(sighting("call-7", 10.0), bytes(SIZE))
    audio, ends = await recorder.audio("call-7"), list[BaseException | int]()

    async def answered(request: web.Request) -> web.StreamResponse:
        async def look() -> None: ...

        async def record(start: int, end: int) -> None:
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)

        sounding = Sounding(audio, pacing, "session", lambda: Budget(RATE, pacing.pace), look, record)
        try:
            response = await sounding.answer(request)
        except BaseException as error:
            ends.append(error)
            raise
        ends.append(sounding.sent)
        return response

    app = web.Application()
    app.add_routes([web.get("/", answered)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with ClientSession() as http:
            with pytest.raises(ClientConnectionError):
                await http.get(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        assert set(await until(lambda: ends, "the answer has ended")) == {0}
    finally:
        await runner.cleanup()
