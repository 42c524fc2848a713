"""The archive of a backup: a tar file for its owner alone, whose sealed manifest, the last in it, says what must be in it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bot.sealing import Seal
from bot.settings.config import Misconfigured
from storage.database.addresses import server_address
from storage.search_index import NAME

MANIFEST, JOURNAL = "manifest.json", "journal.jsonl"
SQLITE, SERVER = "database.sqlite", "database.dump"
NAMES = frozenset({MANIFEST, JOURNAL, SQLITE, SERVER})
FORM = 1
MOST = 1 << 20  # bytes of a manifest
PIECE = 1 << 20


class Spoilt(Exception):
    """An archive that must not be used; a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: how long it is, and its SHA-256."""

    size: int
    sha256: str


class Writing:
    """Puts files into an archive, and says in its manifest what they are."""

    def __init__(self, file: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  closed by `seal`
        self._members: dict[str, Member] = {}

    def add(self, name: str, source: Path, size: int | None = None) -> None:
        """The first so many bytes of a file, which may grow meanwhile; all of it otherwise. Raises OSError."""
        with source.open("rb") as opened:
            length = os.fstat(opened.fileno()).st_size if size is None else size
            reading = _Reading(opened)
            self._tar.addfile(_header(name, length), reading)  # type: ignore[arg-type]
        self._members[name] = Member(length, reading.digest.hexdigest())

    def finish(self, told: dict[str, Any], seal: Seal) -> None:
        """Write the manifest, and that nothing follows it."""
        files = {name: {"size": one.size, "sha256": one.sha256} for name, one in self._members.items()}
        manifest = json.dumps(seal.sealed({"form": FORM, **told, "files": files}), sort_keys=True, indent=1).encode()
        self._tar.addfile(_header(MANIFEST, len(manifest)), io.BytesIO(manifest))
        self._tar.close()


class _Reading:
    """Reads a file once, for the archive and for its digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


@contextmanager
def new_file(file: Path) -> Iterator[IO[bytes]]:
    """A file that was not there, for its owner alone; where not all of it can be written, it is not there afterwards either."""
    opened = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
    try:
        with opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def unpacked(archive: Path, into: Path) -> dict[str, Any]:
    """Lay out an archive's files in a folder and return its manifest, once everything fits it. Raises `Spoilt` and OSError."""
    found: dict[str, Member] = {}
    try:
        with tarfile.open(archive, "r:") as tar:
            for one in tar:
                if one.name not in NAMES or one.name in found or not one.isreg() or one.sparse:
                    raise Spoilt("it holds a file that no backup of mine holds")
                found[one.name] = _laid_out(tar.extractfile(one), into / one.name)
    except (tarfile.TarError, EOFError) as error:
        raise Spoilt("it is no backup, or not all of one") from error
    if MANIFEST not in found or found[MANIFEST].size > MOST:
        raise Spoilt("it is no backup, or not all of one: it lacks its manifest")
    return _compared(json_of(into / MANIFEST), {name: one for name, one in found.items() if name != MANIFEST})


def json_of(file: Path) -> dict[str, Any]:
    """An object that stands in a file; raises `Spoilt`."""
    try:
        told = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise Spoilt("its manifest can't be read") from error
    if not isinstance(told, dict):
        raise Spoilt("its manifest can't be read")
    return told


def _compared(manifest: dict[str, Any], found: dict[str, Member]) -> dict[str, Any]:
    if manifest.get("form") != FORM:
        raise Spoilt("it was made by a newer version of this program. Install that one")
    told = manifest.get("files")
    if not isinstance(told, dict) or told != {
        name: {"size": one.size, "sha256": one.sha256} for name, one in found.items()
    }:
        raise Spoilt("its files are not those that its manifest names: it was damaged or changed")
    return manifest


def _laid_out(member: IO[bytes] | None, to: Path) -> Member:
    digest, size = hashlib.sha256(), 0
    if member is None:
        raise Spoilt("it is no backup, or not all of one")
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        while piece := member.read(PIECE):
            digest.update(piece)
            size += file.write(piece)
    return Member(size, digest.hexdigest())


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
