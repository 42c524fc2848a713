"""The wheel on its own, without a checkout: it carries all that the program reads, and starts on the oldest and newest Python we promise."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tomllib
from asyncio.subprocess import STDOUT
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any
from zipfile import ZipFile

import pytest
from aiohttp import ClientSession, DummyCookieJar
from packaging.specifiers import SpecifierSet

from bot.settings.config import SAMPLE_POLICY
from tests.stories.at_the_page import AtThePage
from tests.stories.errands import Ears, exchange
from tests.stories.house import ANNA, ROOT, TARA, free_port
from tests.stories.process import Bot
from tests.stories.test_check import checked

pytestmark = pytest.mark.story
UV = Path(sys.executable).with_name("uv")
PAGE = "bot/rehearsal/page/"
DRAWN_IN_TESTS = {f"{PAGE}dist/{name}" for name in ("gallery.html", "teams.html", "teams.css", "teams.js")}
LARGEST = 8_000_000  # bytes that somebody waits for who wants to see the demo
NO_CHECKOUT = {"PYTHONPATH": "", "POLICY_FILE": ""}
SEARCHED = (".pyenv/versions/*/bin", ".local/share/uv/python/*/bin", ".local/bin")  # in the home folder
ASKED = "import sys; print(*sys.version_info[:3], sys.executable)"


@dataclass(frozen=True, order=True)
class Python:
    """An interpreter on this machine."""

    version: tuple[int, ...]
    path: str

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


def promised_pythons() -> list[Python]:
    """Return the Pythons on this machine that pyproject.toml promises, oldest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    promised = SpecifierSet(project["requires-python"])
    names = [f"python{one}" for one in re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))]
    home = Path.home()
    folders = [*map(Path, os.get_exec_path()), *(one for where in SEARCHED for one in home.glob(where))]
    paths = {(folder / name).resolve() for folder in folders for name in names} | {Path(sys.executable).resolve()}
    asked = {_asked(path) for path in paths if os.access(path, os.X_OK)}
    return sorted(one for one in asked if one and str(one) in promised)


def _asked(path: Path) -> Python | None:
    """Ask a Python for its version. Return None if the file starts no Python, like pyenv's shims for versions it isn't using."""
    answer = subprocess.run([path, "-I", "-c", ASKED], capture_output=True, text=True, check=False, timeout=60)
    if answer.returncode:
        return None
    *version, executable = answer.stdout.strip().split(" ", 3)
    return Python(tuple(map(int, version)), executable)


PYTHONS = promised_pythons()
OLDEST, NEWEST = PYTHONS[0], PYTHONS[-1]
TRIED = (
    [pytest.param(OLDEST, id=f"python{OLDEST}-oldest-here"), pytest.param(NEWEST, id=f"python{NEWEST}-newest-here")]
    if OLDEST.version != NEWEST.version
    else [pytest.param(NEWEST, id=f"python{NEWEST}-the-only-one-here")]
)


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
        answer = subprocess.run(
            [*self.program, *words], cwd=folder, env=bare(folder, **settings), text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return answer.returncode, answer.stdout

    def files(self) -> dict[Path, int]:
        """Whatever lies there, and when it was written; but for what Python keeps for itself, where it may."""
        found = (path for path in self.environment.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
        return {path: path.stat().st_mtime_ns for path in found}


def bare(home: Path, **settings: str) -> dict[str, str]:
    """Return an environment in which nothing points to the checkout, nor to the environment of the tests."""
    return {"PATH": os.defpath, "HOME": str(home), **settings}


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Python], Installed]]:
    """Build the wheel as the README says, and install it once for each Python that a test asks for.

    It gets the dependencies of the lock and no others. At the end no run has changed an installed file.
    """
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--out-dir", folder)
    (wheel,) = folder.glob("*.whl")
    there = dict[Python, tuple[Installed, dict[Path, int]]]()

    def installed_on(python: Python) -> Installed:
        if python not in there:
            environment = folder / f"python{python}"
            settings = {"UV_PYTHON": python.path, "UV_PROJECT_ENVIRONMENT": str(environment)}
            uv("sync", "--frozen", "--no-dev", "--no-install-project", **settings)
            uv("pip", "install", "--python", environment, "--no-deps", wheel)
            uv("pip", "check", "--python", environment)
            new = Installed(wheel, environment)
            there[python] = new, new.files()
        return there[python][0]

    yield installed_on
    assert [one.environment.name for one, before in there.values() if one.files() != before] == []


