"""Every scene, and playing them: name → how to get there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import count, groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.rehearsal.calls import lay_out
from bot.rehearsal.company import SYDNEY
from tests.gallery import (
    courses,
    customers,
    declined,
    dialogs,
    draws,
    figures,
    holds,
    homes,
    notices,
    odd,
    plain_words,
    reports,
    requests,
    reviews,
    silence,
    weeks,
    whose_data,
)
from tests.gallery.house import START, a_base, a_house, copied
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot, State

SCENES: tuple[Scene, ...] = (
    *requests.SCENES, *courses.SCENES, *dialogs.SCENES, *homes.SCENES, *reviews.SCENES, *holds.SCENES, *customers.SCENES, *declined.SCENES,
    *notices.SCENES, *plain_words.SCENES, *draws.SCENES, *reports.SCENES, *silence.SCENES, *weeks.SCENES, *whose_data.SCENES, *figures.SCENES,
)  # fmt: skip


async def played(folder: Path, scenes: Iterable[Scene] = SCENES) -> AsyncIterator[State]:
    """Every state with its pictures' contents, in order; works in `folder`, which is to be empty.

    Raises where a scene can't be played, or where Slack would refuse what the bot sent.
    """
    calls = folder / "calls"
    lay_out(calls, START.astimezone(ZoneInfo(SYDNEY)).date())
    odd.lay_out_odd(calls)
    base = await a_base(folder / "base", calls, odd.PEOPLE)
    places = (folder / str(number) for number in count())
    for (group, name), same in groupby(scenes, key=lambda scene: (scene.group, scene.name)):
        shots = [await _played(scene, copied(base, next(places)), calls) for scene in same]
        yield State(group, name, tuple(shot for some in shots for shot in some))


async def _played(scene: Scene, place: Path, calls: Path) -> list[Shot]:
    async with a_house(place, calls, odd.PEOPLE, scene.change) as house:
        try:
            shots = await scene.play(house)
        except Exception as error:
            error.add_note(f"in the scene {scene.group} / {scene.name}")
            raise
        if house.workspace.problems:
            raise AssertionError(f"{scene.group} / {scene.name}: {house.workspace.problems}")
        return shots
