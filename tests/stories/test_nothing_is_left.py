"""P8, P11: twelve months after all was closed, nothing of what was said or who asked is left: not in the file, its log, the chat, a dump or a backup."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database.store import Store
from tests.stories.at_moment import booted_at
from tests.stories.errands import ask, card, send
from tests.stories.house import ANNA, CORA, HELENA, ROOT, TARA
from tests.stories.mailed import ASKED, a_mailed_town, file
from tests.stories.process import Town, said
from tests.stories.waiting import until

pytestmark = [pytest.mark.story, pytest.mark.soak]
MARK = "k4nari"
LATER = timedelta(days=400)
CALM = 120.0  # seconds; thirteen months fall due at once
CLAIM = {
    "Matter": f"{MARK}matter", "Legal basis or reference": f"{MARK}basis", "Who else will hear it?": f"{MARK}audience",
    "What is it for?": f"{MARK}purpose",
}  # fmt: skip


async def test_p8_p11_nothing_of_anyone_is_left_when_the_keys_have_gone(tmp_path: Path) -> None:
    wrong_by = tmp_path / "wrong_by"  # how many seconds the bot's wall clock is wrong
    wrong_by.write_text("0")
    told = (f"WRONG_BY={wrong_by}", f"PYTHONPATH={ROOT}")
    command = ("env", *told, sys.executable, "-m", "tests.stories.stepping_child", booted_at().isoformat())
    async with a_mailed_town(tmp_path, command) as (town, _):
        request = await written(town)
        assert MARK in card(town, HELENA, request).words
        kept = await town.database.read(sealed)
        assert len(kept) > 4
        assert all(places(tmp_path, [one]) for one in kept)

        # Else the chat's own time would contradict the machine's, and nothing would be erased.
        town.clock.move(town.clock.now() + LATER)
        await asyncio.to_thread(wrong_by.write_text, f"{LATER.total_seconds()}")
        await until(lambda: town.database.read(erased), "every key has gone", CALM)
        await until(lambda: not places(tmp_path, kept), "the file is rewritten", CALM)
        chats = {
            uid: str([(one.text, one.blocks) for one in town.person(uid).dm]) for uid in (ANNA, TARA, CORA, HELENA)
        }
        assert [uid for uid, shown in chats.items() if MARK in shown] == []

        for words, tells in ((("backup", "backup.tar"), ""), (("audit", "verify"), "The audit log is intact")):
            code, printed = await said(words, tmp_path, {**os.environ, **town._settings(1)})
            assert (code, tells in printed) == (0, True), printed
        assert MARK not in town.bots[0].said + json.dumps(await town.audit())
        assert places(tmp_path, [MARK.encode(), *kept]) == set()


async def written(town: Town) -> str:
    """A claim with a canary in each of its words, asked back about, answered and denied; and a customer's request that was refused."""
    request = await ask(town, reason="legal_claim", **CLAIM)
    await send(town, HELENA, request, "Ask a question", f"{MARK}question")
    await send(town, ANNA, request, "Answer", f"{MARK}answer")
    await send(town, HELENA, request, "Deny", f"{MARK}denied")
    who = {"Their name": f"Mrs {MARK}name", "Their e-mail address": f"{MARK}@customer.example"}
    customers = await file(town, {**ASKED, **who})
    await town.on_slack(TARA).fill_behind(card(town, TARA, customers), "Refuse", {"Why?": "no_call"})
    await until(lambda: "the customer told" in card(town, TARA, customers).words, "it is refused")
    await town.settled()
    return request


def sealed(store: Store) -> list[bytes]:
    """Whatever is sealed, and every key that opens it, wrapped."""
    each = ("SELECT wrap FROM matters", "SELECT sealed FROM matters", "SELECT sealed FROM customer_letters")
    return [bytes(one) for query in each for one in store.session.execute(text(query)).scalars() if one]


def erased(store: Store) -> bool:
    """No key is left, each card says so, and nothing waits to be sent."""
    left = "SELECT count(*) FROM matters WHERE wrap IS NOT NULL OR (words_erased_at IS NOT NULL AND NOT erasure_shown)"
    return not store.session.execute(text(left)).scalar() and store.outbox.next_due() is None


def places(folder: Path, sought: Iterable[bytes]) -> set[str]:
    """Where one of these is, in any file that lies there, or in a dump of the database."""
    with closing(sqlite3.connect(folder / "steward.db")) as connection:
        dumped = "\n".join(connection.iterdump()).encode()
    # By another process: closing a database's file lets go of all the locks that SQLite holds on it in the same one.
    files = {one.name: subprocess.check_output(["cat", one]) for one in folder.iterdir() if one.is_file()}
    both = [form for one in sought for form in (one, one.hex().upper().encode(), one.hex().encode())]
    return {name for name, held in {**files, "a dump": dumped}.items() if any(one in held for one in both)}
