"""Whatever happens to a folder, the register is in step with it after two hours, and soon where the folder's times tell."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.recorders.folder import FolderRecorder
from tests.clocks import Seconds

from .benches import Register
from .disorder import WHAT, Disorder

A_TICK, AN_HOUR = 20.0, 3600.0

steps = st.lists(
    st.tuples(st.sampled_from([*WHAT, "put", "tick", "tick", "fail"]), st.integers(0, 14), st.integers(0, 14)),
    max_size=30,
)


def in_step(known: Mapping[str, str], told: Mapping[str, str], disorder: Disorder) -> None:
    """The register holds what can be registered as it is, and else only what nobody can look at now."""
    sound, wrong = disorder.there()
    assert told == wrong
    assert {name: known.get(name) for name in sound} == sound
    assert [
        one for one in known.keys() - sound.keys() if not any(f"{one}/".startswith(f"{odd}/") for odd in wrong)
    ] == []


@pytest.mark.soak
@given(story=steps)
@example(story=[("put", 0, 0), ("tick", 0, 0), ("put", 1, 0), ("fail", 1, 0), ("delete_folder", 1, 0)])
def test_after_two_hours_the_register_is_what_is_on_the_disk(story: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        disorder, seconds = Disorder(Path(name) / "calls"), Seconds()
        register = Register(FolderRecorder(disorder.root, seconds=seconds), seconds)
        for what, which, other in story:
            if what == "tick":
                register.sync()
            elif what == "fail":
                register.sync(stored=which)
            else:
                disorder.do(what, which, other)
        for _ in range(2):
            seconds.now += AN_HOUR
            register.sync()
        in_step(register.known, register.problems, disorder)
