"""P12: what a start reads of a journal does not grow with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.journal import Journal
from bot.proof.journal_lines import newest
from bot.sealing import Seal
from tests.restoring import MASTER

pytestmark = pytest.mark.soak


async def test_p12_of_a_long_journal_only_the_end_is_read(tmp_path: Path) -> None:
    """However many lines without a place in the log stand between."""
    journal = Journal(tmp_path, Seal(MASTER))
    journal.add(
        [
            {"kind": "restored", "entries": 3, "hash": "c", "common": 3, "noted": 5},
            {"kind": "head", "entries": 7, "hash": "a"},
        ]
    )
    journal.add([{"kind": "key_destroyed", "id": number} for number in range(200)])
    for window in (64, 1024, 1 << 20):
        assert newest(journal.file, journal.seal, window).position == (7, "a")
    journal.add([{"kind": "put_back"}])
    assert newest(journal.file, journal.seal).put_back
