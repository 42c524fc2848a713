"""The archive of a backup: a private tar file whose sealed manifest names each file in it with its SHA-256."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.journal import Seal
from bot.settings.config import Misconfigured
from storage.database.servers import server_address
from storage.search_index import NAME

MANIFEST, JOURNAL = "manifest.json", "journal.jsonl"
SQLITE, SERVER = "database.sqlite", "database.dump"
NAMES = frozenset({MANIFEST, JOURNAL, SQLITE, SERVER})
FORM = 1  # of the manifest; a later version of the program may need another


class UnusableArchive(Exception):
    """An archive that must not be used; the text is a sentence that says why."""


def pack_archive(file: Path, folder: Path, names: tuple[str, ...], facts: Mapping[str, Any], seal: Seal) -> None:
    """Pack these files of a folder into a new archive, with a sealed manifest that also has the `facts`. Raises OSError."""
    manifest = seal.sealed({"form": FORM, **facts, "files": {name: _file_digest(folder / name) for name in names}})
    (folder / MANIFEST).write_text(json.dumps(manifest, sort_keys=True, indent=1))
    with tarfile.open(file, mode="x", format=tarfile.PAX_FORMAT) as tar:
        for name in (*names, MANIFEST):
            tar.add(folder / name, name)


def unpack_archive(archive: Path, into: Path) -> dict[str, Any]:
    """Extract an archive and return its manifest, if all files match it. Raises `UnusableArchive` and OSError."""
    try:
        with tarfile.open(archive, "r:") as tar:
            members = tar.getmembers()
            if not all(one.isreg() and one.name in NAMES for one in members):
                raise UnusableArchive("it contains a file that doesn't belong in a backup")
            tar.extractall(into, members, filter="data")
        manifest = json.loads((into / MANIFEST).read_bytes())
        form, files = manifest["form"], manifest["files"]
    except (tarfile.TarError, EOFError, FileNotFoundError, ValueError, LookupError, TypeError) as error:
        raise UnusableArchive("it isn't a backup, or part of it is missing") from error
    if form != FORM:
        raise UnusableArchive("it was made by a newer version of this program. Install that version")
    if files != {one.name: _file_digest(into / one.name) for one in members if one.name != MANIFEST}:
        raise UnusableArchive("its files don't match its manifest: it was damaged or changed")
    return dict(manifest)


def _file_digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


# A server may lack pg_trgm that another one had, and each start makes the search's indexes that it can.
_SEARCH = re.compile(rf" (?:EXTENSION - pg_trgm|COMMENT - EXTENSION pg_trgm|INDEX \S+ {NAME}\S*)(?: |$)")


def dump_server(url: str, to: Path) -> None:
    """Copy a PostgreSQL database, consistently and while it's in use. Raises `Misconfigured`."""
    _run_tool("pg_dump", url, ["--format=custom", "--no-owner", "--no-privileges", f"--file={to}", _dbname_option(url)])


def load_server(url: str, copy: Path) -> None:
    """Load a copy into an empty PostgreSQL database, all or nothing, without what the next start makes. Raises `Misconfigured`."""
    listed = [
        one for one in _run_tool("pg_restore", url, ["--list", str(copy)]).splitlines() if not _SEARCH.search(one)
    ]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".list") as chosen:
        chosen.write("\n".join(listed))
        chosen.flush()
        how = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--use-list={chosen.name}"]
        _run_tool("pg_restore", url, [*how, _dbname_option(url), str(copy)])


def _dbname_option(url: str) -> str:
    """Return the option that names the database, without its password."""
    return f"--dbname={server_address(url)[0]}"


def _run_tool(tool: str, url: str, options: list[str]) -> str:
    """Run one of PostgreSQL's tools and return its output; raises `Misconfigured` if it's missing or fails."""
    found = shutil.which(tool)
    if found is None:
        raise Misconfigured(
            f"{tool} isn't installed. Install PostgreSQL's client tools (postgresql-client) on this machine."
        )
    _, password = server_address(url)
    # Anyone on this machine can list the arguments of programs, so the password is none of them.
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run(  # noqa: S603  the tool's own name, and what the settings give
        [found, "--no-password", *options], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Misconfigured(f"{tool} failed, and nothing was changed. It said: {said[-1] if said else 'nothing'}")
    return done.stdout
