"""What `check` says of this machine's clock."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

from bot.commands.checking import clock_since, of_clock
from storage.audit import Entry
from storage.database.store import Database
from tests.moments import NOW, moment


async def test_a_clock_that_services_or_the_log_contradict_is_to_be_mended(sqlite_url: str) -> None:
    clock = await clock_since(sqlite_url)
    found = of_clock(clock)
    assert (found.works, found.note) == (True, True), "where no chat answers, another line says so"
    assert "no service has confirmed it" in found.sentence
    clock.hear("slack.com", {"Date": format_datetime(moment() - timedelta(days=365), usegmt=True)})
    found = of_clock(clock)
    assert (found.works, "but slack.com says Mon 24 Nov 2025" in found.sentence) == (False, True)
    assert "nothing is closed, erased or ended" in found.sentence
    database = Database(sqlite_url)
    await database.write(lambda store: store.audit.append(Entry("clock", "tests.act", "1"), NOW + timedelta(days=365)))
    await database.close()
    assert of_clock(await clock_since(sqlite_url)).note
    clock.hear("slack.com", {"Date": format_datetime(moment(), usegmt=True)})
    assert (of_clock(clock).works, of_clock(clock).note) == (True, False)
