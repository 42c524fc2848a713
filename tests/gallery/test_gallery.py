"""The gallery draws each card and form of the golden files in each look, and letters that fetch nothing (P8)."""

from __future__ import annotations

import filecmp
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.gallery.letters import SAMPLES, SIGHTS, draw
from tests.gallery.pictures import LOOKS, Look, a_studio
from tests.gallery.shots import SHOTS
from tests.stories.browser import a_browser

pytestmark = [pytest.mark.soak, pytest.mark.browser]


def _width(path: Path) -> int:
    """As the header of the PNG says."""
    return int.from_bytes(path.read_bytes()[16:20])


def _differs_by_scheme(folder: Path, path: str, looks: Sequence[Look]) -> bool:
    half = len(looks) // 2  # light ones, then dark ones
    light, dark = (folder / f"{path}.{look.name}.png" for look in (looks[0], looks[half]))
    return not filecmp.cmp(light, dark, shallow=False)


async def test_every_card_and_form_is_drawn_in_each_look(tmp_path: Path) -> None:
    async with a_browser() as browser, a_studio(browser, tmp_path) as studio:
        for shot in SHOTS:
            await studio.take(shot)
            assert _differs_by_scheme(tmp_path, shot.name, LOOKS), shot.name
    widths = [_width(tmp_path / f"request-waiting-approver.{look.name}.png") for look in LOOKS]
    assert widths == [look.width for look in LOOKS]


async def test_p8_a_letter_is_drawn_at_each_sight_and_nothing_stands_over_its_edge(tmp_path: Path) -> None:
    async with a_browser() as browser:
        await draw(browser, tmp_path)
    for sample in SAMPLES:
        widths = [_width(tmp_path / f"{sample.path}.{sight.name}.png") for sight in SIGHTS]
        assert widths == [sight.width for sight in SIGHTS]
        assert _differs_by_scheme(tmp_path, sample.path, SIGHTS)
