"""P8, P11: check that whatever a test does with customers' requests, names and words are sealed at the end."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import inspect, text

from storage.database.store import Store
from storage.search_index import NAME
from tests.handlers.builders import Company

SECRETS = (
    "ellis", "pemberly", "power of attorney", "which day was it", "it was monday", "by telephone", "412000111",
    "the crm has it", "only says hello", "by post on",
)  # fmt: skip
"""What the tests of customers' requests fill in, in lower case."""


@pytest_asyncio.fixture
async def company(company: Company) -> AsyncIterator[Company]:
    yield company
    assert await company.database.read(unsealed) == []


def unsealed(store: Store) -> list[str]:
    """Return the tables in which one of the secrets can be read, except the register's own numbers."""
    connection = store.session.connection()
    tables = [one for one in inspect(connection).get_table_names() if one not in ("recordings", NAME)]
    rows = ((one, connection.execute(text(f'SELECT * FROM "{one}"')).all()) for one in tables)
    said = ((name, " ".join(map(_letters, row)).lower()) for name, each in rows for row in each)
    return [name for name, words in said if any(secret in words for secret in SECRETS)]


def _letters(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
