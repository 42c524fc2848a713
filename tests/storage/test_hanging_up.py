"""A4: whoever has no more time to close a database leaves nobody behind who waits for a silent server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from unittest.mock import Mock

import pytest

from storage.database.store import Database


async def test_closing_that_is_cut_short_hangs_up(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that had been told to end waited for the server to hear so, and the program was ended by force."""
    database = Database(postgresql_url)
    hung_up = Mock(wraps=database.sessions.hang_up)
    monkeypatch.setattr(database.sessions, "hang_up", hung_up)
    monkeypatch.setattr(database.sessions, "close", asyncio.Event().wait)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await database.close()
    hung_up.assert_called_once_with()
