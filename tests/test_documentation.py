"""Everything documented exists, everything that exists is documented, and what docs/ tells operators and users can be done."""

import argparse
import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
import yaml
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.metrics import MetricWrapperBase

from bot import measures
from bot.__main__ import _build_parser
from bot.app import Steward
from bot.commands.checking import REFUSED
from bot.delivery.letters import NAMES
from bot.recorders.asterisk.ami import AsteriskSecrets
from bot.settings.config import Settings, read_policy
from bot.teams.tokens import HOSTS
from bot.web.health import Metrics
from handlers import BUTTONS, WITHOUT_A_ROOM
from handlers.room import ROOMS, Button
from tests.each import each
from tests.fenced import block, blocks
from tests.keys import KEY
from tests.test_deploy import needed, said

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


def test_every_make_target_that_a_paper_names_exists_and_each_is_in_contributing() -> None:
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
    line = re.findall(r"^## Addresses\n\n(.*?)\n\n", RUNNING, re.MULTILINE | re.DOTALL)[0]
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


def test_every_room_and_every_kind_of_button_is_in_the_architecture() -> None:
    table = PAPERS["docs/architecture.md"].partition("These are the rooms")[2].partition("\n## ")[0]
    told = re.findall(r"^\| `(\w+)` \| ", table, re.MULTILINE)
    unseen = {one.__name__.rpartition(".")[2] for one in WITHOUT_A_ROOM}
    assert sorted(told) == sorted({room.name for room in ROOMS} | unseen)
    assert {kind.__name__ for kind in get_args(Button)} <= set(re.findall(r"`(\w+)`", PAPERS["docs/architecture.md"]))


OPTIONS = dict(ALL)
TOLD = re.compile(r"(?<![\w/=-])(?:/\S*/)?recording-steward ((?:[a-z][a-z-]*)(?: [^`\n|]*)?)")
OTHERS = {  # other programs' settings
    "AWS_PROFILE", "AWS_REGION", "AWS_CA_BUNDLE", "SSL_CERT_FILE", "STEWARD_HOST", "POSTGRES_PASSWORD", "XDG_CACHE_HOME",
    "UPDATE_GOLDEN",
}  # fmt: skip
FOR_USERS = [name for name in PAPERS if re.fullmatch(r"README\.md|docs/[\w-]+\.md", name)]
ALARMS: list[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/alarms.yml").read_text(encoding="utf-8"))["groups"][0][
    "rules"
]


def _command(words: str) -> str:
    """The longest command that these begin with; empty where they are none."""
    fitting = [one for one in OPTIONS if words == one or words.startswith(f"{one} ")]
    return max(fitting, key=len, default="")


