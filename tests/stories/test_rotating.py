"""C2, P11: the master key is replaced while people work, by the real program: cut off and called again, and nothing is lost."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.keys import KEY
from tests.stories.errands import ask, card, send
from tests.stories.house import ANNA, TARA
from tests.stories.leftovers import begun, called, places, wraps
from tests.stories.mailed import NAME, Mailed, a_mailed_town, file, mail, passcode, release
from tests.stories.waiting import until

pytestmark = pytest.mark.story
NEW = base64.b64encode(sha256(b"the next key of the stories").digest()).decode()
BOTH = {"SECRET_KEY": NEW, "SECRET_KEY_PREVIOUS": KEY}


@pytest_asyncio.fixture
async def company(tmp_path: Path) -> AsyncIterator[Mailed]:
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}") as opened:
        yield opened


async def start_with(company: Mailed, **keys: str) -> None:
    """The bot is stopped, and started with other keys."""
    town = company.town
    for bot in town.bots:
        assert await bot.stop() == 0
    town.bots.clear()
    town.more = {**town.more, "SECRET_KEY_PREVIOUS": "", **keys}
    await town.open_bots(1)


async def keep_asking(company: Mailed) -> None:
    for number in range(100):
        await ask(company.town, typed="CS-10443", crm=f"CS-{30_000 + number}")


async def let_in(company: Mailed, code: str, digits: str) -> int:
    """What whoever has both is answered; 303 is in."""
    async with (
        ClientSession() as http,
        http.post(f"{company.url}/copy/open", data={"code": code, "passcode": digits}, allow_redirects=False) as answer,
    ):
        return answer.status


async def rotated(company: Mailed) -> None:
    """While people ask for calls: cut off twice, and called again until nothing is left to do."""
    town, asking = company.town, asyncio.create_task(keep_asking(company))
    for after in (0.4, 0.9):
        process = await begun(town, "rotate-key")
        await asyncio.sleep(after)
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
    assert "SECRET_KEY_PREVIOUS can go" in await called(town, "rotate-key")
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    await town.settled()
    assert "Nothing was left to do" in await called(town, "rotate-key")


async def with_the_new_key_alone(company: Mailed) -> str:
    """The old one opens nothing any more; the bot is started with the new one, and what `audit verify` says then."""
    town = company.town
    town.more = {**town.more, "SECRET_KEY": KEY, "SECRET_KEY_PREVIOUS": ""}
    assert "is wrapped by another key" in await called(town, "audit", "verify", code=1)
    await start_with(company, SECRET_KEY=NEW)
    return await called(town, "audit", "verify")


async def test_c2_one_master_key_takes_the_place_of_another_while_people_work(company: Mailed, tmp_path: Path) -> None:
    town, journal = company.town, tmp_path / "journal.jsonl"
    asked = await ask(town)
    await send(town, TARA, asked, "Ask a question", "Which invoice is it about?")
    customers = await file(town)
    await release(town, customers)
    letter, digits = await mail(company.office), await passcode(town, customers)
    assert "The audit log holds" in await called(town, "audit", "verify")
    old, before = await wraps(town.database), await asyncio.to_thread(journal.read_bytes)
    assert all(places(tmp_path, [one]) for one in old)

    await start_with(company, **BOTH)
    await rotated(company)
    told = await with_the_new_key_alone(company)
    assert ("The audit log holds" in told, "Their seals are right." in told) == (True, True)
    await until(lambda: not places(tmp_path, old), "what the old key wrapped stands in no file")
    assert (await asyncio.to_thread(journal.read_bytes)).startswith(before)
    await send(town, ANNA, asked, "Answer", "The one of March.")
    assert "Which invoice is it about?" in card(town, TARA, asked).words
    assert NAME in card(town, TARA, customers).words
    assert [await let_in(company, letter.code, one) for one in ("000000", digits)] == [403, 303]
    log, actions = json.dumps(await town.audit()), [one["action"] for one in await town.audit()]
    assert (actions.count("master_key.begin"), actions.count("master_key.replaced")) == (1, 1)
    assert (KEY in log, NEW in log) == (False, False)
