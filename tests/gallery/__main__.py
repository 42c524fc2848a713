"""`python -m tests.gallery FOLDER`: take a picture of each card, page, form and letter, and write the page that shows them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.gallery import letters
from tests.gallery.index import write
from tests.gallery.pictures import a_studio
from tests.gallery.shots import SHOTS
from tests.stories.browser import a_browser


async def _drawn(folder: Path) -> None:
    async with a_browser() as browser, a_studio(browser, folder) as studio:
        for shot in SHOTS:
            await studio.take(shot)
        await letters.draw(browser, folder)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    asyncio.run(_drawn(place))
    print(f"The gallery is in {write(place)}")
