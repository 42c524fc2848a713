"""P8: whatever names a customer stays with those who see to the request: not in log, metrics, entries, plain columns or other chats."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.rehearsal.company import PEOPLE
from tests.stories import places
from tests.stories.canary import MARK, dump, other_ends, whole_life
from tests.stories.house import ANNA, BRAM, CORA, HELENA, TARA
from tests.stories.mailed import Mailed, a_mailed_town

pytestmark = pytest.mark.soak
GROUNDS = {
    "slack-sqlite": (places.SLACK, "sqlite"),
    "slack-postgresql": (places.SLACK, "postgresql"),
    "teams-sqlite": (places.TEAMS, "sqlite"),
}
MAY_SEE = frozenset({ANNA, TARA, CORA, HELENA})  # who filed it, who is asked to release it, and the Head
METRICS = re.compile(r'"port": (\d+), "event": "metrics.served"')


@pytest.fixture(params=GROUNDS)
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[places.Place, str]:
    """Where people are, and a database of each kind; a file stands where the other files of the bot are looked through."""
    place, kind = GROUNDS[request.param]
    return place, f"sqlite:///{tmp_path / 'steward.db'}" if kind == "sqlite" else request.getfixturevalue(
        "postgresql_url"
    )


@pytest_asyncio.fixture
async def company(ground: tuple[places.Place, str], tmp_path: Path) -> AsyncIterator[Mailed]:
    async with a_mailed_town(tmp_path, ground[1], ground[0]) as opened:
        await opened.town.arrive([BRAM])
        await opened.town.somebody(BRAM).open_home()
        yield opened


async def metrics(company: Mailed) -> str:
    found = METRICS.search(company.town.bots[0].said)
    assert found
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{found[1]}/metrics") as answer:
        return await answer.text()


def seen(company: Mailed, uid: str) -> str:
    """All that ever stood in somebody's chats with the bot, at home and in dialogs, as far as it is kept."""
    me: Any = company.town.somebody(uid)
    if me.platform == "slack":
        return str([me.me.dm, me.me.home, me.me.modal])
    return str([*me.me.own.messages, *me.me.chat])


async def test_p8_a_canary_in_every_field_stays_with_those_who_may_see_it(company: Mailed) -> None:
    request = await whole_life(company)
    await other_ends(company)
    town, bot = company.town, company.town.bots[0]
    told = {
        "log": bot.said, "metrics": await metrics(company), "entries": json.dumps(await town.audit()), "rows": await dump(town.database)
    }  # fmt: skip
    assert "steward_letters_total" in told["metrics"]
    assert request in told["rows"]
    assert [where for where, words in told.items() if MARK in words] == []
    people = [one.id for one in PEOPLE if one.standing == "member"]
    met = [uid for uid in people if uid in {*places.DECIDE, ANNA, BRAM}]
    assert {uid for uid in met if MARK in seen(company, uid)} <= MAY_SEE
    assert MARK in seen(company, ANNA)
    assert [one for uid in met for one in town.somebody(uid).news() if MARK in one] == []
    files = [one for one in town.folder.rglob("*") if one.is_file()]
    assert [str(one) for one in files if MARK.encode() in _read(one)] == []


def _read(file: Path) -> bytes:
    """What is taken away between two looks, such as a call that is due, holds nothing any more."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
