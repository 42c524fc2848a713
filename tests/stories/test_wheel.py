"""The wheel alone, where there is no checkout: the program is there with everything that it reads, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from time import monotonic
from typing import Any
from zipfile import ZipFile

import pytest
from aiohttp import ClientSession

from bot.settings.config import SAMPLE_POLICY
from handlers.rules.samples import told
from tests.drawn import a_sample
from tests.stories.browser import the_demo
from tests.stories.house import ROOT
from tests.stories.test_check import checked

pytestmark = pytest.mark.story
UV = Path(sys.executable).with_name("uv")
PAGE = "bot/rehearsal/page/"
DRAWN_IN_TESTS = {f"{PAGE}dist/{name}" for name in ("gallery.html", "teams.html", "teams.css", "teams.js")}
LARGEST = 8_000_000  # bytes that somebody waits for who wants to see the demo
NO_CHECKOUT = {"PYTHONPATH": "", "POLICY_FILE": ""}


@dataclass(frozen=True)
class Installed:
    """A wheel, and an empty environment into which it was installed."""

    wheel: Path
    environment: Path

    @property
    def program(self) -> tuple[str]:
        return (str(self.environment / "bin" / "recording-steward"),)

    def said(self, folder: Path, *words: str, **settings: str) -> tuple[int, str]:
        """Run a command in a folder; its exit code, and all that it said."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **settings}
        answer = subprocess.run(
            [*self.program, *words], cwd=folder, env=environment, text=True, check=False, timeout=60,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return answer.returncode, answer.stdout

    def files(self) -> dict[Path, int]:
        """Whatever lies there, and when it was written; but for what Python keeps for itself, where it may."""
        found = (path for path in self.environment.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
        return {path: path.stat().st_mtime_ns for path in found}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Built as the README says, with the dependencies of the lock and no others; nothing that ran has changed it."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = folder / "environment"
    uv("build", "--out-dir", folder)
    (wheel,) = folder.glob("*.whl")
    uv("sync", "--frozen", "--no-dev", "--no-install-project", UV_PROJECT_ENVIRONMENT=str(environment))
    uv("pip", "install", "--python", environment, "--no-deps", wheel)
    uv("pip", "check", "--python", environment)
    found = Installed(wheel, environment)
    before = found.files()
    yield found
    assert found.files() == before


def uv(*words: str | Path, **settings: str) -> None:
    """Run uv, with what it has kept if that is enough: so it is quick, and works where there is no network."""
    settings = {"UV_PYTHON": sys.executable, **settings}
    for offline in ("1", "0"):
        environment = {**os.environ, **settings, "UV_OFFLINE": offline}
        answer = subprocess.run([UV, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return
    raise AssertionError(answer.stderr)


def test_it_carries_what_the_program_reads_and_nothing_else(installed: Installed) -> None:
    """No source of the page, no test, nothing that only tests draw; and no second policy that could differ."""
    listing = ["git", "ls-files", "-co", "--exclude-standard", "bot", "handlers", "storage"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    ours = {name for name in listed if (ROOT / name).exists()}
    wanted = {name for name in ours if not name.startswith(PAGE) or name.startswith(f"{PAGE}dist/")} - DRAWN_IN_TESTS
    with ZipFile(installed.wheel) as wheel:
        carried = {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}
    assert set(carried) == wanted
    assert [name for name, content in carried.items() if content != (ROOT / name).read_bytes()] == []
    assert carried["bot/policy.yaml"] == (ROOT / "policy.yaml").read_bytes()
    assert installed.wheel.stat().st_size < LARGEST


def test_it_helps(installed: Installed, tmp_path: Path) -> None:
    code, printed = installed.said(tmp_path, "--help")
    assert (code, "usage: recording-steward" in printed) == (0, True), printed


def test_p10_a_published_sample_is_checked_where_nothing_else_is(installed: Installed, tmp_path: Path) -> None:
    """No checkout, no setting, no policy, no database; and nothing is left behind."""
    text = told(a_sample())
    (tmp_path / "sample.json").write_text(text, encoding="utf-8")
    (tmp_path / "changed.json").write_text(text.replace("Tea", "tea"), encoding="utf-8")
    code, printed = installed.said(tmp_path, "sample", "verify", "sample.json")
    assert (code, "It holds: " in printed) == (0, True), printed
    code, printed = installed.said(tmp_path, "sample", "verify", "changed.json")
    assert (code, printed.count("\n"), "its own hash does not fit" in printed) == (1, 1, True), printed
    assert names(tmp_path) == {"sample.json", "changed.json"}


async def test_the_demo_opens_its_pages_and_ends_in_time(installed: Installed, tmp_path: Path) -> None:
    """From any working directory; what it keeps is in the folder that was named, and nowhere else."""
    async with the_demo(Path("the company"), installed.program, tmp_path) as url:
        for page in ("/", "/listen"):
            for path in re.findall(r'(?:src|href)="(/[^"]+)"', await got(f"{url}{page}")):
                assert await got(url + path)
        assert len(await got(f"{url}/rehearsal/api/state", json=True)) > 5
        asked = monotonic()
    assert monotonic() - asked < 8
    kept = names(tmp_path)
    assert all(name.startswith("the company") for name in kept)
    assert {"the company/steward.db", "the company/secret.key"} <= kept
    assert sum(name.endswith(".mp3") and "/.live/" not in name for name in kept) == 36


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


async def got(url: str, *, json: bool = False) -> Any:
    async with ClientSession() as http, http.get(url) as answer:
        assert answer.status == 200, url
        return await (answer.json() if json else answer.text())


async def test_a_company_begins_with_the_policy_that_came_along(installed: Installed, tmp_path: Path) -> None:
    """Whoever has no policy yet is told where the sample lies; with a copy of it everything is well."""
    code, printed = await checked(tmp_path, NO_CHECKOUT, program=installed.program)
    (sample,) = re.findall(r"POLICY_FILE: there is no policy\.yaml\. Copy (.*) there and fill it in\.", printed)
    assert (code, Path(sample).is_relative_to(installed.environment)) == (1, True)
    assert Path(sample).name == SAMPLE_POLICY.name
    copyfile(sample, tmp_path / "policy.yaml")
    code, printed = await checked(tmp_path, NO_CHECKOUT, program=installed.program)
    assert (code, "FAIL" in printed) == (0, False), printed
    assert "role team_leader" in printed


def test_the_app_for_teams_is_made(installed: Installed, tmp_path: Path) -> None:
    copyfile(SAMPLE_POLICY, tmp_path / "policy.yaml")
    app = {"MICROSOFT_APP_ID": "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607", "PUBLIC_URL": "https://steward.example.com"}
    code, printed = installed.said(tmp_path, "teams-package", **app)
    assert code == 0, printed
    with ZipFile(tmp_path / "recording-steward-teams.zip") as package:
        assert {"manifest.json", "color.png", "outline.png"} <= set(package.namelist())
