"""Teams takes the app package: the manifest is valid, the icons are what it asks for, private things stay private."""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft7Validator

from bot.commands.packaging import commands
from bot.teams import package
from handlers.policy import Policy, load_policy
from tests.each import each

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / f"tests/data/teams-manifest.schema.{package.SCHEMA}.json").read_text("utf-8"))
POLICY = load_policy((ROOT / "policy.yaml").read_text("utf-8"))
APP_ID, URL = "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607", "https://steward.example.com"
COMMANDS = commands()


def problems(manifest: Any) -> list[str]:
    """By draft 7, since the schema calls itself draft 4 and uses `const`."""
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(manifest)]


@pytest.fixture
def opened(tmp_path: Path) -> dict[str, bytes]:
    with ZipFile(package.build(POLICY, APP_ID, URL, tmp_path / "teams.zip", COMMANDS)) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_the_package_holds_a_valid_manifest_and_the_icons_that_it_names(opened: dict[str, bytes]) -> None:
    manifest = json.loads(opened["manifest.json"])
    assert problems(manifest) == []
    assert opened.keys() == {"manifest.json", *manifest["icons"].values()}
    assert manifest["$schema"].endswith(f"/v{manifest['manifestVersion']}/MicrosoftTeams.schema.json")


@each(
    "spoilt",
    [
        {"id": "x"},
        {"manifestVersion": "1.2"},
        {"name": {"short": "x" * 31}},
        {"bots": [{"scopes": ["personal"]}]},
        {"x": 1},
    ],
)
def test_the_schema_refuses_what_teams_refuses(spoilt: dict[str, Any]) -> None:
    assert problems(package.manifest(POLICY, APP_ID, URL, COMMANDS) | spoilt) != []


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
        (one, "action", True) for one in ("recordingRequest", "recordingBreach", "recordingDeclined", "recordingPolicy")
    ]
    assert {tuple(one["context"]) for one in extension["commands"]} == {("compose", "commandBox")}
    assert [one["triggers"] for one in extension["commands"]] == [["slash"]] * 4
    assert {bot["botId"], extension["botId"], manifest["id"]} == {APP_ID}
    assert manifest["validDomains"] == ["steward.example.com"]


def test_a_slash_never_makes_a_message_of_what_is_written_in_a_channel(opened: dict[str, bytes]) -> None:
    """The bot's own commands behind a slash would be posted where others read; a message extension's open a dialog."""
    (bot,) = json.loads(opened["manifest.json"])["bots"]
    assert "supportsTargetedMessages" not in bot
    assert [sorted(one) for one in bot["commandLists"]] == [["commands", "scopes"]]


def test_no_title_in_a_menu_is_cut(opened: dict[str, bytes]) -> None:
    """Teams has room for 32 characters there."""
    (extension,) = json.loads(opened["manifest.json"])["composeExtensions"]
    titles = [one["title"] for one in extension["commands"]]
    assert titles == [
        "Ask to hear a recording", "Report in confidence", "A caller wants no recording", "Read the call recording policy",
    ]  # fmt: skip
    assert all(len(one) <= 32 for one in titles)


def test_a_later_package_has_a_higher_version_that_teams_takes() -> None:
    """Also where nothing but a page of the company's changed."""
    first = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    moments = [first, first + timedelta(minutes=1), first + timedelta(days=400), first + timedelta(days=20_000)]
    told = [package.numbered(one) for one in moments]
    numbers = [tuple(map(int, one.split("."))) for one in told]
    assert numbers == sorted(set(numbers))
    assert numbers[0][:2] == tuple(map(int, version("recording-steward").split(".")))[:2]
    for one in told:
        made = package.manifest(POLICY, APP_ID, URL, COMMANDS, number=one)
        assert (made["version"], problems(made)) == (one, [])


def developer(policy: Policy) -> dict[str, str]:
    made: Any = package.manifest(policy, APP_ID, URL, COMMANDS)
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


def test_the_same_settings_give_the_same_file(tmp_path: Path) -> None:
    first, second = (
        package.build(POLICY, APP_ID, URL, tmp_path / name, COMMANDS).read_bytes() for name in ("1.zip", "2.zip")
    )
    assert first == second


def named(name: str) -> Policy:
    company = POLICY.company.model_copy(update={"name": name})
    return POLICY.model_copy(update={"company": company})


def test_a_company_with_a_long_name_and_a_notice_without_address_is_valid() -> None:
    policy = named("Fernhill " * 60)
    notices = policy.notices.model_copy(update={"website": "see the Contact us page"})
    policy = policy.model_copy(update={"notices": notices})
    assert problems(package.manifest(policy, APP_ID, URL, COMMANDS)) == []


@each("app_id", ["steward", APP_ID + "0", APP_ID[:-1] + "g", ""])
def test_what_is_no_app_id_is_refused_by_name(tmp_path: Path, app_id: str) -> None:
    with pytest.raises(ValueError, match="MICROSOFT_APP_ID: it is "):
        package.build(POLICY, app_id, URL, tmp_path / "teams.zip", COMMANDS)


NOT_PUBLIC = [
    "", "http://localhost:3000", "http://steward.example.com", "https://localhost", "https://steward", "https://10.0.0.7",
    "https://127.1", "https://[::1]", "https://steward.local", "https://steward.internal", "https://a b.example.com",
    "https://-x.example.com", "https://bücher.example.com", "https://me@steward.example.com", "steward.example.com",
]  # fmt: skip


@pytest.mark.parametrize("url", NOT_PUBLIC)
def test_an_address_that_teams_could_not_open_is_refused_by_name(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="PUBLIC_URL: "):
        package.build(POLICY, APP_ID, url, tmp_path / "teams.zip", COMMANDS)
    assert list(tmp_path.iterdir()) == []


def test_all_that_is_missing_is_told_at_once() -> None:
    assert [one.partition(":")[0] for one in package.faults("", "http://localhost")] == [
        "MICROSOFT_APP_ID",
        "PUBLIC_URL",
    ]
    assert list(package.faults(APP_ID, "https://Steward.Example.com:8443/bot/")) == []


@each(("word", "name"), [("recording-request", "recordingRequest"), ("home", "home"), ("a-b-c", "aBC")])
def test_a_command_of_the_message_extension_is_named_after_what_people_type(word: str, name: str) -> None:
    assert package.command_id(word) == name


@each(("name", "size"), [("color.png", 192), ("outline.png", 32)])
def test_the_icons_have_the_size_that_teams_asks_for(opened: dict[str, bytes], name: str, size: int) -> None:
    assert struct.unpack(">II", opened[name][16:24]) == (size, size)
