"""Every scene, and playing them: name → how to get there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.rehearsal.calls import lay_out
from bot.rehearsal.company import SYDNEY
from bot.rehearsal.gallery import dialogs, homes, odd, requests
from bot.rehearsal.gallery.house import START, a_base, a_house, copied
from bot.rehearsal.gallery.scene import Scene
from bot.rehearsal.gallery.shots import Shot, State

SCENES: tuple[Scene, ...] = (*requests.SCENES, *dialogs.SCENES, *homes.SCENES)


async def played(folder: Path, scenes: Iterable[Scene] = SCENES) -> list[State]:
    """Every state with its pictures' contents, in order; works in `folder`, which is to be empty.

    Raises where a scene can't be played, or where Slack would refuse what the bot sent.
    """
    calls = folder / "calls"
    lay_out(calls, START.astimezone(ZoneInfo(SYDNEY)).date())
    odd.lay_out_odd(calls)
    base = await a_base(folder / "base", calls, odd.PEOPLE)
    found: dict[tuple[str, str], list[Shot]] = {}
    for number, scene in enumerate(scenes):
        place = copied(base, folder / str(number))
        found.setdefault((scene.group, scene.name), []).extend(await _played(scene, place, calls))
    return [State(group, name, tuple(shots)) for (group, name), shots in found.items()]


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
