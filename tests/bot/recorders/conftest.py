"""Every call recording system on its bench, and a register that reads it as the bot does."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests.s3_server import Storage

from .asterisk_benches import AsteriskBench, AsteriskLiveBench
from .benches import Bench, FolderBench, MemoryBench, Register, Shelf
from .live_benches import FolderLiveBench, LiveBench, MemoryLiveBench
from .s3_bench import S3Bench

_NUMBERS = count()
ASTERISK = pytest.param("asterisk", marks=pytest.mark.soak)
S3 = pytest.param("s3", marks=[pytest.mark.soak, pytest.mark.machine_clock])
"""What `make test` leaves to `make soak`, as the contract is the same for all."""


@pytest.fixture
def folder(tmp_path: Path) -> FolderBench:
    return FolderBench(tmp_path / "calls")


@pytest.fixture
def s3(storage: Storage, locked_bucket: str) -> S3Bench:
    """A bucket with versions and Object Lock on a real server."""
    return S3Bench(storage, locked_bucket, f"test {next(_NUMBERS)}")


@pytest.fixture(params=["folder", "memory", S3, ASTERISK])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    match request.param:
        case "s3":
            yield request.getfixturevalue("s3")
        case "folder":
            yield FolderBench(tmp_path / "calls")
        case "memory":
            yield MemoryBench()
        case _:
            with closing(AsteriskBench(tmp_path / "calls")) as asterisk:
                yield asterisk


@pytest.fixture(params=["folder", S3])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "s3":
        found: Shelf = request.getfixturevalue("s3")
        return found
    return FolderBench(tmp_path / "calls")


@pytest.fixture
def register(bench: Bench) -> Register:
    return Register(bench.recorder, bench.seconds)


@pytest.fixture(params=["folder", "memory", ASTERISK])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LiveBench]:
    match request.param:
        case "folder":
            yield FolderLiveBench(tmp_path / "calls")
        case "memory":
            yield MemoryLiveBench()
        case _:
            with closing(AsteriskLiveBench(tmp_path / "calls")) as asterisk:
                yield asterisk
