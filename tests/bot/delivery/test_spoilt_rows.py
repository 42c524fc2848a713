"""A row that somebody spoilt by hand keeps nobody else's card back: of the outbox, of a person, of an account (A1)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from sqlalchemy import text

from bot.commands.checking_database import of_database
from handlers.door import leave
from handlers.effects import Tell
from storage.database.store import Store
from tests.handlers.builders import Company, audit
from tests.offices import Office, states

pytestmark = pytest.mark.soak

Logs = list[MutableMapping[str, Any]]
NO_UTF8 = "CAST(x'ff' AS TEXT)"
TARAS = "person_id = (SELECT id FROM people WHERE email_key LIKE 'tara%')"
OF_OTHER_SHAPES = {"a list": "[1]", "nothing": "null", "a word": '"x"', "a number": "7"}
EFFECTS = ("lane", "kind", "code", "id")


def _said(sentence: str) -> Callable[[Store], object]:
    return lambda store: store.session.execute(text(sentence))


async def _told(company: Company, once: str = "1") -> None:
    """A word to each of two people, whose cards have nothing to do with one another."""
    words = tuple(Tell(who.person_id or 0, "A word.", once) for who in (company.tara, company.anna))
    await company.database.write(lambda store: leave(store, words, company.clock.now))


def _heard(office: Office, who: str) -> int:
    return len(office.chat.called("post", f"U{who.upper()}"))


async def _worked(office: Office) -> None:
    """The worker as it runs, until it has nothing more to do."""
    running = asyncio.create_task(office.delivery.run())
    async with asyncio.timeout(20):
        while not _heard(office, "anna"):  # noqa: ASYNC110  what is waited for happens in a database's thread as well
            await asyncio.sleep(0.005)
        await office.delivery.landed()
        await office.delivery.stop()
        await running
    assert office.delivery.status.faults == 0


@pytest.mark.parametrize("shape", OF_OTHER_SHAPES.values())
async def test_a_reference_of_another_shape_says_nothing_and_everybody_is_told(office: Office, shape: str) -> None:
    company = office.company
    await _told(company)
    await company.database.write(_said(f"UPDATE accounts SET reference = '{shape}' WHERE account_id = 'UTARA'"))
    await _worked(office)
    await office.delivery.drain()
    assert (_heard(office, "tara"), _heard(office, "anna")) == (1, 1)


@pytest.mark.parametrize("column", EFFECTS)
async def test_an_effect_whose_own_row_can_not_be_read_fails_alone(
    sqlite_office: Office, sqlite_url: str, column: str, logs: Logs
) -> None:
    """Logged, in the audit log, named by `check`; and the next one to the same person goes out."""
    office, company = sqlite_office, sqlite_office.company
    await _told(company)
    await company.database.write(_said(f"UPDATE outbox SET {column} = {NO_UTF8} WHERE {TARAS}"))
    await _worked(office)
    await office.delivery.drain()
    assert sorted(await states(company)) == [("tell", "sent", "", 1), ("unreadable", "failed", "unreadable", 1)]
    assert [one["code"] for one in logs if one["event"] == "delivery.set_aside"] == ["unreadable"]
    [failed] = [one for one in await audit(company) if one[1] == "delivery.fail"]
    assert (failed[4]["kind"], failed[4]["code"]) == ("unreadable", "unreadable")
    [note] = [one async for one in of_database(sqlite_url) if one.what == "message"]
    assert "can't be read, so nothing was sent (unreadable)" in note.sentence
    await _told(company, "2")
    await office.delivery.drain()
    assert (_heard(office, "tara"), _heard(office, "anna")) == (1, 2)
