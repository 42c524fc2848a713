"""Every call recording system on its bench, and a register that looks at it as the bot does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from .asterisk_benches import AsteriskBench, AsteriskLiveBench
from .benches import Bench, FolderBench, MemoryBench, Register, Shelf, VersionedBench
from .live_benches import FolderLiveBench, LiveBench, MemoryLiveBench


@pytest.fixture
def folder(tmp_path: Path) -> FolderBench:
    return FolderBench(tmp_path / "calls")


@pytest.fixture(params=["folder", "memory", "versioned", "asterisk"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    match request.param:
        case "folder":
            yield FolderBench(tmp_path / "calls")
        case "memory":
            yield MemoryBench()
        case "versioned":
            yield VersionedBench()
        case _:
            with closing(AsteriskBench(tmp_path / "calls")) as asterisk:
                yield asterisk


@pytest.fixture(params=["folder", "versioned"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return FolderBench(tmp_path / "calls") if request.param == "folder" else VersionedBench()


@pytest.fixture
def register(bench: Bench) -> Register:
    return Register(bench.recorder, bench.seconds)


@pytest.fixture(params=["folder", "memory", "asterisk"])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LiveBench]:
    match request.param:
        case "folder":
            yield FolderLiveBench(tmp_path / "calls")
        case "memory":
            yield MemoryLiveBench()
        case _:
            with closing(AsteriskLiveBench(tmp_path / "calls")) as asterisk:
                yield asterisk
