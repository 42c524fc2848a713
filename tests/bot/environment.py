"""The settings in the environment, as a test sets them, and the database that they name."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from bot.settings.config import Misconfigured, Settings, read_settings
from storage.database.store import Database
from tests.databases import run

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
SIGNING_SECRET = "5f1c0e7a9b3d24866d0a1be2c37f4958"


class Environment:
    """Set the environment to these settings and none other of ours."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        for name in set(os.environ) & {name.upper() for name in Settings.model_fields}:
            monkeypatch.delenv(name)
        monkeypatch.setenv("BEACON_URL", "http://127.0.0.1:9")  # no test asks a beacon on the internet

    def __call__(self, **values: str) -> None:
        for name, value in values.items():
            self._monkeypatch.setenv(name, value)

    def told(self, **values: str) -> list[str]:
        """Return what is wrong with these, line by line."""
        self(**values)
        with pytest.raises(Misconfigured) as caught:
            read_settings()
        return str(caught.value).splitlines()


def with_database(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do work with the database at an address, from outside any loop, and return the result."""

    async def opened() -> T:
        database = Database(url)
        try:
            return await work(database)
        finally:
            await database.close()

    return run(opened())
