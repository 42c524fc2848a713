"""C2: `check` tells where the journal lies, and what keeps it from being written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.commands.checking import _journal
from bot.settings.config import Given, Misconfigured, Settings, as_given


def _settings(folder: Path, **more: Any) -> Settings:
    return Given(**{"database_url": f"sqlite:///{folder / 'data' / 'steward.db'}", **more})


async def test_without_a_setting_it_lies_beside_the_data_and_that_is_noted(tmp_path: Path) -> None:
    found = _settings(tmp_path)
    assert (found.journal, found.journal_beside_data) == (tmp_path / "data" / "journal", True)
    assert await _journal(found) == f"{found.journal}: is made when the first checkpoint is written"


def test_beside_a_server_it_lies_where_the_program_runs() -> None:
    found = Given(database_url="postgresql://steward@db/steward")
    assert (found.journal, found.journal_beside_data) == (Path("journal"), True)


@pytest.mark.parametrize(("where", "beside"), [("data/journal", True), ("data", True), ("elsewhere", False)])
async def test_a_folder_that_is_named_is_noted_only_beside_the_data(tmp_path: Path, where: str, beside: bool) -> None:
    (tmp_path / where).mkdir(parents=True)
    found = _settings(tmp_path, journal_url=f"file://{tmp_path / where}")
    assert (await _journal(found), found.journal_beside_data) == (f"{tmp_path / where}: can be written to", beside)
    server = _settings(tmp_path, journal_url=f"file://{tmp_path / where}", database_url="postgresql://db/steward")
    assert not server.journal_beside_data


async def test_a_folder_that_is_not_there_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=f"there is no folder {tmp_path / 'x'}. Make it, or mount it"):
        await _journal(_settings(tmp_path, journal_url=f"file://{tmp_path / 'x'}"))
    (tmp_path / "x").touch()
    with pytest.raises(Misconfigured, match="there is no folder"):
        await _journal(_settings(tmp_path, journal_url=f"file://{tmp_path / 'x'}"))


async def test_one_that_can_not_be_written_to_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(Misconfigured, match="can't be written to"):
        await _journal(_settings(tmp_path, journal_url=f"file://{tmp_path}"))


@pytest.mark.parametrize("url", ["s3://bucket/journal", "/srv/journal", "file://host/journal"])
def test_any_other_address_is_refused_by_name(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_URL", url)
    with pytest.raises(Misconfigured, match=r"JOURNAL_URL: .*file:///mnt/journal"):
        as_given()
