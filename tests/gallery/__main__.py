"""`python -m tests.gallery FOLDER`: play every scene, take the pictures, write the page that shows them."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.serving import quiet_logs
from tests.gallery.index import clear, write
from tests.gallery.letters import GROUP, SAMPLES, Sample, draw
from tests.gallery.pictures import LOOKS, Undrawn, a_browser, a_studio
from tests.gallery.scenes import SCENES, played
from tests.gallery.shots import State


def main() -> int:
    """0, or 1 with a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="gallery", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go; what a gallery left there before is replaced")
    parser.add_argument("--only", default="", help="only scenes whose “group / name” has this in it")
    wanted = parser.parse_args()
    quiet_logs(50)  # some scenes play a fault of ours
    folder: Path = wanted.folder
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder)
    try:
        letters = [one for one in SAMPLES if wanted.only in f"{GROUP} / {one.name}"]
        states = asyncio.run(_drawn(folder, wanted.only))
        asyncio.run(_letters(folder, letters))
    except Undrawn as error:
        print(error, file=sys.stderr)
        return 1
    page = write(states, LOOKS, folder, letters)
    print(f"The gallery is in {page}")
    return 0


async def _letters(folder: Path, letters: Sequence[Sample]) -> None:
    if letters:
        async with a_browser() as browser:
            await draw(browser, folder, letters)


async def _drawn(folder: Path, only: str) -> list[State]:
    """The browser draws one scene while the next is played."""
    scenes = [scene for scene in SCENES if only in f"{scene.group} / {scene.name}"]
    states: list[State] = []
    with tempfile.TemporaryDirectory(prefix="gallery-") as place:
        async with a_studio(folder) as studio:
            drawing: list[asyncio.Task[None]] = []
            async for state in played(Path(place), scenes):
                states.append(state)
                drawing += [asyncio.create_task(studio.take(state.path(shot), shot)) for shot in state.shots]
            await asyncio.gather(*drawing)
    return states


if __name__ == "__main__":
    sys.exit(main())
