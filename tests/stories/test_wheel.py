"""The wheel on its own, without a checkout: it carries all that the program reads, and starts on the oldest and newest Python we promise."""

import asyncio
import os
import re
import subprocess
import sys
from asyncio.subprocess import STDOUT
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from zipfile import ZipFile

import pytest
from playwright.async_api import Browser, Page

from bot.settings.config import SAMPLE_POLICY
from tests.stories.house import ROOT, free_port
from tests.stories.in_the_demo import approve, ask, listen
from tests.stories.process import Bot
from tests.stories.test_check import checked

pytestmark = pytest.mark.story
UV = Path(sys.executable).with_name("uv")
PAGE = "bot/rehearsal/page/"
DRAWN_IN_TESTS = {f"{PAGE}dist/{name}" for name in ("gallery.html", "teams.html", "teams.css", "teams.js")}
LARGEST = 8_000_000  # bytes to wait for before seeing the demo
NO_CHECKOUT = {"PYTHONPATH": "", "POLICY_FILE": ""}


def promised_pythons() -> dict[str, str]:
    """Return the Pythons on this machine that pyproject.toml promises, oldest first, by version."""
    told = (ROOT / "pyproject.toml").read_text("utf-8")
    words = (UV, "python", "find", "--no-project", "--no-python-downloads")
    found = {
        one: subprocess.run([*words, one], capture_output=True, text=True, check=False).stdout.strip()
        for one in re.findall(r"Python :: (3\.\d+)", told)
    }
    return {version: path for version, path in found.items() if path}


PYTHONS = promised_pythons()
OLDEST, *_, NEWEST = [*PYTHONS] * 2
TRIED = {"oldest": OLDEST, "newest": NEWEST} if OLDEST != NEWEST else {"only-one-here": NEWEST}


@dataclass(frozen=True)
class Installed:
    """A wheel, and an empty environment into which it was installed."""

    wheel: Path
    environment: Path

    @property
    def program(self) -> tuple[str]:
        return (str(self.environment / "bin" / "recording-steward"),)

    def files(self) -> dict[Path, int]:
        """Whatever lies there, and when it was written; but for what Python keeps for itself, where it may."""
        found = (path for path in self.environment.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
        return {path: path.stat().st_mtime_ns for path in found}


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Installed]]:
    """Build the wheel as the README says, and install it once for each Python that a test asks for.

    It gets the dependencies of the lock and no others. At the end no run has changed an installed file.
    """
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--out-dir", folder)
    (wheel,) = folder.glob("*.whl")
    there = dict[str, tuple[Installed, dict[Path, int]]]()

    def installed_on(python: str) -> Installed:
        if python not in there:
            environment = folder / f"python{python}"
            settings = {"UV_PYTHON": PYTHONS[python], "UV_PROJECT_ENVIRONMENT": str(environment)}
            uv("sync", "--frozen", "--no-dev", "--no-install-project", **settings)
            uv("pip", "install", "--python", environment, "--no-deps", wheel)
            uv("pip", "check", "--python", environment)
            new = Installed(wheel, environment)
            there[python] = new, new.files()
        return there[python][0]

    yield installed_on
    assert [one.environment.name for one, before in there.values() if one.files() != before] == []


def uv(*words: str | Path, **settings: str) -> None:
    """Run uv, with what it has kept if that is enough: so it is quick, and works where there is no network."""
    settings = {"UV_PYTHON": sys.executable, **settings}
    for offline in ("1", "0"):
        environment = {**os.environ, **settings, "UV_OFFLINE": offline}
        answer = subprocess.run([UV, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return
    raise AssertionError(answer.stderr)


def test_it_carries_what_the_program_reads_and_nothing_else(install: Callable[[str], Installed]) -> None:
    """No source of the page, no test, nothing that only tests draw; and no second policy that could differ."""
    listing = ["git", "ls-files", "-co", "--exclude-standard", "bot", "handlers", "storage"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    ours = {name for name in listed if (ROOT / name).exists()}
    wanted = {name for name in ours if not name.startswith(PAGE) or name.startswith(f"{PAGE}dist/")} - DRAWN_IN_TESTS
    file = install(NEWEST).wheel
    with ZipFile(file) as wheel:
        carried = {name: wheel.read(name) for name in wheel.namelist() if ".dist-info/" not in name}
    assert set(carried) == wanted
    assert [name for name, content in carried.items() if content != (ROOT / name).read_bytes()] == []
    assert carried["bot/policy.yaml"] == (ROOT / "policy.yaml").read_bytes()
    assert file.stat().st_size < LARGEST


@pytest.mark.browser
@pytest.mark.parametrize("python", TRIED.values(), ids=TRIED.keys())
async def test_the_demo_starts_on_the_oldest_and_newest_promised_python(
    install: Callable[[str], Installed], tmp_path: Path, browser: Browser, python: str
) -> None:
    """From an empty home, far from any checkout: Anna asks for a call, Tara approves, and Anna hears it in a browser."""
    installed, home, place = install(python), tmp_path / "home", tmp_path / "place"
    assert f"version_info = {python}" in (installed.environment / "pyvenv.cfg").read_text()
    for folder in (home, place):
        folder.mkdir()
    port, log = free_port(), tmp_path / "demo.log"
    words = ["demo", "--no-browser", "--port", str(port), "--data", "the company"]
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *installed.program, *words, cwd=place, env={"PATH": os.defpath, "HOME": str(home)}, stdout=file, stderr=STDOUT
        )  # fmt: skip
    demo = Bot(process, f"http://localhost:{port}", log)
    try:
        await demo.ready()
        page = await browser.new_page(locale="en-GB", timezone_id="Australia/Sydney")
        page.set_default_timeout(60_000)  # beside two installations
        await page.goto(demo.url)
        await ask(page, _unseen)
        await approve(page, _unseen)
        await (await listen(page, _unseen)).close()
        await page.close()
        assert await demo.stop() == 0, demo.said
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert "Traceback" not in demo.said, demo.said
    assert list(home.iterdir()) == []
    assert [one.name for one in place.iterdir()] == ["the company"]
    kept = [one for one in place.rglob("*.mp3") if ".live" not in one.parts]
    assert (len(kept), (place / "the company/secret.key").exists()) == (36, True)


async def _unseen(name: str, page: Page) -> None:
    """No picture is kept."""


@pytest.mark.machine_clock
async def test_a_company_begins_with_the_shipped_policy(install: Callable[[str], Installed], tmp_path: Path) -> None:
    """A company without a policy yet is told where the sample lies; with a copy of it everything is well."""
    installed = install(NEWEST)
    code, printed = await checked(tmp_path, installed.program, NO_CHECKOUT)
    (sample,) = re.findall(r"POLICY_FILE: there is no policy\.yaml\. Copy (.*) there and fill it in\.", printed)
    assert (code, Path(sample).is_relative_to(installed.environment)) == (1, True)
    assert Path(sample).name == SAMPLE_POLICY.name
    copyfile(sample, tmp_path / "policy.yaml")
    code, printed = await checked(tmp_path, installed.program, NO_CHECKOUT)
    assert (code, "FAIL" in printed, "role team_leader" in printed) == (0, False, True), printed
