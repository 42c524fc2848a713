"""The gallery's own page: every state under its heading, its pictures side by side, and what is behind them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from tests.gallery.letters import GROUP, SIGHTS, Sample, Sight
from tests.gallery.pictures import Look
from tests.gallery.shots import Platform, Shot, State

PLATFORMS: tuple[Platform, ...] = ("slack", "teams")
HEAD = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Gallery of cards, forms and letters</title>
<style>
body { margin: 0 auto; padding: 1rem 1.5rem 4rem; max-width: 120rem; font: 15px/1.5 system-ui, sans-serif; }
nav { columns: 16rem; } nav p { margin: 0 0 .2rem; font-weight: 700; } nav ul { margin: 0 0 1rem; padding-left: 1.1rem; }
nav div { break-inside: avoid; }
h2 { margin-top: 3.5rem; border-bottom: 1px solid #8888; } h3 { margin: 2.5rem 0 .25rem; } h4 { margin: 1rem 0 .25rem; }
.spoken { margin: 0 0 .5rem; opacity: .8; }
pre { max-width: 45rem; padding: .75rem 1rem; border: 1px solid #8886; white-space: pre-wrap; overflow-wrap: anywhere; }
.looks { display: flex; gap: .75rem; align-items: flex-start; margin-bottom: .75rem; }
.looks a { flex: 0 1 auto; min-width: 0; } .looks img { max-width: 100%; height: auto; border: 1px solid #8886; }
</style>
<h1>Gallery of cards, forms and letters</h1>
<p>Every picture was made by the product itself, in a company of its own: Slack and Teams side by side, light above dark.
“Aloud” is the sentence of the notification.</p>
"""


def write(states: Sequence[State], looks: Sequence[Look], folder: Path, letters: Sequence[Sample] = ()) -> Path:
    """Write `index.html` and the JSON of every shot beside the pictures, which are there; returns the page's path."""
    for state in states:
        for shot in state.shots:
            for platform in PLATFORMS:
                drawing = json.dumps(shot.drawing(platform), ensure_ascii=False, indent=1)
                (folder / f"{state.path(shot)}.{platform}.json").write_text(drawing, "utf-8")
    page = folder / "index.html"
    groups = [(group, list(of)) for group, of in groupby(states, key=lambda state: state.group)]
    contents = "".join(_contents(group, ((_id(one), one.name) for one in of)) for group, of in groups)
    sections = "".join(_group(group, of, looks, folder) for group, of in groups)
    if letters:
        contents += _contents(GROUP, ((one.path, one.name) for one in letters))
        sections += f"<h2>{GROUP}</h2>\n{''.join(_letter(one, folder) for one in letters)}"
    page.write_text(f"{HEAD}<nav>{contents}</nav>\n{sections}</html>\n", "utf-8")
    return page


def clear(folder: Path) -> None:
    """Take an earlier gallery out of a folder; a folder that holds none is left as it is."""
    page = folder / "index.html"
    if not page.exists() or not page.read_text("utf-8").startswith(HEAD):
        return
    for old in (*folder.glob("*.png"), *folder.glob("*.json"), page):
        old.unlink()


def _contents(group: str, entries: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f'<li><a href="#{place}">{escape(name)}</a></li>' for place, name in entries)
    return f"<div><p>{escape(group)}</p><ul>{rows}</ul></div>"


def _group(group: str, states: Iterable[State], looks: Sequence[Look], folder: Path) -> str:
    return f"<h2>{escape(group)}</h2>\n" + "".join(_state(state, looks, folder) for state in states)


def _state(state: State, looks: Sequence[Look], folder: Path) -> str:
    shots = "".join(_shot(state, shot, looks, folder) for shot in state.shots)
    return f'<section id="{_id(state)}"><h3>{escape(state.group)} · {escape(state.name)}</h3>\n{shots}</section>\n'


def _shot(state: State, shot: Shot, looks: Sequence[Look], folder: Path) -> str:
    path = state.path(shot)
    aloud = f'<p class="spoken">Aloud: {escape(shot.spoken)}</p>' if shot.spoken else ""
    blocks = " ".join(f'<a href="{path}.{platform}.json">{platform.title()}</a>' for platform in PLATFORMS)
    rows = "".join(
        f'<div class="looks">{"".join(_picture(folder, path, f"{state.name}, {shot.name}", look) for look in row)}</div>'
        for _, row in groupby(looks, key=lambda look: look.scheme)
    )
    return f"<h4>{escape(shot.name)} <small>{blocks}</small></h4>{aloud}{rows}\n"


def _letter(one: Sample, folder: Path) -> str:
    body = one.body
    rows = "".join(
        f'<div class="looks">{"".join(_picture(folder, one.path, one.name, sight) for sight in row)}</div>'
        for _, row in groupby(SIGHTS, key=lambda sight: sight.scheme)
    )
    head = f'<h3>{escape(GROUP)} · {escape(one.name)}</h3>\n<p class="spoken">Subject: {escape(body.subject)}</p>'
    return f'<section id="{one.path}">{head}{rows}<pre>{escape(body.plain)}</pre></section>\n'


def _picture(folder: Path, path: str, what: str, look: Look | Sight) -> str:
    file = folder / f"{path}.{look.name}.png"
    about = f"{what}, {look.name.replace('-', ', ')}"
    width, height = _size(file)
    shown = f'<img loading="lazy" src="{file.name}" width="{width}" height="{height}" alt="{escape(about)}">'
    return f'<a href="{file.name}">{shown}</a>'


def _size(file: Path) -> tuple[int, int]:
    """A picture's width and height, which stand at the head of a PNG: so the page keeps its place while it loads."""
    with file.open("rb") as png:
        head = png.read(24)
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def _id(state: State) -> str:
    return state.path(Shot("", "message", {}, {}))
