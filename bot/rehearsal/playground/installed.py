"""Microsoft's Agents Playground: fetched once, in exactly the version that package-lock.json names."""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from hashlib import sha256
from pathlib import Path

from bot.config import Misconfigured

HERE = Path(__file__).parent
NODE = 18  # what the Playground is built for
CLIENT = HERE / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
NEEDED = f"Microsoft's Agents Playground needs Node.js {NODE} or newer, with npm."


async def installed() -> tuple[str, Path]:
    """Node and the Playground's program; fetches the latter where it is not here. Raises `Misconfigured`."""
    node = await _node()
    lock = sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    mark = HERE / "node_modules" / ".fetched"
    if not mark.exists() or mark.read_text() != lock:
        await _fetch()
        mark.write_text(lock)
    return node, CLIENT


async def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise Misconfigured(f"{NEEDED} There is none on this machine. Install it, then try again.")
    _, told = await _run(node, "--version")
    version = told.strip()
    if int(version.removeprefix("v").partition(".")[0] or 0) < NODE:
        raise Misconfigured(f"{NEEDED} This machine has {version}. Install a newer one, then try again.")
    return node


async def _fetch() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Misconfigured(f"{NEEDED} There is Node.js on this machine, but no npm. Install npm, then try again.")
    print("Fetching Microsoft's Agents Playground. This happens once.", flush=True)
    code, told = await _run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    if code:
        raise Misconfigured(f"Microsoft's Agents Playground could not be fetched. npm said:\n{told.strip()}")


async def _run(*command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(*command, cwd=HERE, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode(errors="replace")
