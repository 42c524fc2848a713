"""Everything documented exists, and everything that exists is documented."""

import argparse
import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from bot import measures
from bot.__main__ import _build_parser
from bot.app import Steward
from bot.commands.checking import REFUSED
from bot.recorders.asterisk.ami import AsteriskSecrets
from bot.settings.config import Settings, read_policy
from bot.teams.tokens import HOSTS
from bot.web.health import Metrics
from handlers import BUTTONS, WITHOUT_A_ROOM
from handlers.room import ROOMS, Button
from tests.each import each
from tests.keys import KEY

ROOT = Path(__file__).parents[1]
PAPERS = {
    str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
    for file in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
}
"""Everything that is written for users, operators and engineers, by file."""
README, RUNNING, CONTRIBUTING = PAPERS["README.md"], PAPERS["docs/running.md"], PAPERS["CONTRIBUTING.md"]
TABLE = PAPERS["docs/settings.md"]
MICROSOFTS = ("microsoft_login_url", "microsoft_openid_metadata_url")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


SETTINGS = {*Settings.model_fields, *AsteriskSecrets.model_fields}


def test_every_setting_has_a_row_and_every_row_is_of_one() -> None:
    rows = re.findall(r"^\| (`[^|]*) \|", TABLE, re.MULTILINE)
    assert {name.lower() for row in rows for name in re.findall(r"`([A-Z_]{4,})`", row)} == SETTINGS


def _targets() -> set[str]:
    return {target for names in re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE) for target in names.split()}


def test_every_make_target_that_a_paper_names_exists_and_each_stands_in_contributing() -> None:
    assert _targets() == set(re.findall(r"^([a-z][a-z0-9-]*):", MAKEFILE, re.MULTILINE))
    assert _makes(CONTRIBUTING) == _targets()
    assert {"demo", "test", "help"} <= _makes(README) <= _targets()
    assert {name for paper in PAPERS.values() for name in _makes(paper)} == _targets()


def _makes(paper: str) -> set[str]:
    return set(re.findall(r"(?:`|^ {4})make ([a-z0-9-]+)(?= |`|$)", paper, re.MULTILINE))


