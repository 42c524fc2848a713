"""An operator who knows only docs/ brings the bot up, feeds it, backs it up, restores it and upgrades it, by the blocks of its pages as they stand.

systemd is a stand-in that runs ExecStart, Slack one that speaks Socket Mode, and PostgreSQL is real. `make soak` runs it, as root.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientError, ClientSession, web
from pydantic import SecretStr

from bot.rehearsal.slack import routes
from storage.database.store import Database
from storage.database.upgrade import newest_revision
from storage.records import Recording
from tests.databases import Server
from tests.fenced import block, blocks
from tests.moments import moment
from tests.stories.errands import ask, done, ears, press
from tests.stories.house import ANNA, ROOT, TARA, free_port, sample_calls
from tests.stories.machine import Machine, a_machine
from tests.stories.places import DECIDE, SLACK, company, tenancy
from tests.stories.process import A_START, Town
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
INSTALLED, UPGRADED, COPIED = "install.md", "upgrade.md", "backup-and-restore.md"
NAME = "recording-steward"


def _git(*words: str) -> bytes:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


def _before() -> str:
    """The last commit of the release before, whose database this version has to bring up to date; empty before the first release."""
    [revision, *later] = sorted((ROOT / "storage/migrations/versions").glob("[0-9]*.py"), reverse=True)
    if not later:
        return ""
    came = _git("log", "-1", "--format=%H", "--diff-filter=A", "--", str(revision)).decode().strip()
    try:
        return _git("rev-parse", "--verify", f"{came}^").decode().strip()
    except subprocess.CalledProcessError:
        pytest.skip("the history of this checkout does not reach back to an earlier schema")


def _laid(checkout: Path, commit: str = "") -> None:
    """The repository as of a commit, or as it lies here."""
    shutil.rmtree(checkout)
    checkout.mkdir()
    if commit:
        with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
            archive.extractall(checkout, filter="data")
        if not (checkout / "deploy").exists():  # an operator who upgrades from there had a unit like it
            shutil.copytree(ROOT / "deploy", checkout / "deploy")
        return
    for name in _git("ls-files", "-co", "--exclude-standard").decode().splitlines():
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name, follow_symlinks=False)


class Brought(Town):
    """Such a town, in which one bot is that machine's service."""

    machine: Machine
    port: int

    async def follow(self, paper: str, *names: str) -> str:
        """What the blocks of a page say, those of these names, in the page's order."""
        texts = [one.text for one in blocks(paper) if one.kind == "sh" and one.name in names]
        assert len({one.name for one in blocks(paper)} & set(names)) == len(set(names))
        return "".join([await asyncio.to_thread(self.machine.said, self.here(text)) for text in texts])

    async def ready(self) -> None:
        """Until it takes work and has met everybody who decides."""
        await until(self._answers, "the service is ready", A_START)
        await until(lambda: self.workspace.sockets.connected, "the bot opens its socket")
        await self.follow(INSTALLED, "ready")

    async def look(self, url: str) -> str:
        async with ClientSession() as http, http.get(f"http://127.0.0.1:{self.port}{url}") as answer:
            assert answer.status == 200
            return await answer.text()

    def here(self, text: str) -> str:
        """A block as this machine runs it: 3000 may be taken on a machine that does more than one thing."""
        return text.replace("127.0.0.1:3000", f"127.0.0.1:{self.port}")

    async def _answers(self) -> bool:
        try:
            told = json.loads(await self.look("/readyz"))
        except (ClientError, AssertionError):
            return False
        return bool(told["ready"]) and told["recordings"] == "read"


@asynccontextmanager
async def a_place(folder: Path, server: Server) -> AsyncIterator[Brought]:
    """The machine, Slack beside it, and a look of the test's own into the database that is going to be there."""
    [sockets] = parse_qs(urlsplit(server.url).query)["host"]
    slack, bot = free_port(), free_port()
    workspace = replace(company(slack, moment), bot_url=None)
    app = web.Application()
    app.add_routes(routes(workspace))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", slack).start()
    url = server.url.replace("/postgres?", "/steward?")
    with a_machine(folder, Path(sockets)) as machine:
        town = Brought(SLACK, workspace, tenancy(slack, SLACK), Database(url), folder, url)
        town.machine, town.port = machine, bot
        try:
            yield town
        finally:
            print(machine.said("cat /run/recording-steward.log 2>/dev/null || true"))
            await town.close()
            await runner.cleanup()


