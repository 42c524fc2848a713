"""The gallery's own page: every card, form and letter under its heading, with its pictures side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from tests.gallery.letters import SAMPLES, SIGHTS, Sample
from tests.gallery.pictures import LOOKS, Look
from tests.gallery.shots import SHOTS, Shot

HEAD = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Gallery of cards, forms and letters</title>
<style>
body { margin: 0 auto; padding: 1rem 1.5rem 4rem; max-width: 120rem; font: 15px/1.5 system-ui, sans-serif; }
nav { columns: 16rem; } h2 { margin-top: 3.5rem; border-bottom: 1px solid #8888; } h3 { margin: 2.5rem 0 .25rem; }
pre { max-width: 45rem; padding: .75rem 1rem; border: 1px solid #8886; white-space: pre-wrap; overflow-wrap: anywhere; }
.looks { display: flex; gap: .75rem; align-items: flex-start; margin-bottom: .75rem; }
.looks a { flex: 0 1 auto; min-width: 0; } .looks img { max-width: 100%; height: auto; border: 1px solid #8886; }
</style>
<h1>Gallery of cards, forms and letters</h1>
<p>Slack and Teams side by side, light above dark. “Aloud” is the sentence of the notification.</p>
"""


def write(folder: Path) -> Path:
    """Write `index.html` beside the pictures; returns its path."""
    names = [*(one.name for one in SHOTS), *(one.path for one in SAMPLES)]
    contents = "".join(f'<div><a href="#{name}">{escape(name)}</a></div>' for name in names)
    groups = groupby(sorted(SHOTS, key=lambda one: one.group), key=lambda one: one.group)
    sections = "".join(f"<h2>{escape(group)}</h2>\n{''.join(map(_shot, shots))}" for group, shots in groups)
    letters = f"<h2>Letters to customers</h2>\n{''.join(map(_letter, SAMPLES))}"
    page = folder / "index.html"
    page.write_text(f"{HEAD}<nav>{contents}</nav>\n{sections}{letters}</html>\n", "utf-8")
    return page


def _shot(one: Shot) -> str:
    aloud = f"<p>Aloud: {escape(one.spoken)}</p>" if one.spoken else ""
    return f'<section id="{one.name}"><h3>{escape(one.name)}</h3>{aloud}{_pictures(one.name, LOOKS)}</section>\n'


def _letter(one: Sample) -> str:
    head = f"<h3>{escape(one.name)}</h3><p>Subject: {escape(one.body.subject)}</p>"
    return (
        f'<section id="{one.path}">{head}{_pictures(one.path, SIGHTS)}<pre>{escape(one.body.plain)}</pre></section>\n'
    )


def _pictures(path: str, looks: Sequence[Look]) -> str:
    rows: Iterable[Iterable[Look]] = (row for _, row in groupby(looks, key=lambda look: look.scheme))
    return "".join(f'<div class="looks">{"".join(_picture(path, look) for look in row)}</div>' for row in rows)


def _picture(path: str, look: Look) -> str:
    file = f"{path}.{look.name}.png"
    return f'<a href="{file}"><img loading="lazy" src="{file}" alt="{escape(f"{path}, {look.name}")}"></a>'
