"""Everything documented exists, and everything that exists is documented."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import _parser
from bot.config import Settings
from handlers import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_every_setting_stands_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_every_setting_in_the_readme_exists() -> None:
    table = README[README.index("| setting |") : README.index("Several replicas")]
    assert {name.lower() for name in re.findall(r"`([A-Z_]{4,})`", table)} == set(Settings.model_fields)


@pytest.mark.parametrize("target", re.findall(r"`?make ([a-z]+)", README))
def test_every_make_target_in_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


def test_every_command_of_the_command_line_stands_in_the_readme() -> None:
    usage = _parser().format_help()
    for command in ("demo", "run", "check", "audit"):
        assert command in usage
        assert f"`recording-steward {command}" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_slack_command_stands_in_the_readme(command: str) -> None:
    assert f"`{command}`" in README


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:bot|handlers|storage|docs)/[\w/.]*)`", README))))
def test_every_path_in_the_readme_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_command_helps() -> None:
    for arguments in (["--help"], ["demo", "--help"], ["run", "--help"], ["check", "--help"], ["audit", "--help"]):
        answer = subprocess.run(
            [sys.executable, "-m", "bot", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert "usage: recording-steward" in answer.stdout


def test_no_file_of_ours_is_too_long() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "bot/*.py", "handlers/*.py", "storage/*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ours = [name for name in listed if "/migrations/versions/" not in name]  # history, written once
    assert [name for name in ours if (ROOT / name).exists() and (ROOT / name).read_text().count("\n") > 300] == []
