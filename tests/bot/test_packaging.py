"""`recording-steward teams-package`, from the command line as an administrator types it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft7Validator

from bot.settings.config import Settings
from bot.teams.package import SCHEMA

ROOT = Path(__file__).parents[2]
APP_ID = "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607"
RIGHT = {
    "MICROSOFT_APP_ID": APP_ID,
    "PUBLIC_URL": "https://steward.example.com",
    "POLICY_FILE": str(ROOT / "policy.yaml"),
}


def typed(folder: Path, settings: dict[str, str], *words: str) -> tuple[int, str]:
    """The command's exit code and all that it printed."""
    inherited = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    answer = subprocess.run(
        [sys.executable, "-m", "bot", "teams-package", *words], cwd=folder, text=True, check=False,
        env={**inherited, "PYTHONPATH": str(ROOT), **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return answer.returncode, answer.stdout


def manifest(file: Path) -> Any:
    with ZipFile(file) as package:
        return json.loads(package.read("manifest.json"))


@pytest.mark.soak
def test_an_id_an_address_and_the_policy_are_enough(tmp_path: Path) -> None:
    """An administrator has no secret to give; it stays where the bot runs."""
    code, printed = typed(tmp_path, RIGHT)
    assert (code, printed.split()[0]) == (0, "recording-steward-teams.zip"), printed
    made = manifest(tmp_path / "recording-steward-teams.zip")
    schema = json.loads((ROOT / f"tests/data/teams-manifest.schema.{SCHEMA}.json").read_text("utf-8"))
    assert list(Draft7Validator(schema).iter_errors(made)) == []
    assert (made["id"], made["validDomains"]) == (APP_ID, ["steward.example.com"])
    assert made["developer"]["termsOfUseUrl"] == "https://fernhill.example/terms"
    (bot,) = made["bots"]
    assert {"recording-request", "home"} <= {one["title"] for one in bot["commandLists"][0]["commands"]}


@pytest.mark.soak
def test_everything_that_is_missing_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    code, printed = typed(tmp_path, {})
    assert code == 1
    assert "MICROSOFT_APP_ID: it is missing." in printed
    assert "PUBLIC_URL: http://localhost:3000 is no public address." in printed
    assert "POLICY_FILE: there is no policy.yaml." in printed
    assert "PUBLIC_URL" in typed(tmp_path, RIGHT | {"PUBLIC_URL": "https://localhost"})[1]
    assert list(tmp_path.iterdir()) == []
