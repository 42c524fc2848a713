"""Microsoft's Agents Playground, fetched once, in exactly the version that package-lock.json names."""

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from hashlib import sha256
from pathlib import Path

from bot.settings.config import Misconfigured

HERE = Path(__file__).parent
NODE = 18  # what the Playground is built for
CLIENT = Path("node_modules", "@microsoft", "m365agentsplayground", "cli.js")
NEEDED = f"Microsoft's Agents Playground needs Node.js {NODE} or newer, with npm."


async def installed() -> tuple[str, Path]:
    """Return Node and the Playground's program, which is fetched if missing. Raises `Misconfigured`."""
    node, folder = await _node(), _folder()
    mark = folder / "node_modules" / ".fetched"
    if not mark.exists():
        await _fetch(folder)
        mark.touch()
    return node, folder / CLIENT


def _folder() -> Path:
    """Return where this version of the Playground is kept: in the cache, since the program's own folder may not be
    writable.
    """
    lock = sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    caches = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return caches / "recording-steward" / f"playground-{lock[:16]}"


async def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise Misconfigured(f"{NEEDED} This machine doesn't have it. Install it, then try again.")
    _, told = await _run(HERE, node, "--version")
    version = told.strip()
    if int(version.removeprefix("v").partition(".")[0] or 0) < NODE:
        raise Misconfigured(f"{NEEDED} This machine has {version}. Install a newer one, then try again.")
    return node


async def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Misconfigured(f"{NEEDED} This machine has Node.js but no npm. Install npm, then try again.")
    print("Fetching Microsoft's Agents Playground. This happens once.", flush=True)
    await asyncio.to_thread(_lay_out, folder)
    code, told = await _run(folder, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    if code:
        raise Misconfigured(f"I couldn't fetch Microsoft's Agents Playground. npm said:\n{told.strip()}")


def _lay_out(folder: Path) -> None:
    """Write down there what npm is to fetch."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, folder / name)
    except OSError as error:
        mend = "Set XDG_CACHE_HOME to a folder that this account can write to."
        raise Misconfigured(
            f"I can't store Microsoft's Agents Playground in {folder} ({error.strerror}). {mend}"
        ) from error


async def _run(folder: Path, *command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode(errors="replace")