def _settings(town: Brought) -> str:
    """The page's own, with real tokens; and what makes this machine differ from one that has the internet."""
    app_token, url = town.workspace.app_token, f"http://127.0.0.1:{town.port}"
    token = SecretStr(town.workspace.bot_token).get_secret_value()
    told = block(INSTALLED, "steward.env").replace("xoxb-YOURS", token).replace("xapp-YOURS", app_token)
    told = re.sub(r"^PUBLIC_URL=.*$", f"PUBLIC_URL={url}", told, flags=re.MULTILINE)
    api = f"{town.workspace.public_url}/rehearsal/slack/api/"
    return f"{told}SLACK_API_URL={api}\nPORT={town.port}\nMETRICS_PORT=0\nTICK_SECONDS=1\n"


async def _installed(town: Brought) -> None:
    """docs/install.md, from its first block to its last, with the program of the release before."""
    for one in blocks(INSTALLED):
        if one.name == "steward.env":
            (town.folder / "steward.env").write_text(_settings(town), encoding="utf-8")
            town.machine.said(f"cp {town.folder}/steward.env /etc/recording-steward/steward.env")
        elif one.kind == "sh":
            printed = await asyncio.to_thread(town.machine.said, town.here(one.text))
            assert one.name != "check" or ("Everything works." in printed and "FAIL" not in printed), printed
    await town.ready()


async def _fed(town: Brought) -> None:
    """The page's script lays calls into the folder, called as a phone system's account that is in the group."""
    sample_calls(town.folder / "recorded", moment())
    script = town.folder / "put-call"
    script.write_text(block("feeding-the-folder.md", "put-call"), encoding="utf-8")
    script.chmod(0o755)
    for one in sorted((town.folder / "recorded").glob("*.wav")):
        one.chmod(0o600)  # as many a phone system writes them
        shutil.chown(one, "nobody")
        account = f"setpriv --reuid nobody --regid {NAME} --clear-groups"
        await asyncio.to_thread(town.machine.said, f"{account} {script} {one} {one.with_suffix('.json')}")
    await until(lambda: _calls(town), "the calls are in the register")


async def _calls(town: Brought) -> bool:
    return sum((await town.database.read(lambda store: store.counts(Recording.state))).values()) == 3


async def _heard(town: Brought, typed: str) -> str:
    """Anna asks, Tara approves, Anna hears the call; the request's id."""
    request = await ask(town, typed=typed, crm=typed)
    await press(town, TARA, request, "Approve")
    assert await _audible(town, request)
    return request


async def _audible(town: Brought, request: str) -> bool:
    async with ears(town, request) as player:
        return await player.status("access") == 200


async def _restored(town: Brought) -> None:
    """Yesterday comes back: what was asked since is gone, and all access is over."""
    kept, lost = await _heard(town, "CS-10442"), ""
    async with ears(town, kept) as player:
        await town.follow(COPIED, "", "timer", "backup")
        lost = await _heard(town, "CS-10443")
        await town.follow(COPIED, "stop")
        await town.database.close()
        await town.follow(COPIED, "accounts")
        assert "Restored: " in await town.follow(COPIED, "restore")
        await town.follow(COPIED, "start")
        town.database = Database(town.database_url)
        await town.ready()
        await town.settled()
        assert await player.status("access") != 200
    assert (await done(town, kept) != [], await done(town, lost)) == (True, [])


async def _upgraded(town: Brought) -> None:
    """docs/upgrade.md, with this version; what was given before it can be heard after it."""
    request, before = await _heard(town, "CS-10444"), await town.look("/healthz")
    _laid(town.machine.checkout)
    await town.follow(UPGRADED, "backup")
    await town.follow(UPGRADED, "program")
    printed = await town.follow(UPGRADED, "check")
    assert (f"and `run` brings it to {newest_revision()}" in printed) == bool(_before())
    await town.follow(UPGRADED, "restart")
    await town.ready()
    assert (before, await _audible(town, request)) == ("alive\n", True)
    assert newest_revision() in await town.follow(UPGRADED, "check")
    await town.follow(UPGRADED, "verify")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not one of pytest's, which keeps them to itself: an account of its own comes by here."""
    with TemporaryDirectory(prefix="steward-machine-") as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="this needs root: a machine of its own is made of mounts")
@pytest.mark.machine_clock  # which the installed program has
async def test_an_operator_brings_it_up_by_docs_alone(folder: Path, postgresql: Server) -> None:
    before = _before()
    async with a_place(folder, postgresql) as town:
        _laid(town.machine.checkout, before)
        await _installed(town)
        await town.arrive([*DECIDE, ANNA])
        await town.settled()
        await _fed(town)
        await _restored(town)
        await _upgraded(town)
        await _heard(town, "CS-10443")
        await town.follow(COPIED, "stop")
        assert "stopping.forced" not in town.machine.there("/run/recording-steward.log")
        town.sound()
