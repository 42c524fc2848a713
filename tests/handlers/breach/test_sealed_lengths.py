"""P13: the length of what is sealed tells neither who reads a report nor which call is kept for it."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.breach.known import Seated
from handlers.breach.vault import Opened, Vault
from tests.breaching import theirs
from tests.handlers.breach.reporting import a_known, report, the_report
from tests.handlers.builders import Company

pytestmark = pytest.mark.by_hand


async def lengths(company: Company, table: str, *columns: str) -> set[int]:
    rows: list[dict[str, Any]] = (await theirs(company.database))[table]
    return {len(row[column]) for row in rows for column in columns}


async def test_p13_every_sight_is_as_long_as_any_other(company: Company) -> None:
    await report(company, company.anna)
    name = await the_report(company)

    def see(vault: Vault) -> None:
        one = _report(vault, name)
        readers = [Seated(email=f"{'m' * size}@fernhill.example", role="", deputy=False) for size in (1, 40, 200)]
        vault.see(one, readers)

    await company.database.write(lambda store: see(Vault(company.door.act(store, company.ruth))))
    assert len(await lengths(company, "breach_sights", "wrap", "sealed")) == 1


async def test_p13_short_and_long_audio_fill_whole_parts_alike(company: Company) -> None:
    await report(company, company.anna)
    name = await the_report(company)

    def keep(vault: Vault) -> list[bytes]:
        one = _report(vault, name)
        for part, data in enumerate((b"RIFF", b"RIFF" * 90_000)):
            vault.keep_audio(one, "A1", part, data)
        return [vault.audio(one, "A1", part) for part in (0, 1)]

    heard = await company.database.write(lambda store: keep(Vault(company.door.act(store, company.ruth))))
    assert heard == [b"RIFF", b"RIFF" * 90_000]
    assert len(await lengths(company, "breach_audio", "sealed")) == 1


async def test_p13_a_few_words_more_change_no_length(company: Company) -> None:
    def file(vault: Vault) -> None:
        for what in ("It was him.", "It was the one who sits by the window, " * 9):
            vault.file(a_known(what=what))

    await company.database.write(lambda store: file(Vault(company.door.act(store, company.ruth))))
    assert len(await lengths(company, "breach_reports", "sealed")) == 1


def _report(vault: Vault, name: str) -> Opened:
    found = vault.by_rule(name)
    assert found is not None
    return found
