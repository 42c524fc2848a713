"""Slack takes manifest.yaml, it asks for the least rights, and its commands are those that exist."""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator

import handlers
from tests.each import each

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "tests/data/slack-manifest.schema.2.0.0.json").read_text("utf-8"))
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yaml").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = {command["command"]: command["description"] for command in MANIFEST["features"]["slash_commands"]}


def problems(manifest: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(manifest)]


def test_slack_takes_the_manifest() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert problems(MANIFEST) == []


def test_scopes_are_the_least() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]
    assert set(scopes) == {"bot"}
    assert sorted(scopes["bot"]) == ["chat:write", "commands", "im:write", "users:read", "users:read.email"]


def test_d4_no_one_writes_where_no_one_reads() -> None:
    """The bot reads no messages; without its composer the tab is for the cards, and Home asks for a recording as well."""
    home = MANIFEST["features"]["app_home"]
    assert home["home_tab_enabled"] is home["messages_tab_enabled"] is home["messages_tab_read_only_enabled"] is True
    assert not [one for one in MANIFEST["settings"]["event_subscriptions"]["bot_events"] if one.startswith("message")]
    assert "help" in MANIFEST["features"]["slash_commands"][0]["usage_hint"]


def test_everything_enters_by_one_address() -> None:
    settings = MANIFEST["settings"]
    addresses = {
        settings["interactivity"]["request_url"],
        settings["interactivity"]["message_menu_options_url"],
        settings["event_subscriptions"]["request_url"],
        *(command["url"] for command in MANIFEST["features"]["slash_commands"]),
    }
    assert addresses == {"https://steward.example.com/slack/events"}


@each("command", COMMANDS)
def test_a_command_has_a_name_that_slack_takes_and_is_in_the_readme(command: str) -> None:
    assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command)
    assert f"`{command}`" in README


def test_the_commands_are_those_that_the_handlers_know() -> None:
    assert {f"/{word}": one.says for word, one in handlers.COMMANDS.items()} == COMMANDS
