"""Copies of a PostgreSQL database, by its own tools: `pg_dump` and `pg_restore`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from bot.settings.config import Misconfigured
from storage.database.addresses import server_address
from storage.search_index import NAME

# By what the search looks into a server may lack what another one had, and each start makes what there can be.
_MADE_ANEW = re.compile(rf" (?:EXTENSION - pg_trgm|COMMENT - EXTENSION pg_trgm|INDEX \S+ {NAME}\S*)(?: |$)")
WHERE = "Install PostgreSQL's client tools (postgresql-client) here"


def dump(url: str, to: Path) -> None:
    """One consistent copy, whoever works with the database meanwhile. Raises `Misconfigured`."""
    _call("pg_dump", url, ["--format=custom", "--no-owner", "--no-privileges", f"--file={to}"])


def load(url: str, copy: Path) -> None:
    """Put a copy into an empty database, all of it or nothing, but for what the next start makes anew. Raises `Misconfigured`."""
    listed = [one for one in _run("pg_restore", url, ["--list", str(copy)]).splitlines() if not _MADE_ANEW.search(one)]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".list") as chosen:
        chosen.write("\n".join(listed))
        chosen.flush()
        how = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--use-list={chosen.name}"]
        _call("pg_restore", url, [*how, str(copy)])


def _call(tool: str, url: str, options: list[str]) -> None:
    _run(tool, url, [f"--dbname={server_address(url)[0]}", *options])


def _run(tool: str, url: str, options: list[str]) -> str:
    found = shutil.which(tool)
    if found is None:
        raise Misconfigured(
            f"{tool} is not here. {WHERE}, or call it where they are, and keep the journal's file beside the copy."
        )
    _, password = server_address(url)
    # Whoever lists the programs that run reads their arguments, so the password is none of them.
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run(  # noqa: S603  the tool's own name, and what the settings give
        [found, "--no-password", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Misconfigured(f"{tool} failed, and nothing was changed. It says: {said[-1] if said else 'nothing'}")
    return done.stdout
