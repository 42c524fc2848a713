"""The distribution's PostgreSQL, if one is installed: unlike the one from the wheel, it has pg_trgm."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.databases import Server

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
EXTENSION = "extension/pg_trgm.control"
PATIENCE = 30  # seconds


def programs() -> Path | None:
    """Return the folder of the newest server that has pg_trgm; None if none is installed."""
    there = [Path(one) for place in PLACES for one in sorted(Path("/").glob(place.removeprefix("/")))]
    return next((one for one in reversed(there) if _has_trigrams(one)), None)


def _has_trigrams(folder: Path) -> bool:
    config = folder / "pg_config"
    if not (folder / "initdb").exists():
        return False
    shared = [Path(f"/usr/share/postgresql/{folder.parent.name}")]
    if config.exists():
        with suppress(OSError):
            told = subprocess.run([config, "--sharedir"], capture_output=True, text=True, check=False)
            shared.append(Path(told.stdout.strip() or "/nowhere"))
    return any((one / EXTENSION).exists() for one in shared)


@contextmanager
def a_distributions_server(found: Path) -> Iterator[Server]:
    """Run one of our own, by a socket alone, and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="steward-pg-"))
    who: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    owner = "postgres" if who else pwd.getpwuid(os.geteuid()).pw_name
    if who:
        shutil.chown(folder, "postgres", "postgres")
    data, quiet = folder / "data", {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(
        [found / "initdb", "-D", data, "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8"],
        check=True,
        **quiet,
        **who,
    )  # type: ignore[call-overload]
    quick = (one for name in ("fsync", "full_page_writes", "synchronous_commit") for one in ("-c", f"{name}=off"))
    command = [found / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", *quick]
    process = subprocess.Popen(command, **quiet, **who)  # type: ignore[call-overload]
    try:
        _until_it_answers(folder)
        with closing(Server(f"postgresql://{owner}@/postgres?host={folder}")) as server:
            yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _until_it_answers(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not (folder / ".s.PGSQL.5432").exists() or not _ready(folder):
        if time.monotonic() > deadline:
            raise TimeoutError("PostgreSQL does not answer")
        time.sleep(0.05)


def _ready(folder: Path) -> bool:
    return "ready" in (folder / "data/postmaster.pid").read_text()