@pytest.fixture
def installed(install: Callable[[Python], Installed]) -> Installed:
    """The wheel on the newest Python here, for tests that need only one."""
    return install(NEWEST)


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


@pytest.mark.parametrize("python", TRIED)
async def test_the_demo_starts_on_the_oldest_and_newest_promised_python(
    install: Callable[[Python], Installed], tmp_path: Path, python: Python
) -> None:
    """From an empty home, far from any checkout: Anna asks for a call, Tara approves, and Anna hears it."""
    installed = install(python)
    assert f"version_info = {python}" in (installed.environment / "pyvenv.cfg").read_text()
    home, place = tmp_path / "home", tmp_path / "place"
    home.mkdir()
    place.mkdir()
    code, printed = installed.said(place, "--help", HOME=str(home))
    assert (code, "usage: recording-steward" in printed, "Traceback" in printed) == (0, True, False), printed
    async with the_demo_of(installed, place, home) as demo, ClientSession(cookie_jar=DummyCookieJar()) as http:
        await assert_pages_open(demo.url)
        await assert_heard(AtThePage(http, demo.url, ANNA), AtThePage(http, demo.url, TARA))
    assert "Traceback" not in demo.said, demo.said
    assert names(home) == set()
    kept = names(place)
    assert all(name.startswith("the company") for name in kept)
    assert {"the company/steward.db", "the company/secret.key"} <= kept
    assert sum(name.endswith(".mp3") and "/.live/" not in name for name in kept) == 36


@asynccontextmanager
async def the_demo_of(installed: Installed, place: Path, home: Path) -> AsyncIterator[Bot]:
    """Run the installed demo in a folder until the test is done with it."""
    port, log = free_port(), home.with_name("demo.log")
    words = ["demo", "--no-browser", "--port", str(port), "--data", "the company"]
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *installed.program, *words, cwd=place, env=bare(home), stdout=file, stderr=STDOUT
        )
    demo = Bot(process, f"http://localhost:{port}", log)
    try:
        await demo.ready()
        yield demo
        assert await demo.stop() == 0, demo.said
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def assert_pages_open(url: str) -> None:
    for page in ("/", "/listen"):
        for path in re.findall(r'(?:src|href)="(/[^"]+)"', await got(f"{url}{page}")):
            assert await got(url + path)
    assert len(await got(f"{url}/rehearsal/api/state", json=True)) > 5


async def assert_heard(anna: AtThePage, tara: AtThePage) -> None:
    """Anna hears one byte of the call that Tara lets her hear."""
    await anna.ask()
    await tara.press("Approve")
    await anna.press("Listen")
    answer = await exchange(anna.http, await anna.link())
    assert answer.status == 200, await answer.text()
    cookie = answer.cookies["listening"].value
    ears = Ears(anna.http, anna.url, (await answer.json())["grant"], cookie, answer.headers["Set-Cookie"])
    [recording] = [one["id"] for one in (await ears.told("access"))["recordings"]]
    async with ears.get(f"{recording}/audio", Range="bytes=0-0") as part:
        assert (part.status, len(await part.read())) == (206, 1)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


async def got(url: str, *, json: bool = False) -> Any:
    async with ClientSession() as http, http.get(url) as answer:
        assert answer.status == 200, url
        return await (answer.json() if json else answer.text())


@pytest.mark.machine_clock
async def test_a_company_begins_with_the_policy_that_came_along(installed: Installed, tmp_path: Path) -> None:
    """A company without a policy yet is told where the sample lies; with a copy of it everything is well."""
    code, printed = await checked(tmp_path, NO_CHECKOUT, program=installed.program)
    (sample,) = re.findall(r"POLICY_FILE: there is no policy\.yaml\. Copy (.*) there and fill it in\.", printed)
    assert (code, Path(sample).is_relative_to(installed.environment)) == (1, True)
    assert Path(sample).name == SAMPLE_POLICY.name
    copyfile(sample, tmp_path / "policy.yaml")
    code, printed = await checked(tmp_path, NO_CHECKOUT, program=installed.program)
    assert (code, "FAIL" in printed) == (0, False), printed
    assert "role team_leader" in printed
