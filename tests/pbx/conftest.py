"""One real Asterisk for all tests here: started once, and skipped with a reason if it can't be had."""

import os
import sys
from collections.abc import Iterator

import pytest

from bot.recorders import open_recorder
from bot.recorders.asterisk.recorder import AsteriskRecorder
from tests.pbx.exchange import Exchange
from tests.pbx.root import NotFetched, ready


@pytest.fixture(scope="session")
def exchange() -> Iterator[Exchange]:
    """A running Asterisk, whatever became of the one before."""
    try:
        root = ready()
    except NotFetched as why:
        told = f"\n*** NOT TRIED: no real Asterisk can be had here: {why} ***\n"
        print(told, file=sys.__stderr__, flush=True)
        pytest.skip(told)
    opened = Exchange(root, f"tests-{os.getpid()}")
    try:
        opened.start()
        opened.answer()
        yield opened
    finally:
        opened.close()


@pytest.fixture
def pbx(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exchange]:
    """The Asterisk, with no call in it; calls that a test leaves behind are ended."""
    monkeypatch.setenv("ASTERISK_AMI_SECRET", exchange.secret)
    yield exchange
    exchange.settle()


@pytest.fixture
def recorder(pbx: Exchange) -> AsteriskRecorder:
    """The recorder, opened by the address that RECORDINGS_URL would have."""
    found = open_recorder(pbx.url)
    assert isinstance(found, AsteriskRecorder)
    return found
