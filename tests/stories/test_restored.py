"""P12: yesterday's database, yesterday's folder, or both come back: nothing erased is heard, found or streamed, and access of then is over."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientError

from storage.database.store import Database
from storage.searches import Wanted
from tests.moments import moment
from tests.stories.at_moment import program
from tests.stories.errands import Ears, ask, done, ears, press
from tests.stories.house import ANNA, HELENA, RUTH, TARA, another_call, began_a_year_before
from tests.stories.process import Town, a_town
from tests.stories.waiting import until

pytestmark = pytest.mark.story
SOON = 60.0  # seconds until the call's twelve months are over


@pytest.mark.soak
async def test_p12_nothing_that_was_erased_comes_back_by_a_restore(tmp_path: Path) -> None:
    async with a_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", bots=1) as town:
        _a_call_that_goes(tmp_path / "calls", SOON)
        number = await until(lambda: _found(town), "the old call is in the register")
        going, staying = await ask(town, typed="CS-20001", crm="CS-20001"), await ask(town, typed="CS-10442")
        for request in (going, staying):
            await press(town, TARA, request, "Approve")
        async with ears(town, going) as old, ears(town, staying) as other:
            assert await old.status("access") == await other.status("access") == 200
            await _backed_up_under_load(town)
            assert "The audit log holds" in await _call(town, "audit", "verify")
            shutil.copytree(tmp_path / "calls", tmp_path / "yesterday")
            await press(town, ANNA, staying, "Withdraw")
            await until(lambda: _certified(town, 1), "the call is erased", seconds=120)

            async with _between_two_lives(town, number, old, other):
                await _restored(town)
            assert "retention.again" in [one["action"] for one in await town.audit()]
            await until(lambda: _certified(town, 1), "it is erased again, with a certificate")
            assert [one for one in town.somebody(ANNA).news() if "all access to calls ended with that" in one]
            for uid in (HELENA, RUTH):
                assert [one for one in town.somebody(uid).news() if one.startswith("My database was restored from")]
            assert (await other.told("access"))["sentence"].startswith("Your access was withdrawn on ")
            assert await done(town, staying) != []

            async with _between_two_lives(town, number, old, other):
                await asyncio.to_thread(_put_back, tmp_path)
            assert not (tmp_path / "calls" / "old.wav").exists(), "a bot that is ready has erased it"
            await until(lambda: _certified(town, 2), "the folder's call is erased again")

            async with _between_two_lives(town, number, old, other):
                await _restored(town)
                await asyncio.to_thread(_put_back, tmp_path)
            await until(lambda: _certified(town, 1), "both are erased again")
            await until(lambda: not (tmp_path / "calls" / "old.wav").exists(), "the audio is gone")
        town.sound()


def _a_call_that_goes(folder: Path, seconds: float) -> None:
    """Its twelve months are over so many seconds from now."""
    began = began_a_year_before(moment() + timedelta(seconds=seconds))
    another_call(folder, "old", began, crm="CS-20001", caller="+61 499 999 123")


async def _found(town: Town) -> int:
    """The number of the old call, for whoever looks for it."""
    wanted, now = Wanted(parts=("#cs20001.",)), moment()
    found = await town.database.read(lambda store: store.searches.find(wanted, 9, now))
    return found[0].id if found else 0


async def _finds_none(town: Town, typed: str) -> bool:
    [said] = await town.person(ANNA).options("Which calls?", typed)
    return bool(said["text"]["text"] == "No call is found by this")


async def _certified(town: Town, times: int) -> bool:
    return [one["action"] for one in await town.audit()].count("retention.certify") == times


async def _backed_up_under_load(town: Town) -> None:
    """People ask for calls all the while."""
    asking = asyncio.create_task(_keep_asking(town))
    await _call(town, "backup", str(town.folder / "backup.tar"))
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    await town.settled()


async def _keep_asking(town: Town) -> None:
    for number in range(100):
        await ask(town, typed="CS-10443", crm=f"CS-{30_000 + number}")


async def _call(town: Town, *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *program(), *command, cwd=town.folder, env=town._settings(1), stdout=-1, stderr=-2
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def _restored(town: Town) -> None:
    await _call(town, "restore", str(town.folder / "backup.tar"), "--replace")


def _put_back(folder: Path) -> None:
    shutil.copytree(folder / "yesterday", folder / "calls", dirs_exist_ok=True, copy_function=shutil.copy2)


@asynccontextmanager
async def _between_two_lives(town: Town, number: int, *pages: Ears) -> AsyncIterator[None]:
    """The bot is down for what is done meanwhile; while it starts and afterwards its old pages give nothing away."""
    for bot in town.bots:
        assert await bot.stop() == 0
    town.bots.clear()
    await town.database.close()
    yield
    town.database = Database(town.database_url)
    listening = asyncio.create_task(_listening(town, number, pages))
    await town.open_bots(1)
    for page in pages:
        page.base = town.bots[-1].url
        assert await page.status("access") == 403
        assert await page.status(f"{number}/audio") == 403
    assert await _found(town) == 0
    await town.person(ANNA).close(everything=True) if town.person(ANNA).modal else None
    assert (await town.person(ANNA).command("/recording-request")).ok
    await until(lambda: town.person(ANNA).modal, "the form opens")
    await until(lambda: _finds_none(town, "CS-20001"), "the list says that there is none")
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


async def _listening(town: Town, number: int, pages: tuple[Ears, ...]) -> None:
    """Somebody tries the old pages as soon as anything answers, all the while."""
    while True:
        for page in pages if town.bots else ():
            with suppress(ClientError):
                status = await replace(page, base=town.bots[-1].url).status(f"{number}/audio")
                assert status in (403, 503), status
        await asyncio.sleep(0.05)
