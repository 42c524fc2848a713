"""What lies in deploy/ is held by the programs that read it: a linter, Compose, systemd, Caddy, and uv step by step."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings.config import Settings
from tests.each import each
from tests.fenced import blocks

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
BACKUP = (DEPLOY / "recording-steward-backup.service").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
EXPOSED = 1.5  # of 10, by systemd's own count; a unit without any of it has 9.6


def said(*words: str | Path, folder: Path = ROOT, **settings: str) -> tuple[int, str]:
    """A program's exit code, and all that it said."""
    answer = subprocess.run(
        words, cwd=folder, env={**os.environ, **settings}, text=True, check=False, timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return answer.returncode, answer.stdout


def needed(program: str) -> str:
    """Where a program lies that the machine need not have."""
    if (found := shutil.which(program)) is None:
        pytest.skip(f"{program} is not on this machine")
    return found


def test_the_containerfile_pleases_its_linter() -> None:
    assert said(BIN / "hadolint", "deploy/Containerfile") == (0, "")


def _steps(stage: str) -> list[list[str]]:
    return [shlex.split(line) for line in stage.splitlines() if re.match("(COPY|RUN) ", line)]


@pytest.mark.story
def test_what_the_containerfile_does_with_uv_gives_the_program(tmp_path: Path) -> None:
    """Each COPY and each `uv` of the first stage, in their order, in a folder with nothing else in it."""
    source, place = tmp_path / "src", tmp_path / "opt"
    source.mkdir()
    for word, *rest in _steps(CONTAINERFILE.split("\nFROM ")[1]):
        if word == "COPY":
            _copied(source, *rest)
        elif rest[0] == "uv":
            _synced(rest, source, place)
    code, printed = said(place / "bin/recording-steward", "--help", folder=tmp_path)
    assert (code, "usage: recording-steward" in printed) == (0, True), printed
    with_extras = "import botocore, bot.rehearsal, importlib.metadata as there; print(there.version('sqlalchemy'))"
    code, printed = said(place / "bin/python", "-I", "-c", with_extras, folder=tmp_path)
    [locked] = [one["version"] for one in _locked() if one["name"] == "sqlalchemy"]
    assert (code, printed.strip()) == (0, locked)


def _locked() -> list[dict[str, Any]]:
    packages: list[dict[str, Any]] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    return packages


def _copied(source: Path, *words: str) -> None:
    *names, to = words
    for name in names:
        if (ROOT / name).is_dir():
            kept = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(ROOT / name, source / to, ignore=kept)
        else:
            shutil.copy(ROOT / name, source / to)


def _synced(words: Sequence[str], source: Path, place: Path) -> None:
    """With what uv has kept if that is enough, so that it works where there is no network."""
    settings = {"UV_PROJECT_ENVIRONMENT": str(place), "UV_PYTHON": sys.executable, "VIRTUAL_ENV": ""}
    code, printed = said(BIN / "uv", *words[1:], folder=source, UV_OFFLINE="1", **settings)
    if code:
        code, printed = said(BIN / "uv", *words[1:], folder=source, **settings)
    assert code == 0, printed


def test_both_stages_of_the_containerfile_have_one_python_that_the_program_runs_on() -> None:
    python, again = re.findall(r"^FROM python:(\S+)-slim-trixie", CONTAINERFILE, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert python == again
    assert f"Programming Language :: Python :: {python}" in project["classifiers"]


def test_compose_runs_two_with_settings_that_exist() -> None:
    steward = COMPOSE["services"]["steward"]
    assert steward["deploy"]["replicas"] == 2
    assert {name.lower() for name in steward["environment"]} <= set(Settings.model_fields)
    assert steward["environment"]["TRUSTED_PROXIES"] == COMPOSE["networks"]["outside"]["ipam"]["config"][0]["subnet"]
    assert "ports" not in steward  # only the proxy is reached from outside
    assert "ports" not in COMPOSE["services"]["database"]


def test_the_database_is_no_newer_than_what_copies_it() -> None:
    """`pg_dump` refuses a server that is newer than itself; the base image's distribution has 17."""
    [version] = re.findall(r"postgres:(\d+)", COMPOSE["services"]["database"]["image"])
    assert int(version) <= 17


@each("name", ["recording-steward", "recording-steward-backup"])
def test_systemd_takes_the_unit_and_finds_it_closed(tmp_path: Path, name: str) -> None:
    """A copy whose program is there; and the same of all that is not the program's, by systemd's own count."""
    program = needed("systemd-analyze")
    copy = tmp_path / f"{name}.service"
    unit = (DEPLOY / copy.name).read_text(encoding="utf-8")
    copy.write_text(unit.replace("/opt/recording-steward/bin/recording-steward", sys.executable), encoding="utf-8")
    code, printed = said(program, "verify", copy)
    assert (code, "recording-steward" in printed) == (0, False), printed
    code, printed = said(program, "security", "--offline=true", copy)
    [level] = re.findall(r"Overall exposure level .*: ([\d.]+)", printed)
    assert float(level) <= EXPOSED


def test_systemd_takes_the_timer_and_it_comes_each_night(tmp_path: Path) -> None:
    program = needed("systemd-analyze")
    for name in ("recording-steward-backup.timer", "recording-steward-backup.service"):
        shutil.copy(DEPLOY / name, tmp_path)
    timer = tmp_path / "recording-steward-backup.timer"
    code, printed = said(program, "verify", timer)
    assert (code, "recording-steward" in printed) == (0, False), printed
    [each] = re.findall(r"^OnCalendar=(.*)$", timer.read_text(encoding="utf-8"), re.MULTILINE)
    code, printed = said(program, "calendar", "--iterations=3", "--base-time=2026-11-27 12:00:00 UTC", each, TZ="UTC")
    assert (code, re.findall(r"2026-11-(\d\d) 02:30", printed)) == (0, ["28", "29", "30"]), printed


def test_a_backup_has_a_name_of_its_own_and_an_old_one_goes(tmp_path: Path) -> None:
    """What systemd makes of the lines, run by a shell; a second one of the same day is no fault."""
    start, after = (re.findall(rf"^{one}=(.*)$", BACKUP, re.MULTILINE)[0] for one in ("ExecStart", "ExecStartPost"))
    for line, there in ((start, "/opt/recording-steward/bin/recording-steward"), (after, "/srv/backups")):
        assert there in line
    words = [
        one.replace("%%", "%").replace("$$", "$")
        for one in shlex.split(start.replace("/opt/recording-steward/bin/recording-steward", "echo"))
    ]
    code, printed = said(*words, TZ="UTC")
    assert (code, bool(re.fullmatch(r"backup /srv/backups/steward-\d{4}-\d\d-\d\d-\d{6}\.tar\n", printed))) == (
        0,
        True,
    ), printed
    now = int(said("date", "+%s")[1])  # by the clock that `find` goes by, too
    for name, days in {"steward-old.tar": 31, "steward-new.tar": 28, "notes.txt": 99}.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - days * 86400,) * 2)
    assert said(*shlex.split(after.replace("/srv/backups", str(tmp_path)))) == (0, "")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["notes.txt", "steward-new.tar"]


