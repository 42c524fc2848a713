"""Whether the journal still has what was written into it last; where it lacks that, both witnesses hear it (P12)."""

from __future__ import annotations

from contextlib import suppress

import structlog

from bot.journal import Journal, JournalDown
from bot.proof.journal_lines import Position, has_checkpoint
from bot.proof.journalling import Patiently
from handlers.acting import CLOCK
from handlers.checkpoints import JournalLost
from handlers.door import Door, Repeated
from storage.tables.log import Checkpoint

log = structlog.get_logger()


def there(journal: Journal) -> None:
    """Raises `JournalDown` where the folder is away that somebody else keeps: then nothing is known of its file. It may take long."""
    if not journal.make and not journal.folder.is_dir():
        raise JournalDown(f"there is no folder {journal.folder}")


async def lost(door: Door, patiently: Patiently) -> bool:
    """Whether the newest checkpoint that was written into the journal is not there any more. Raises `JournalDown`, `DatabaseDown`."""
    written = await door.database.read(lambda store: store.checkpoints.newest_written())
    if written is None or await patiently.do(lambda: _holds(patiently.journal, written)):
        return False
    await tell(door, written)
    return True


async def tell(door: Door, written: Checkpoint) -> None:
    """Log it each time; both hear it once for each checkpoint. Raises `DatabaseDown`."""
    log.error("journal.lost", entries=written.entries)
    with suppress(Repeated):
        await door.enter(JournalLost(written.entries, written.hash), CLOCK)


def _holds(journal: Journal, written: Checkpoint) -> bool:
    there(journal)
    try:
        return has_checkpoint(journal.file, Position(written.entries, written.hash), journal.seal)
    except OSError as error:
        raise JournalDown(error.strerror or type(error).__name__) from error
