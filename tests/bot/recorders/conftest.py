"""Every call recording system on its bench, and a register that looks at it as the bot does."""

from __future__ import annotations

from pathlib import Path

import pytest

from .benches import Bench, FolderBench, MemoryBench, Register


@pytest.fixture
def folder(tmp_path: Path) -> FolderBench:
    return FolderBench(tmp_path / "calls")


@pytest.fixture(params=["folder", "memory"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    return FolderBench(tmp_path / "calls") if request.param == "folder" else MemoryBench()


@pytest.fixture
def register(bench: Bench) -> Register:
    return Register(bench.recorder, bench.seconds)
