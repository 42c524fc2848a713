"""A2: a wall clock that is set back an hour, and set right again, stops nothing that the clock does."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.stories.at_moment import booted_at
from tests.stories.house import ROOT
from tests.stories.process import Town, a_town
from tests.stories.waiting import until

pytestmark = pytest.mark.story
IN_TIME = 20.0  # seconds; the clock ticks each second, and there was no tick in 45 of them


def another_call(folder: Path, name: str) -> None:
    """A call is over, and lies there to be found with the next tick: one of days ago, so that no clock here takes it for one to come."""
    told = json.loads((folder / "call-2.json").read_text())
    (folder / f"{name}.json").write_text(json.dumps({**told, "crm": "CS-30000"}))
    shutil.copyfile(folder / "call-0.wav", folder / f"{name}.wav")


def stepping(wrong_by: Path) -> tuple[str, ...]:
    """The program on a machine whose wall clock is wrong by as many seconds as that file says."""
    told = (f"WRONG_BY={wrong_by}", f"PYTHONPATH={ROOT}")
    return ("env", *told, sys.executable, "-m", "tests.stories.stepping_child", booted_at().isoformat())


async def found(town: Town, name: str) -> bool:
    known = await town.database.read(lambda store: store.recordings.within("file", [""]))
    return f"{name}.wav" in known


async def test_calls_are_found_though_the_wall_clock_steps_to_and_fro(tmp_path: Path) -> None:
    wrong_by = tmp_path / "wrong_by"
    await asyncio.to_thread(wrong_by.write_text, "0")
    async with a_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", bots=1, command=stepping(wrong_by)) as town:
        for step, seconds in enumerate(("-3600", "0", "-86400", "7200")):
            await asyncio.to_thread(wrong_by.write_text, seconds)
            await asyncio.to_thread(another_call, tmp_path / "calls", f"new-{step}")
            await until(partial(found, town, f"new-{step}"), f"a tick while wrong by {seconds} s", IN_TIME)
