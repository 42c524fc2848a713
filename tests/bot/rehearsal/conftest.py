"""One kind of database."""

import pytest


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url
