"""What docs/ tells operators and users can be done: commands, settings, alarms, snippets and pictures."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, generate_latest

from bot import measures
from bot.delivery.letters import NAMES
from bot.settings.config import Settings
from tests.each import each
from tests.fenced import ROOT, block, blocks
from tests.test_deploy import needed, said
from tests.test_documentation import ALL, PAPERS, README, SETTINGS, _labels

DOCS = ROOT / "docs"
OPTIONS = dict(ALL)
TOLD = re.compile(r"(?<![\w/=-])(?:/\S*/)?recording-steward ((?:[a-z][a-z-]*)(?: [^`\n|]*)?)")
OTHERS = {  # names that are somebody else's settings
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


def _commands(paper: str) -> list[str]:
    """What stands in code, as it is typed, up to where another program begins; its own output is left out."""
    fenced = re.findall(r"^ *```\w+[^\n]*\n(.*?)^ *```$", paper, re.MULTILINE | re.DOTALL)
    code = [
        *re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```$", "", paper, flags=re.MULTILINE | re.DOTALL)),
        *fenced,
    ]
    return [re.split(r" [;&>]", told)[0].strip() for one in code for told in TOLD.findall(one)]


@each("paper", FOR_USERS)
def test_every_command_that_a_paper_names_exists_with_its_options(paper: str) -> None:
    for told in _commands(PAPERS[paper]):
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
    pages = {file.name for file in DOCS.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)", PAPERS["docs/README.md"])) == pages
    assert "](docs/README.md)" in README


def test_every_picture_stands_on_a_page_and_is_small() -> None:
    shown = {name for paper in PAPERS.values() for name in re.findall(r"!\[[^]]+\]\((?:docs/)?([\w-]+\.png)\)", paper)}
    assert shown == {file.name for file in DOCS.glob("*.png")}
    assert all(file.stat().st_size < 150_000 for file in DOCS.glob("*.png"))


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
    assert (code, "is there already; nothing was changed" in printed) == (1, True)
    laid = {one.name: one.read_text() for one in (folder / "calls").rglob("*.*")}
    assert laid == {"call.wav": "first", "call.json": "{}"}