def _commands(parser: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every command with its options, as it is typed."""
    found = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not found:
        options = [one for one in parser._actions if one.option_strings and one.dest != "help"]
        yield before, [max(one.option_strings, key=len) for one in options]
    for one in found:
        for name, below in one.choices.items():
            yield from _commands(below, f"{before} {name}".strip())


ALL = list(_commands(_build_parser()))


def test_every_command_of_the_command_line_has_a_row_with_its_options() -> None:
    told = re.findall(r"^\| `recording-steward ([a-z -]+?)(?: FILE)?((?: \[[^]]*\])*)` \|", RUNNING, re.MULTILINE)
    assert {command: re.findall(r"--[a-z-]+", options) for command, options in told} == dict(ALL)
    assert len(told) == len(ALL)


async def test_every_address_that_is_told_exists_and_every_other_is_told(sqlite_url: str) -> None:
    line = re.findall(r"^Addresses: (.*?)\n\n", RUNNING, re.MULTILINE | re.DOTALL)[0]
    steward = Steward(a_company_on_both_chats(sqlite_url), read_policy(ROOT / "policy.yaml"))
    routes = [(one.method, str(one.resource and one.resource.canonical)) for one in steward.build().router.routes()]
    routes += [(one.method, one.path) for one in Metrics(steward.database, steward.readiness).routes()]
    await steward.stop()
    there = {
        f"{method} {path}"
        for method, path in routes
        if method != "HEAD" and not path.startswith(("/listen/", "/report/", "/copy/", "/draws/", "/figures/"))
    }
    assert there - {"GET /favicon.ico"} == set(re.findall(r"`([A-Z]+ /[\w/.-]*)`", line)) - {"GET /draws/NUMBER.json"}


def a_company_on_both_chats(database_url: str) -> Settings:
    return Settings.model_validate(
        {
            "database_url": database_url, "secret_key": KEY, "slack_bot_token": "xoxb-1", "slack_signing_secret": "2",
            "slack_app_token": None, "microsoft_app_id": "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607",
            "microsoft_app_password": "hush", "microsoft_app_tenant_id": "2b1d8c44-94c5-4f0e-8a39-6c3de1b7a901",
        }
    )  # fmt: skip


def test_every_metric_that_is_told_exists_and_every_other_is_told() -> None:
    there = {
        one.name + ("_total" if one.type == "counter" else "")
        for one in REGISTRY.collect()
        if one.name.startswith("steward_")
    }
    assert len(there) > 5
    rows = dict(re.findall(r"^\| `(steward_\w+)` \|.*\| (.*) \|$", RUNNING, re.MULTILINE))
    assert set(rows) == there
    for name, labels in _labels().items():
        assert re.findall(r"`(\w+)`", rows[name]) == labels, name


def _labels() -> dict[str, list[str]]:
    metrics = [one for one in vars(measures).values() if isinstance(one, MetricWrapperBase)]
    return {one._name + ("_total" if one._type == "counter" else ""): list(one._labelnames) for one in metrics}


def test_every_button_has_a_place_and_every_one_that_has_one_exists() -> None:
    table = PAPERS["docs/buttons.md"]
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)[1:]
    named = [re.sub(r" \(.*\)$", "", one) for row in rows for one in row.split(" · ")]
    assert set(named) == {one.label for one in BUTTONS.values() if one.label}


@each("paper", PAPERS)
def test_every_file_and_every_heading_that_a_paper_names_exists(paper: str) -> None:
    named = re.findall(r"`((?:bot|handlers|storage|docs|tests|\.ci)/[\w/.-]*)(?:::\w+)?`", PAPERS[paper])
    links = re.findall(r"\]\((?!https?:)([^)#]+)#?([^)]*)\)", PAPERS[paper])
    assert [path for path in named if not (ROOT / path).exists()] == []
    for link, heading in links:
        there = (ROOT / paper).parent / link
        assert there.exists()
        assert not heading or heading in _headings(there.read_text(encoding="utf-8"))


def _headings(paper: str) -> set[str]:
    """As a link calls them."""
    told = re.findall(r"^#+ (.*)", paper, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in told}


def test_the_papers_tell_what_to_do_when_teams_refuses_the_bot_and_whom_it_calls() -> None:
    """The engineer on call comes from alarms.md with a `code` in hand; a firewall has to know the hosts beforehand."""
    teams = PAPERS["docs/teams.md"]
    assert "(teams.md#when-teams-refuses-the-bot)" in PAPERS["docs/alarms.md"]
    rows = re.findall(r"^\| (`[a-z_`, …]+) \|", teams.partition("## When Teams refuses the bot")[2], re.MULTILINE)
    assert REFUSED.keys() <= set(re.findall(r"`(\w+)`", " ".join(rows)))
    hosts = {urlsplit(str(Settings.model_fields[one].default)).hostname for one in MICROSOFTS}
    assert [one for one in (*hosts, *HOSTS) if f"`{one}`" not in teams] == []


def test_every_room_and_every_kind_of_button_stands_in_the_architecture() -> None:
    table = PAPERS["docs/architecture.md"].partition("These are the rooms")[2].partition("\n## ")[0]
    told = re.findall(r"^\| `(\w+)` \| ", table, re.MULTILINE)
    unseen = {one.__name__.rpartition(".")[2] for one in WITHOUT_A_ROOM}
    assert sorted(told) == sorted({room.name for room in ROOMS} | unseen)
    assert {kind.__name__ for kind in get_args(Button)} <= set(re.findall(r"`(\w+)`", PAPERS["docs/architecture.md"]))


def _ours() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    ours = [ROOT / name for name in listed if "/migrations/versions/" not in name]  # history, written once
    return [file for file in ours if file.exists()]


def test_no_file_and_no_function_of_ours_is_too_long() -> None:
    long = [
        f"{file}: {node.name}"
        for file in _ours()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert [*long, *(str(file) for file in _ours() if file.read_text().count("\n") > 450)] == []
