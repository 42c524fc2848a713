"""`recording-steward teams-package`, from the command line as an administrator types it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.bot.environment import Environment

POLICY = Path(__file__).parents[2] / "policy.yaml"
APP_ID = "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607"
Typed = Callable[..., tuple[Any, str, str]]


def test_an_id_an_address_and_the_policy_are_enough(environment: Environment, typed: Typed) -> None:
    """An administrator has no secret to give; it stays where the bot runs."""
    environment(MICROSOFT_APP_ID=APP_ID, PUBLIC_URL="https://steward.example.com", POLICY_FILE=str(POLICY))
    code, printed, _ = typed("teams-package")
    assert (code, printed.split()[0]) == (0, "recording-steward-teams.zip"), printed
    with ZipFile("recording-steward-teams.zip") as package:
        made = json.loads(package.read("manifest.json"))
    assert (made["id"], made["validDomains"]) == (APP_ID, ["steward.example.com"])
    (bot,) = made["bots"]
    assert {"recording-request", "home"} <= {one["title"] for one in bot["commandLists"][0]["commands"]}


def test_everything_that_is_missing_is_named_and_nothing_is_written(environment: Environment, typed: Typed) -> None:
    told = str(typed("teams-package")[0])
    assert "MICROSOFT_APP_ID: this is missing." in told
    assert "PUBLIC_URL: http://localhost:3000 isn't a public address." in told
    assert "POLICY_FILE: there is no policy.yaml." in told
    environment(MICROSOFT_APP_ID=APP_ID, PUBLIC_URL="https://localhost", POLICY_FILE=str(POLICY))
    assert "PUBLIC_URL" in str(typed("teams-package")[0])
    assert list(Path().iterdir()) == []
