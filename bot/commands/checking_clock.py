"""Whether `recording-steward check` finds this machine's clock right, by the newest log entry and by what the chats answered."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from bot.clockwork.trusted_clock import TrustedClock
from bot.commands.findings import Finding
from bot.commands.looking import missing
from bot.readiness import WAITING
from storage.database.store import Database, DatabaseDown, SQLAlchemyError


async def clock_since(url: str) -> TrustedClock:
    """Start a clock from the newest entry of this database's log; of one that can't tell, the line of the database says so."""
    clock, newest = TrustedClock(lambda: datetime.now(UTC)), None
    if url and not missing(url):
        database = Database(url)
        with suppress(DatabaseDown, SQLAlchemyError, OSError):
            newest = await database.read(lambda store: store.audit.newest_moment())
        await database.close()
    clock.begin(newest)
    return clock


def of_clock(clock: TrustedClock) -> Finding:
    """Once the chats were asked."""
    doubt = clock.doubt()
    if doubt is None:
        return Finding("clock", True, "agrees with the services that answered")
    if doubt.why == "unconfirmed":
        return Finding("clock", True, f"{doubt.words} {WAITING}", note=True)
    return Finding("clock", False, f"{doubt.words} {WAITING} Set this machine's clock right, best by NTP.")
