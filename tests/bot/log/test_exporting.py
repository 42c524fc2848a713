"""`recording-steward audit export`: what it writes, and what it must never write over."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import pytest
from sqlalchemy.engine import make_url

from bot.commands import auditing
from bot.commands.auditing import export
from bot.settings.config import Misconfigured
from tests.bot.log.shell import Shell
from tests.each import each


def _database(shell: Shell) -> Path:
    return Path(str(make_url(shell.url).database))


def test_a_file_gets_every_entry_and_none_is_left_beside_it(shell: Shell) -> None:
    entries, last = shell.read(lambda store: store.audit.head())
    output = shell.folder / "out" / "log.jsonl"
    output.parent.mkdir()
    output.write_text("earlier")
    output.chmod(0o640)
    assert export("jsonl", output) == 0
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert (len(rows), rows[-1]["hash"]) == (entries, last)
    assert (output.stat().st_mode & 0o777, list(output.parent.iterdir())) == (0o640, [output])


@each("end", ["", "-wal", "-shm", "-journal"])
def test_the_database_is_never_written_over(shell: Shell, end: str) -> None:
    """A8: it was emptied, and the export hung."""
    database = _database(shell)
    before = database.read_bytes()
    with pytest.raises(Misconfigured, match=r"^--output: .* belongs to the database"):
        export("jsonl", database.with_name(f"{database.name}{end}"))
    assert database.read_bytes() == before


@pytest.mark.parametrize("kind", ["symlink_to", "hardlink_to"])
def test_nor_by_another_name(shell: Shell, kind: str) -> None:
    other = shell.folder / "log.jsonl"
    getattr(other, kind)(_database(shell))
    with pytest.raises(Misconfigured, match="belongs to the database"):
        export("csv", other)


def test_nor_is_the_journal(shell: Shell) -> None:
    journal = shell.line()
    before = journal.read_text()
    with pytest.raises(Misconfigured, match="is the journal"):
        export("jsonl", journal)
    assert journal.read_text() == before


def test_an_export_that_fails_leaves_what_was_there(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    output = shell.folder / "log.jsonl"
    output.write_text("earlier")
    there = set(shell.folder.iterdir())

    def fails(rows: Iterable[dict[str, Any]], file: TextIO) -> None:
        file.write("half a line")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(auditing, "_as_lines", fails)
    with pytest.raises(Misconfigured, match=r"can't be written \(no space left on device\)"):
        export("jsonl", output)
    assert (output.read_text(), set(shell.folder.iterdir())) == ("earlier", there)


def test_what_is_no_file_is_written_as_it_goes(shell: Shell) -> None:
    """A terminal, a pipe: there is nothing to keep."""
    assert export("jsonl", Path("/dev/null")) == 0
    assert Path("/dev/null").is_char_device()
