"""`recording-steward policy`: which texts of the policy were in force when, and what one of them said (P14)."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

from bot.commands.looking import asked
from bot.moments import home_zone, moment, read
from bot.settings.config import Misconfigured, as_given, policy
from handlers.rules.refusal import Refused
from storage.tables.policy import PolicyText

AHEAD = "This moment is still to come. The text that is in force now follows; another one may be by then."


def show(at: str | None, now: datetime | None = None) -> int:
    """Print a line for each text, or with `at` the one in force at that moment; 1 where there was none yet.

    Of a moment to come a line beside the text says so, so that what is printed has the digest of the text all the same.
    `now` (aware) is for tests.

    Raises `Misconfigured` where the moment can't be read, or the database can't be asked.
    """
    settings = as_given()
    zone = home_zone(settings.policy_file)
    texts = asyncio.run(asked(settings.database_url, lambda store: store.policy_texts.all()))
    if at is None:
        for one in texts:
            print(f"{one.digest[:12]}  since {moment(one.since, zone)}")
        return 0
    policy(settings.policy_file)  # which says what the local time is: to guess that would be to show another text
    try:
        then = read(at, zone)
    except Refused as refused:
        raise Misconfigured(f"--at: {refused}") from None
    if then > (now or datetime.now(UTC)):
        print(AHEAD, file=sys.stderr)
    return _show(texts, then)


def _show(texts: list[PolicyText], then: datetime) -> int:
    """Moments are told to the second, so a text counts from the beginning of its first one."""
    found = next((one for one in reversed(texts) if one.since.replace(microsecond=0) <= then), None)
    if found is None:
        print("No text of the policy was kept by then.", file=sys.stderr)
        return 1
    sys.stdout.write(found.text)
    return 0
