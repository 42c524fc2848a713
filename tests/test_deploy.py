"""What lies in deploy/ is held by the programs that read it: a linter, Compose, systemd, Caddy, and uv step by step."""

from __future__ import annotations

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

from bot.config import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
UNIT = (DEPLOY / "recording-steward.service").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent
NAMED = {"STEWARD_HOST": "steward.example.com", "POSTGRES_PASSWORD": "a-word"}
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


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "Containerfile").write_text(CONTAINERFILE.replace("# hadolint ignore=DL3008\n", ""), encoding="utf-8")
    code, printed = said(BIN / "hadolint", tmp_path / "Containerfile")
    assert (code, "DL3008" in printed) == (1, True)


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
    with_extras = (
        "import botocore, matplotlib, bot.rehearsal, importlib.metadata as there; print(there.version('sqlalchemy'))"
    )
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


def test_compose_takes_its_file(tmp_path: Path) -> None:
    program = needed("docker-compose")
    shutil.copy(DEPLOY / "compose.yaml", tmp_path)
    (tmp_path / "steward.env").touch()
    assert said(program, "config", "-q", folder=tmp_path, **NAMED) == (0, "")
    for name in NAMED:
        code, printed = said(program, "config", "-q", folder=tmp_path, **{**NAMED, name: ""})
        assert (code != 0, name in printed) == (True, True)


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


def test_systemd_takes_the_unit_and_finds_it_closed(tmp_path: Path) -> None:
    """A copy whose program is there; and the same of all that is not the program's, by systemd's own count."""
    program = needed("systemd-analyze")
    copy = tmp_path / "recording-steward.service"
    copy.write_text(UNIT.replace("/opt/recording-steward/bin/recording-steward", sys.executable), encoding="utf-8")
    code, printed = said(program, "verify", copy)
    assert (code, "recording-steward" in printed) == (0, False), printed
    code, printed = said(program, "security", "--offline=true", copy)
    [level] = re.findall(r"Overall exposure level .*: ([\d.]+)", printed)
    assert float(level) <= EXPOSED


def test_a_unit_that_is_wrong_would_be_told(tmp_path: Path) -> None:
    program = needed("systemd-analyze")
    copy = tmp_path / "recording-steward.service"
    copy.write_text(UNIT, encoding="utf-8")
    code, printed = said(program, "verify", copy)
    assert (code != 0, "is not executable" in printed) == (True, True), printed


def test_the_unit_waits_longer_than_the_program_takes() -> None:
    told = dict(re.findall(r"^(\w+)=(.*)$", UNIT, re.MULTILINE))
    assert int(told["TimeoutStopSec"]) > 8
    assert told["ExecStart"] == "/opt/recording-steward/bin/recording-steward run"
    assert told["WorkingDirectory"] == f"/var/lib/{told['StateDirectory']}"


def test_caddy_takes_its_file() -> None:
    program = needed("caddy")
    code, printed = said(program, "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")
    assert (code, "Valid configuration" in printed) == (0, True), printed
