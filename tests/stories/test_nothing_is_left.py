"""P8, P11: twelve months after all was closed, nothing of what was said or who asked is left: not in the file, its log, a dump or a backup."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from storage.database.store import Store
from tests.stories.at_moment import booted_at
from tests.stories.canary import MARK, dump, other_ends, whole_life
from tests.stories.errands import ask, card, requests, send
from tests.stories.house import ANNA, CORA, HELENA, ROOT, TARA
from tests.stories.leftovers import called, places, sealed
from tests.stories.mailed import Mailed, a_mailed_town, customers
from tests.stories.waiting import until

pytestmark = pytest.mark.story
LATER = timedelta(days=400)
CLAIM = {
    "Matter": f"{MARK}matter",
    "Legal basis or reference": f"{MARK}basis",
    "Who else will hear it?": f"{MARK}audience",
}
CALM = 120.0  # seconds; thirteen months fall due at once


@pytest.fixture
def wrong_by(tmp_path: Path) -> Path:
    """By how many seconds the bot's wall clock is wrong."""
    file = tmp_path / "wrong_by"
    file.write_text("0")
    return file


@pytest_asyncio.fixture
async def company(tmp_path: Path, wrong_by: Path) -> AsyncIterator[Mailed]:
    """The real program, on a machine whose clock can be moved."""
    told = (f"WRONG_BY={wrong_by}", f"PYTHONPATH={ROOT}")
    command = ("env", *told, sys.executable, "-m", "tests.stories.stepping_child", booted_at().isoformat())
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", command=command) as opened:
        yield opened


async def asked_by_staff(company: Mailed) -> str:
    """A claim with a canary in each of its words, asked back about, answered, and denied."""
    town = company.town
    request = await ask(town, reason="legal_claim", more={**CLAIM, "What is it for?": f"{MARK}purpose"})
    await send(town, HELENA, request, "Ask a question", f"{MARK}question")
    await send(town, ANNA, request, "Answer", f"{MARK}answer")
    await send(town, HELENA, request, "Deny", f"{MARK}denied")
    return request


async def erased(company: Mailed) -> bool:
    """No key is left, each card says so, and the file was rewritten since."""

    def look(store: Store) -> bool:
        keys = store.session.execute(text("SELECT count(*) FROM matters WHERE wrap IS NOT NULL")).scalar()
        unshown = store.session.execute(
            text("SELECT count(*) FROM matters WHERE words_erased_at IS NOT NULL AND NOT erasure_shown")
        ).scalar()
        return keys == 0 and unshown == 0 and store.outbox.next_due() is None

    return await company.town.database.read(look)


def chat(company: Mailed, uid: str) -> str:
    """Every message of a person's, as it stands there now."""
    return str([(one.text, one.blocks) for one in company.town.person(uid).dm])


@pytest.mark.soak
async def test_p8_p11_nothing_of_anybody_is_left_when_the_keys_have_gone(
    company: Mailed, wrong_by: Path, tmp_path: Path
) -> None:
    town = company.town
    request = await asked_by_staff(company)
    await whole_life(company)
    await other_ends(company)
    assert MARK in card(town, HELENA, request).words
    assert all(MARK in chat(company, uid) for uid in (ANNA, TARA, HELENA))
    kept = await sealed(town.database)
    assert len(kept) > 2 * len(customers(town, ANNA) | requests(town, ANNA))
    assert all(places(tmp_path, [one]) for one in kept)

    # Else the chat's own time would contradict the machine's, and nothing would be erased.
    town.clock.move(town.clock.now() + LATER)
    await asyncio.to_thread(wrong_by.write_text, f"{LATER.total_seconds()}")
    await until(lambda: erased(company), "every key has gone", CALM)
    await until(lambda: not places(tmp_path, kept), "the file is rewritten", CALM)
    assert await sealed(town.database) == []
    assert [uid for uid in (ANNA, TARA, CORA, HELENA) if MARK in chat(company, uid)] == []

    await called(company.town, "backup", str(tmp_path / "backup.tar"))
    assert "The audit log holds" in await called(company.town, "audit", "verify")
    told = {"log": town.bots[0].said, "entries": json.dumps(await town.audit()), "rows": await dump(town.database)}
    assert [where for where, words in told.items() if MARK in words] == []
    assert places(tmp_path, [MARK.encode(), *kept]) == set()
