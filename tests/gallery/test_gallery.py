"""The gallery draws each card and form of the golden files in each look."""

import filecmp
from pathlib import Path

import pytest

from tests.gallery.pictures import LOOKS, SHOTS, a_studio
from tests.stories.browser import a_browser

pytestmark = [pytest.mark.soak, pytest.mark.browser]


async def test_every_card_and_form_is_drawn_in_each_look(tmp_path: Path) -> None:
    async with a_browser() as browser, a_studio(browser, tmp_path) as studio:
        for shot in SHOTS:
            await studio.take(shot)
            light, dark = (tmp_path / f"{shot.name}.{LOOKS[one].name}.png" for one in (0, len(LOOKS) // 2))
            assert not filecmp.cmp(light, dark, shallow=False), shot.name
    pictures = [tmp_path / f"request-waiting-approver.{look.name}.png" for look in LOOKS]
    widths = [int.from_bytes(one.read_bytes()[16:20]) for one in pictures]  # as the header of a PNG says
    assert widths == [look.width for look in LOOKS]
