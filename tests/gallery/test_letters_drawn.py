"""P8: the gallery shows letters to customers as mail programs draw them, and no letter fetches anything."""

from __future__ import annotations

import filecmp
from pathlib import Path

import pytest

from tests.gallery.letters import SAMPLES, SIGHTS, draw
from tests.gallery.pictures import a_browser

pytestmark = pytest.mark.soak


@pytest.mark.browser
async def test_p8_a_letter_is_drawn_at_each_sight_and_nothing_stands_over_its_edge(tmp_path: Path) -> None:
    async with a_browser() as browser:
        await draw(browser, tmp_path)
    for sample in SAMPLES:
        for sight in SIGHTS:
            head = (tmp_path / f"{sample.path}.{sight.name}.png").read_bytes()[16:20]
            assert int.from_bytes(head) == sight.width
        light, dark = (tmp_path / f"{sample.path}.mail-phone-{scheme}.png" for scheme in ("light", "dark"))
        assert not filecmp.cmp(light, dark, shallow=False)
