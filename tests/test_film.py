"""The small picture that moves: it does move, is soon there, and can be read where the README shows it."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageSequence

from tests.film import LARGEST, OUT, VIEWPORT

pytestmark = pytest.mark.soak


def test_the_film_moves_and_is_small_enough_to_wait_for() -> None:
    assert OUT.stat().st_size <= LARGEST
    with Image.open(OUT) as film:
        assert film.size == (VIEWPORT["width"], VIEWPORT["height"])
        frames = [one.convert("RGB") for one in ImageSequence.Iterator(film)]
        assert film.info["loop"] == 0
    assert len(frames) > 20
    assert ImageChops.difference(frames[0], frames[-1]).getbbox() is not None
