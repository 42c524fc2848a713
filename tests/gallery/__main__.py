"""`python -m tests.gallery FOLDER`: take a picture of each card, page and form, and write the page that shows them side by side."""

import asyncio
import sys
from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path

from tests.gallery.pictures import LOOKS, SHOTS, Look, Shot, a_studio
from tests.stories.browser import a_browser

HEAD = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Gallery of cards and forms</title>
<style>
body { margin: 0 auto; padding: 1rem 1.5rem 4rem; max-width: 120rem; font: 15px/1.5 system-ui, sans-serif; }
nav { columns: 16rem; } h2 { margin-top: 3.5rem; border-bottom: 1px solid #8888; } h3 { margin: 2.5rem 0 .25rem; }
pre { max-width: 45rem; padding: .75rem 1rem; border: 1px solid #8886; white-space: pre-wrap; overflow-wrap: anywhere; }
.looks { display: flex; gap: .75rem; align-items: flex-start; margin-bottom: .75rem; }
.looks a { flex: 0 1 auto; min-width: 0; } .looks img { max-width: 100%; height: auto; border: 1px solid #8886; }
</style>
<h1>Gallery of cards and forms</h1>
<p>Slack and Teams side by side, light above dark. “Aloud” is the sentence of the notification.</p>
"""


def write(folder: Path) -> Path:
    """Write `index.html` beside the pictures; returns its path."""
    contents = "".join(f'<div><a href="#{one.name}">{escape(one.name)}</a></div>' for one in SHOTS)
    groups = groupby(sorted(SHOTS, key=lambda one: one.group), key=lambda one: one.group)
    sections = "".join(f"<h2>{escape(group)}</h2>\n{''.join(map(_shot, shots))}" for group, shots in groups)
    page = folder / "index.html"
    page.write_text(f"{HEAD}<nav>{contents}</nav>\n{sections}</html>\n", "utf-8")
    return page


def _shot(one: Shot) -> str:
    aloud = f"<p>Aloud: {escape(one.spoken)}</p>" if one.spoken else ""
    return f'<section id="{one.name}"><h3>{escape(one.name)}</h3>{aloud}{_pictures(one.name)}</section>\n'


def _pictures(path: str) -> str:
    rows: Iterable[Iterable[Look]] = (row for _, row in groupby(LOOKS, key=lambda look: look.scheme))
    return "".join(f'<div class="looks">{"".join(_picture(path, look) for look in row)}</div>' for row in rows)


def _picture(path: str, look: Look) -> str:
    file = f"{path}.{look.name}.png"
    return f'<a href="{file}"><img loading="lazy" src="{file}" alt="{escape(f"{path}, {look.name}")}"></a>'


async def _drawn(folder: Path) -> None:
    async with a_browser() as browser, a_studio(browser, folder) as studio:
        for shot in SHOTS:
            await studio.take(shot)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    asyncio.run(_drawn(place))
    print(f"The gallery is in {write(place)}")
