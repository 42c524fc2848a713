"""What tests of SMTP start from: a server on this machine, treated as local and as remote."""

import ssl
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.bot.certificates import a_certificate
from tests.bot.mail.post_office import PostOffice

Contexts = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.fixture(scope="session")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """A certificate for localhost: the server's, and a client's that trusts it."""
    return a_certificate(tmp_path_factory.mktemp("certificate"), "localhost")


@pytest_asyncio.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice().open() as opened:
        yield opened
