"""P13: while nobody acknowledges or answers, whoever reads a report and whoever made it hear that it waits, and go on hearing it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import WEB
from handlers.breach import intents
from handlers.breach.filing import from_bot
from handlers.breach.proof import broken
from handlers.breach.vault import Vault
from storage.breaches import LOST, WAITING
from tests.handlers.breach.reporting import be_away, chosen, heard, messages, page, report, the_report, tick
from tests.handlers.breach.sending import buttons, collected, states
from tests.handlers.breach.standing_still import (
    ACKNOWLEDGE,
    ALERT,
    FEEDBACK,
    LATE,
    LATE_ANSWER,
    STALLS,
    STILL,
    UNANSWERED,
    WAITS,
    at,
    closed,
    made,
    opened,
)
from tests.handlers.builders import NOW, Company
from tests.handlers.reading import looking

MORNING = datetime(2026, 12, 15, 22, tzinfo=UTC)  # Wednesday, 09:00 in Sydney: a week after the feedback moment
WEEK, MONTH = timedelta(days=7), timedelta(days=28)
NEXT = [MORNING, MORNING + WEEK, MORNING + 2 * WEEK]
SINCE = "A confidential report waited, and was looked after since."


async def _months_of_silence(company: Company, months: int = 6) -> dict[str, int]:
    """How often each of them hears something from the last feedback moment on, with a look each hour of the days at work."""
    number: dict[str, int] = {}
    for day in range(1, 31 * months):
        company.clock.now = FEEDBACK + timedelta(days=day, hours=17)
        await tick(company)
        for who, words in (await heard(company)).items():
            assert words in ([STILL], [UNANSWERED])
            number[who] = number.get(who, 0) + 1
    return number


async def test_p13_half_a_year_of_silence_is_never_silent(company: Company) -> None:
    """Helena is accused; Ruth and, let in, Miles read it. Anna, who gave her name, hears of both moments."""
    await made(company, accused=["helena"], named="named")
    assert await at(company, ACKNOWLEDGE) == {"miles": [ALERT], "slack:UANNA": [LATE]}
    assert await at(company, WAITS) == {}
    assert await at(company, FEEDBACK) == {"ruth": [STILL], "miles": [STILL], "slack:UANNA": [LATE]}
    for moment in NEXT:
        assert await at(company, moment) == {"ruth": [STILL], "miles": [STILL]}
    company.clock.now = MORNING + 2 * WEEK
    assert await _rest_of_half_a_year(company) == {"ruth": 24, "miles": 24}


async def _rest_of_half_a_year(company: Company) -> dict[str, int]:
    number: dict[str, int] = {}
    end = company.clock.now + 24 * WEEK + timedelta(days=4)
    while company.clock.now < end:
        company.clock.pass_(days=1)
        await tick(company)
        for who, words in (await heard(company)).items():
            assert words == [STILL]
            number[who] = number.get(who, 0) + 1
    return number
