"""Who knows the chat platforms by name: their own folders, and the few files that put the program together."""

from __future__ import annotations

import re
from pathlib import Path

from tests.each import each

ROOT = Path(__file__).parents[1]
PUT_TOGETHER = {
    "app.py", "commands/checking.py", "commands/packaging.py", "settings/config.py", "settings/setting_values.py", "__main__.py"
}  # fmt: skip


def _others(platform: str) -> list[Path]:
    """Every file of the program that has no business with this platform."""
    own = (ROOT / "bot" / platform, ROOT / "bot" / "rehearsal", ROOT / "storage" / "migrations")
    files = [file for floor in ("bot", "handlers", "storage") for file in (ROOT / floor).rglob("*.py")]
    apart = [file for file in files if not any(file.is_relative_to(folder) for folder in own)]
    return [file for file in apart if file not in {ROOT / "bot" / one for one in PUT_TOGETHER}]


NAMES = {"teams": r"teams(?!\", \[\])|botbuilder|microsoft", "slack": "slack"}
"""Slack calls its workspaces teams in its own answers, and there alone."""


@each("platform", NAMES)
def test_no_other_module_knows_a_platform_by_name(platform: str) -> None:
    files = _others(platform)
    assert len(files) > 50
    knowing = [file for file in files if re.search(NAMES[platform], file.read_text(), re.IGNORECASE)]
    assert [str(file.relative_to(ROOT)) for file in knowing] == []