def test_only_what_is_copied_goes_into_the_build_of_the_image() -> None:
    """Keys, settings and recordings lie in the same folder (docs/containers.md)."""
    first, *rest = [
        line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert first == "*"
    let_in = {line.removeprefix("!") for line in rest if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINERFILE, re.MULTILINE)
    assert let_in == {name for names in copied for name in names.split()}
    assert (COMPOSE["services"]["steward"]["build"]["context"], {"deploy"} & let_in) == ("..", set())


@each("name", [".env", "steward.env", "secret.key", "policy.yaml", "recordings/2026/a.wav", "backups/steward.tar"])
def test_what_people_lay_beside_the_compose_file_is_never_committed(name: str) -> None:
    code, printed = said(needed("git"), "check-ignore", f"deploy/{name}")
    assert (code, printed.strip()) == (0, f"deploy/{name}")
    assert name.partition("/")[0] in (ROOT / "docs/containers.md").read_text(encoding="utf-8")


def test_caddy_takes_its_file_and_the_snippet_of_the_docs(tmp_path: Path) -> None:
    [snippet] = [one.text for one in blocks("tls-and-proxy.md") if one.kind == "caddy"]
    (tmp_path / "Caddyfile").write_text(snippet, encoding="utf-8")
    for file in (DEPLOY / "Caddyfile", tmp_path / "Caddyfile"):
        code, printed = said(needed("caddy"), "validate", "--adapter", "caddyfile", "--config", file)
        assert (code, "Valid configuration" in printed) == (0, True), printed
