"""P8: the gallery shows letters to customers as mail programs draw them, and no letter fetches anything."""

from __future__ import annotations

import filecmp
import re
from pathlib import Path

import pytest

from handlers.letters import Written
from tests.gallery.index import clear, write
from tests.gallery.letters import SAMPLES, SIGHTS, Sample, draw
from tests.gallery.pictures import Undrawn, a_browser

pytestmark = pytest.mark.soak


def test_p8_no_two_letters_share_a_file() -> None:
    paths = [one.path for one in SAMPLES]
    assert len(set(paths)) == len(paths)
    assert all(re.fullmatch(r"[a-z0-9-]+", path) for path in paths)


def test_p8_every_sight_of_every_letter_is_on_the_page_with_its_words(tmp_path: Path) -> None:
    for sample in SAMPLES:
        for sight in SIGHTS:
            (tmp_path / f"{sample.path}.{sight.name}.png").write_bytes(bytes(19) + b"\x07" + bytes(3) + b"\x09")
    page = write([], (), tmp_path, SAMPLES).read_text("utf-8")
    for sample in SAMPLES:
        assert f'<a href="#{sample.path}">' in page
        for sight in SIGHTS:
            assert page.count(f'src="{sample.path}.{sight.name}.png" width="7" height="9"') == 1
    assert "Dear Ms Pemberly,\n\nYou asked us on Tue 24 Nov 2026" in page
    assert "<script" not in page
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


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


@pytest.mark.browser
async def test_p8_a_letter_that_would_fetch_something_is_not_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Sample("fetching", Written("A", "B", ("C",)))
    html = whole.body.html.replace("</body>", "<img src=http://127.0.0.1:9/a.png></body>")
    body = type(whole.body)(whole.body.subject, whole.body.plain, html)
    monkeypatch.setattr(Sample, "body", property(lambda _: body))
    async with a_browser() as browser:
        with pytest.raises(Undrawn, match=r"fetching fetches http://127\.0\.0\.1:9/a\.png"):
            await draw(browser, tmp_path, [whole])
