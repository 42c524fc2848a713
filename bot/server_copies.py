"""Copies of a PostgreSQL database, by its own tools: `pg_dump` and `pg_restore`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from bot.config import Misconfigured
from storage.addresses import server_address

WHERE = "Install PostgreSQL's client tools (postgresql-client) here"


def dump(url: str, to: Path) -> None:
    """One consistent copy, whoever works with the database meanwhile. Raises `Misconfigured`."""
    _call("pg_dump", url, ["--format=custom", "--no-owner", "--no-privileges", f"--file={to}"])


def load(url: str, copy: Path) -> None:
    """Put a copy into an empty database, all of it or nothing. Raises `Misconfigured`."""
    _call("pg_restore", url, ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(copy)])


def _call(tool: str, url: str, options: list[str]) -> None:
    found = shutil.which(tool)
    if found is None:
        raise Misconfigured(
            f"{tool} is not here. {WHERE}, or call it where they are, and keep the journal's file beside the copy."
        )
    address, password = server_address(url)
    # Whoever lists the programs that run reads their arguments, so the password is none of them.
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run(  # noqa: S603  the tool's own name, and an address that the settings give
        [found, "--no-password", f"--dbname={address}", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Misconfigured(f"{tool} failed, and nothing was changed. It says: {said[-1] if said else 'nothing'}")
