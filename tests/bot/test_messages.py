"""How often a phone buzzes: one message a morning, and a new one only for what must be decided or was asked for."""

from collections import Counter
from datetime import time
from pathlib import Path

import pytest

from storage.database.store import Database
from tests.handlers.builders import audit
from tests.handlers.reading import lines
from tests.messages import in_quiet, on_first, three_weeks

QUIET = (
    "It was due on", "Random review of January", "weekly digest", "The review of the call recording policy", "Reminder: review 2 calls",
)  # fmt: skip
BUSY = (
    "Reminder: Anna Quill is asking to hear a call", "has come to you as deputy", "has come to you as the Head", "Reminder: answer a customer’s request.",
    "request that is due today", "renew a hold", "confirm a hold", "whose erasure I paused", "caller declined", "confirm the phone announcement today", "weekly digest",
    "review of the call recording policy is due", "of February 2027", "wants to hear", "still waiting to be acknowledged",
)  # fmt: skip


@pytest.mark.long
async def test_each_morning_brings_one_message_and_the_head_gets_four_in_a_quiet_fortnight(
    database: Database, tmp_path: Path
) -> None:
    days = await three_weeks(database, tmp_path)
    quiet, busy = in_quiet(days.messages), on_first(days.messages)
    for messages, kinds in (quiet, QUIET), (busy, BUSY):
        said = str([(one.card.summary, lines(one.card)) for one in messages])
        assert [one for one in kinds if one not in said] == []
    assert "retention.certify" in [one[1] for one in await audit(days.company)]
    morning = next(lines(one.card) for one in busy if one.to == "helena")
    assert "due today" in morning[1], "what is due first is on top"
    early = Counter((one.to, one.at.date()) for one in days.messages if one.at.time() < time(9, 30))
    assert [one for one, number in early.items() if number > 1] == []
    assert [one for one in days.messages if one.at.time() < time(9)] == []
    assert Counter(one.to for one in quiet) == {"helena": 4, "ruth": 2, "quinn": 3, "miles": 3, "tara": 3}
    mornings = Counter(("helena", "henrik", "tara", "deven", "cora", "ruth", "miles", "quinn"))
    asked = Counter(
        {"helena": 1, "tara": 3, "anna": 2}
    )  # a request to decide; and each requester's own, filed and decided
    assert Counter(one.to for one in busy if one.at.hour < 11) == mornings + asked
    # A customer's request is due within the hour, and a report is overdue.
    assert Counter(one.to for one in busy if one.at.hour >= 11) == {"helena": 2, "tara": 1, "cora": 1, "ruth": 1}
