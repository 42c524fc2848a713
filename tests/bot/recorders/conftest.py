"""Every call recording system on its bench, and a register that looks at it as the bot does."""

from __future__ import annotations

from pathlib import Path

import pytest

from .benches import Bench, FolderBench, MemoryBench, Register, Shelf, VersionedBench
from .live_benches import FolderLiveBench, LiveBench, MemoryLiveBench


@pytest.fixture
def folder(tmp_path: Path) -> FolderBench:
    return FolderBench(tmp_path / "calls")


@pytest.fixture(params=["folder", "memory", "versioned"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    match request.param:
        case "folder":
            return FolderBench(tmp_path / "calls")
        case "memory":
            return MemoryBench()
        case _:
            return VersionedBench()


@pytest.fixture(params=["folder", "versioned"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return FolderBench(tmp_path / "calls") if request.param == "folder" else VersionedBench()


@pytest.fixture
def register(bench: Bench) -> Register:
    return Register(bench.recorder, bench.seconds)


@pytest.fixture(params=["folder", "memory"])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> LiveBench:
    return FolderLiveBench(tmp_path / "calls") if request.param == "folder" else MemoryLiveBench()
