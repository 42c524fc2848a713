"""Teams takes the app package: the manifest is valid, the icons are what it asks for, private things stay private."""

import json
import struct
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft7Validator

from bot.teams import package
from bot.teams.package import listed_commands
from handlers.policy import Policy, load_policy
from tests.each import each

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / f"tests/data/teams-manifest.schema.{package.SCHEMA}.json").read_text("utf-8"))
POLICY = load_policy((ROOT / "policy.yaml").read_text("utf-8"))
APP_ID, URL = "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607", "https://steward.example.com"
COMMANDS = listed_commands()


def problems(manifest: Any) -> list[str]:
    """By draft 7, since the schema calls itself draft 4 and uses `const`."""
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(manifest)]


@pytest.fixture
def opened(tmp_path: Path) -> dict[str, bytes]:
    with ZipFile(package.build_package(POLICY, APP_ID, URL, tmp_path / "teams.zip", COMMANDS)) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_the_package_holds_a_valid_manifest_and_the_icons_that_it_names(opened: dict[str, bytes]) -> None:
    manifest = json.loads(opened["manifest.json"])
    assert problems(manifest) == []
    assert opened.keys() == {"manifest.json", *manifest["icons"].values()}
    assert manifest["$schema"].endswith(f"/v{manifest['manifestVersion']}/MicrosoftTeams.schema.json")


def test_every_command_is_in_the_menu_of_ones_own_chat_and_forms_open_anywhere(opened: dict[str, bytes]) -> None:
    manifest = json.loads(opened["manifest.json"])
    (bot,) = manifest["bots"]
    [menu] = bot["commandLists"]
    assert (bot["scopes"], menu["scopes"]) == (["personal"], ["personal"])
    assert {one["title"]: one["description"] for one in menu["commands"]} == {
        word: one.says for word, one in COMMANDS.items()
    }
    (extension,) = manifest["composeExtensions"]
    shown = [(one["id"], one["type"], one["fetchTask"]) for one in extension["commands"]]
    assert shown == [
        (one, "action", True)
        for one in ("recordingRequest", "recordingBreach", "recordingDeclined", "recordingPolicy", "home")
    ]
    assert {tuple(one["context"]) for one in extension["commands"]} == {("compose", "commandBox")}
    assert [one["triggers"] for one in extension["commands"]] == [["slash"]] * 5
    assert {bot["botId"], extension["botId"], manifest["id"]} == {APP_ID}
    assert manifest["validDomains"] == ["steward.example.com"]


def test_a_slash_never_makes_a_message_of_what_is_written_in_a_channel(opened: dict[str, bytes]) -> None:
    """The bot's own commands behind a slash would be posted where others read; a message extension's open a dialog."""
    (bot,) = json.loads(opened["manifest.json"])["bots"]
    assert "supportsTargetedMessages" not in bot
    assert [sorted(one) for one in bot["commandLists"]] == [["commands", "scopes"]]


def test_a_later_package_has_a_higher_version_that_teams_takes() -> None:
    """Also where nothing but a page of the company's changed."""
    first = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    moments = [first, first + timedelta(minutes=1), first + timedelta(days=400), first + timedelta(days=20_000)]
    told = [package.package_version(one) for one in moments]
    numbers = [tuple(map(int, one.split("."))) for one in told]
    assert numbers == sorted(set(numbers))
    assert numbers[0][:2] == tuple(map(int, version("recording-steward").split(".")))[:2]
    for one in told:
        made = package.app_manifest(POLICY, APP_ID, URL, COMMANDS, number=one)
        assert (made["version"], problems(made)) == (one, [])


def developer(policy: Policy) -> dict[str, str]:
    made: Any = package.app_manifest(policy, APP_ID, URL, COMMANDS)
    assert problems(made) == []
    told: dict[str, str] = made["developer"]
    return {name.removesuffix("Url"): page for name, page in told.items() if name != "name"}


OWN = f"{URL}/policy"


def test_p3_website_privacy_and_terms_are_those_of_the_policy() -> None:
    assert developer(POLICY) == {
        "website": "https://fernhill.example", "privacy": "https://fernhill.example/privacy",
        "termsOfUse": "https://fernhill.example/terms",
    }  # fmt: skip


@each(
    ("notice", "privacy"),
    [
        ("https://fernhill.example/notice", "https://fernhill.example/notice"),
        ("http://fernhill.example/notice", OWN),
        ("see the Contact us page", OWN),
        ("", OWN),
    ],
)
def test_p3_a_company_that_names_no_page_has_the_one_about_the_policy(notice: str, privacy: str) -> None:
    company = POLICY.company.model_copy(update={"website": "", "privacy": "", "terms": ""})
    notices = POLICY.notices.model_copy(update={"website": notice})
    policy = POLICY.model_copy(update={"company": company, "notices": notices})
    assert developer(policy) == {"website": OWN, "privacy": privacy, "termsOfUse": OWN}


@each(("name", "size"), [("color.png", 192), ("outline.png", 32)])
def test_the_icons_have_the_size_that_teams_asks_for(opened: dict[str, bytes], name: str, size: int) -> None:
    assert struct.unpack(">II", opened[name][16:24]) == (size, size)
