"""Everything documented exists, and everything that exists is documented."""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from bot import measures
from bot.__main__ import _parser
from bot.app import Steward
from bot.config import Settings, policy
from bot.web.metrics import Metrics
from handlers import COMMANDS, ROOMS
from tests.keys import KEY

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_every_setting_stands_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_every_setting_in_the_readme_exists() -> None:
    table = README[README.index("| setting |") : README.index("Several replicas")]
    assert {name.lower() for name in re.findall(r"`([A-Z_]{4,})`", table)} == set(Settings.model_fields)


def test_every_make_target_in_the_readme_exists_and_every_other_stands_in_it() -> None:
    there = {target for names in re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE) for target in names.split()}
    assert there == set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)(?= |`|$)", README, re.MULTILINE)) == there


def _commands(parser: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every command with its options, as it is typed."""
    found = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not found:
        yield before, [max(one.option_strings, key=len) for one in parser._actions if one.dest != "help"]
    for one in found:
        for name, below in one.choices.items():
            yield from _commands(below, f"{before} {name}".strip())


ALL = list(_commands(_parser()))


@pytest.mark.parametrize(("command", "options"), ALL)
def test_every_command_of_the_command_line_stands_in_the_readme(command: str, options: list[str]) -> None:
    told = re.findall(rf"`recording-steward {command}((?: \[[^]]*\])*)` \|", README)
    assert len(told) == 1, "a row in the README"
    assert re.findall(r"--[a-z-]+", told[0]) == options


def test_every_command_in_the_readme_exists() -> None:
    named = {told.strip() for told in re.findall(r"^\| `recording-steward ([a-z -]+)", README, re.MULTILINE)}
    assert named == {command for command, _ in ALL}


async def test_every_address_in_the_readme_exists_and_every_other_stands_in_it(sqlite_url: str) -> None:
    line = re.findall(r"^Addresses: (.*?)\n\n", README, re.MULTILINE | re.DOTALL)[0]
    steward = Steward(a_company_on_both_chats(sqlite_url), policy(ROOT / "policy.yaml"))
    routes = [(one.method, str(one.resource and one.resource.canonical)) for one in steward.build().router.routes()]
    routes += [(one.method, one.path) for one in Metrics(steward.database, steward.readiness).routes()]
    await steward.stop()
    there = {f"{method} {path}" for method, path in routes if method != "HEAD" and not path.startswith("/listen/")}
    assert there - {"GET /favicon.ico"} == set(re.findall(r"`([A-Z]+ /[\w/]*)`", line))
    assert ("GET", "/listen/{grant}/{recording}/audio") in routes


def a_company_on_both_chats(database_url: str) -> Settings:
    return Settings.model_validate(
        {
            "database_url": database_url, "secret_key": KEY, "slack_bot_token": "xoxb-1", "slack_signing_secret": "2",
            "slack_app_token": None, "microsoft_app_id": "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607",
            "microsoft_app_password": "hush", "microsoft_app_tenant_id": "2b1d8c44-94c5-4f0e-8a39-6c3de1b7a901",
        }
    )  # fmt: skip


def test_every_metric_in_the_readme_exists_and_every_other_stands_in_it() -> None:
    there = {
        one.name + ("_total" if one.type == "counter" else "")
        for one in REGISTRY.collect()
        if one.name.startswith("steward_")
    }
    assert len(there) > 5
    rows = dict(re.findall(r"^\| `(steward_\w+)` \|.*\| (.*) \|$", README, re.MULTILINE))
    assert set(rows) == there
    for name, labels in _labels().items():
        assert re.findall(r"`(\w+)`", rows[name]) == labels, name


def _labels() -> dict[str, list[str]]:
    metrics = [one for one in vars(measures).values() if isinstance(one, MetricWrapperBase)]
    return {one._name + ("_total" if one._type == "counter" else ""): list(one._labelnames) for one in metrics}


def test_every_schema_among_the_tests_comes_with_its_licence() -> None:
    told = (ROOT / "tests/data/licences.txt").read_text(encoding="utf-8")
    about = (ROOT / "tests/data/README.md").read_text(encoding="utf-8")
    for schema in (ROOT / "tests/data").glob("*.json"):
        [notice] = [one for one in re.split(r"^-+\n", told, flags=re.MULTILINE) if schema.name in one]
        assert "Copyright (c)" in notice
        assert "THE SOFTWARE IS PROVIDED" in notice
        assert f"`{schema.name}`" in about


@pytest.mark.parametrize("command", COMMANDS)
def test_every_slack_command_stands_in_the_readme(command: str) -> None:
    assert f"`/{command}`" in README


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:bot|handlers|storage|docs|tests)/[\w/.]*)`", README))))
def test_every_path_in_the_readme_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("command", ["", *(command for command, _ in ALL)])
def test_every_command_helps(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        _parser().parse_args([*command.split(), "--help"])
    assert left.value.code == 0
    assert "usage: recording-steward" in capsys.readouterr().out


def test_the_command_line_runs_as_a_module() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "usage: recording-steward" in answer.stdout


def _ours() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ours = [ROOT / name for name in listed if "/migrations/versions/" not in name]  # history, written once
    return [file for file in ours if file.exists()]


def test_no_file_of_ours_is_too_long() -> None:
    assert [str(file) for file in _ours() if file.read_text().count("\n") > 300] == []


def test_no_function_of_ours_is_too_long() -> None:
    long = [
        f"{file}: {node.name}"
        for file in _ours()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert long == []


DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMED = re.compile(r"`((?:bot|handlers|storage|docs|tests)/[\w/.-]*)`|\]\((?!https?:|#)([^)#]+)\)")


@pytest.mark.parametrize("file", DOCS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_that_a_document_names_exists(file: Path) -> None:
    named = NAMED.findall(file.read_text(encoding="utf-8"))
    gone = [ours or link for ours, link in named if not (ROOT / ours if ours else file.parent / link).exists()]
    assert gone == []


def test_every_decision_stands_in_the_list_under_its_number() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((.*?\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(file.name for file in folder.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in listed] == list(range(1, len(listed) + 1))
    assert all(
        re.search(r"^Decided on \d{4}-\d\d-\d\d\.$", (folder / name).read_text(), re.MULTILINE) for name in listed
    )


def test_every_room_stands_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text[text.index("## Rooms") : text.index("A **matter**")]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == {room.name for room in ROOMS}


def test_make_help_names_every_target() -> None:
    helped = re.findall(r"^([a-z][a-z-]*):[^#\n]*## \S", MAKEFILE, re.MULTILINE)
    assert helped == re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE)


def test_the_words_of_the_house_stand_in_order_and_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Elsewhere")[0]
    words = re.findall(r"^\| ([a-z]+) \|", text, re.MULTILINE)[1:]
    assert words == sorted(set(words))
    assert len(words) > 30
