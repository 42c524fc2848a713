"""A bot that runs holds nothing of what only some ask for: it is read when somebody does."""

from __future__ import annotations

import subprocess
import sys

import pytest

SELDOM = (
    "alembic", "asyncpg", "botbuilder", "botocore", "css_inline", "dateparser", "numpy", "rapidfuzz", "snowballstemmer",
    "soundfile", "bot.rehearsal",
)  # fmt: skip


@pytest.mark.soak
def test_what_is_seldom_asked_for_is_not_read_at_the_start() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys; import bot.serving; import bot.slack.platform; print(*sorted(sys.modules))"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    assert "bot.serving" in told
    assert not set(SELDOM) & set(told)