def _commands_in(paper: str) -> list[str]:
    """Return what is in code, as typed, up to where another program begins; its own output is left out."""
    fenced = re.findall(r"^ *```\w+[^\n]*\n(.*?)^ *```$", paper, re.MULTILINE | re.DOTALL)
    code = [
        *re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```$", "", paper, flags=re.MULTILINE | re.DOTALL)),
        *fenced,
    ]
    return [re.split(r" [;&>]", told)[0].strip() for one in code for told in TOLD.findall(one)]


@each("paper", FOR_USERS)
def test_every_command_that_a_paper_names_exists_with_its_options(paper: str) -> None:
    for told in _commands_in(PAPERS[paper]):
        command = _command(told)
        assert command, told
        assert set(re.findall(r"(?<!\S)\[?(--[a-z-]+)", told)) <= set(OPTIONS[command]), told


@each("paper", FOR_USERS)
def test_every_setting_that_a_paper_names_exists(paper: str) -> None:
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z0-9]+)+)(?:=[^`]*)?`", PAPERS[paper]))
    ours = {one for one in named if not one.startswith(("RS_", "AWS_", "TEST_"))} - OTHERS
    assert {one.lower() for one in ours} <= SETTINGS | {"secret_key_file", "secret_key_previous_file"}


def test_the_settings_of_the_installation_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(block("install.md", "steward.env"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = Settings()
    assert found.gaps() == []
    lines = [one.partition("=")[0].lower() for one in block("install.md", "steward.env").splitlines()]
    assert set(lines) <= SETTINGS


@each("paper", [name for name in FOR_USERS if name.startswith("docs/")])
def test_every_script_of_a_paper_can_be_read_by_a_shell_and_leaves_it_in_its_folder(paper: str) -> None:
    """All blocks of a page are typed into one shell, and the next one starts in the checkout as well."""
    for one in blocks(paper.removeprefix("docs/")):
        if one.kind == "sh":
            done = subprocess.run(["sh", "-n"], input=one.text, text=True, capture_output=True, check=False)
            told = re.sub(r"^\(\n.*?^\)$", "", one.text, flags=re.MULTILINE | re.DOTALL)
            assert (done.stderr, re.search(r"(^|[;&] *)cd ", told, re.MULTILINE)) == ("", None), one.text


def test_every_page_is_on_the_page_of_all_pages_and_that_is_in_the_readme() -> None:
    pages = {file.name for file in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)", PAPERS["docs/README.md"])) == pages
    assert "](docs/README.md)" in README


def test_every_picture_is_on_a_page_and_is_small() -> None:
    shown = {name for paper in PAPERS.values() for name in re.findall(r"!\[[^]]+\]\((?:docs/)?([\w-]+\.png)\)", paper)}
    assert shown == {file.name for file in (ROOT / "docs").glob("*.png")}
    assert all(file.stat().st_size < 150_000 for file in (ROOT / "docs").glob("*.png"))


def test_every_alarm_has_a_row_and_is_of_metrics_that_exist() -> None:
    rows = re.findall(r"^\| `(Steward\w+)` \| (page|look) \|", PAPERS["docs/alarms.md"], re.MULTILINE)
    assert rows == [(one["alert"], one["labels"]["severity"]) for one in ALARMS]
    labelled = _labels()
    there = {one.name + ("_total" if one.type == "counter" else "") for one in REGISTRY.collect()}
    for one in ALARMS:
        for metric, labels in re.findall(r"(steward_\w+)(?:\{([^}]*)\})?", one["expr"]):
            name = re.sub(r"(_seconds)_bucket$", r"\1", metric)
            assert name in there, metric
            assert set(re.findall(r"(\w+)=~?\"", labels)) <= set(labelled.get(name, []))


def test_the_alarms_fire_when_they_should(tmp_path: Path) -> None:
    """Of each replica, and with the first event: the minutes stand in tests/data/alarms-test.yml."""
    told = (ROOT / "tests/data/alarms-test.yml").read_text(encoding="utf-8")
    (tmp_path / "alarms-test.yml").write_text(told.replace("RULES", str(ROOT / "deploy/alarms.yml")), encoding="utf-8")
    code, printed = said(needed("promtool"), "test", "rules", tmp_path / "alarms-test.yml")
    assert (code, "SUCCESS" in printed) == (0, True), printed
    [job] = yaml.safe_load(next(one.text for one in blocks("alarms.md") if one.kind == "yaml"))["scrape_configs"]
    assert all(
        name == job["job_name"] for name in re.findall(r'job="([^"]+)"', (ROOT / "deploy/alarms.yml").read_text())
    )


def test_what_an_alarm_counts_by_known_labels_begins_at_0() -> None:
    """Prometheus sees no increase from nothing to 1."""
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "bot").rglob("*.py"))
    assert set(re.findall(r'DELIVERY_FAULTS\.labels\("(\w+)"\)', source)) == set(measures.WHERE_DELIVERY_FAULTS)
    assert set(NAMES.values()) == set(measures.OUTCOMES_OF_LETTERS)
    printed = generate_latest(REGISTRY).decode()
    for where in measures.WHERE_DELIVERY_FAULTS:
        assert f'steward_delivery_faults_total{{where="{where}"}} ' in printed
    for outcome in measures.OUTCOMES_OF_LETTERS:
        assert f'steward_letters_total{{outcome="{outcome}"}} ' in printed


def test_every_line_of_the_log_that_deserves_a_look_is_written_somewhere() -> None:
    table = PAPERS["docs/alarms.md"].split("## Lines of the log")[1]
    events = re.findall(
        r"`([a-z_]+\.[a-z_]+)`", f"{table}{PAPERS['docs/alarms.md'].split('## Lines')[0]}".replace("alarms.yml", "")
    )
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "bot").rglob("*.py"))
    assert len(set(events)) > 20
    by_platform = {"teams.fault"}  # `bot/chats/background.py` puts the platform before it
    assert [one for one in events if f'"{one}"' not in source and one not in by_platform] == []


@each("name", ["socket", "http"])
def test_what_is_pasted_at_slack_is_made_by_the_command_of_the_page(tmp_path: Path, name: str) -> None:
    """tests/bot/slack/test_manifest.py holds the manifest against Slack's schema."""
    shutil.copy(ROOT / "manifest.yaml", tmp_path)
    subprocess.run(["sh", "-ec", block("admin-slack.md", name)], cwd=tmp_path, check=True)
    text = (tmp_path / f"manifest-{name}.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["settings"]["socket_mode_enabled"] is (name == "socket")
    assert text.count("calls.yourcompany.example/slack/events") == (0 if name == "socket" else 7)


def _put(folder: Path, call: Path) -> tuple[int, str]:
    script = folder / "put-call"
    script.write_text(block("feeding-the-folder.md", "put-call"), encoding="utf-8")
    return said("sh", script, call, call.with_suffix(".json"), STEWARD_CALLS=str(folder / "calls"))


@each("second", ["call.wav", "call.mp3"])
def test_a_second_call_of_the_same_name_replaces_nothing(tmp_path: Path, second: str) -> None:
    folder = tmp_path / second.replace(".", "-")
    first, other = folder / "call.wav", folder / "later" / second
    other.parent.mkdir(parents=True)
    for call, text in ((first, "first"), (other, "second")):
        call.write_text(text, encoding="utf-8")
        call.with_suffix(".json").write_text("{}", encoding="utf-8")
    assert _put(folder, first) == (0, "")
    code, printed = _put(folder, other)
    assert (code, "already exists; nothing was changed" in printed) == (1, True)
    laid = {one.name: one.read_text() for one in (folder / "calls").rglob("*.*")}
    assert laid == {"call.wav": "first", "call.json": "{}"}


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
