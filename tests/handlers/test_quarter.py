"""A quarter of a company through the door, held against a count that shares no code with the rules (P7, P9).

Only the audit log and the ledger of what was sent are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import holidays
import pytest

from handlers.access.intents import Approve, Deny, Question, Withdraw
from handlers.rules.refusal import Refused
from storage.records import Outgoing
from tests.handlers.builders import CLAIM, NOW, Company, account, ask, audit, ledger, meet
from tests.handlers.passing_time import delivered, pass_until

SYDNEY = ZoneInfo("Australia/Sydney")
OFF = holidays.country_holidays("AU", subdiv="NSW", years=range(2026, 2028))
STEPS = {1: "access.remind", 2: "access.deputy", 3: "access.next", 10: "access.lapse"}
CLOSING = ("access.approve", "access.deny", "access.withdraw", "access.lapse")
WEEKS, REQUESTS, ASKERS = 13, 50, 12


@dataclass(frozen=True)
class Story:
    """One request, as the log tells it: when it was asked for, when each step of the clock was done, and when it was closed."""

    id: str
    asked: datetime
    investigation: bool
    steps: list[tuple[str, datetime]]
    closed: datetime | None


def works(day: date) -> bool:
    """Whether somebody works on this day in Sydney, told from the calendar alone."""
    return day.weekday() < 5 and day not in OFF


def cut_offs(asked: datetime) -> Iterator[datetime]:
    """17:00 on each working day after the one that counts as that of receipt, one after the other."""
    local = asked.astimezone(SYDNEY)
    day, in_time = local.date(), local.time() <= time(17)
    while not works(day) or not in_time:
        day, in_time = day + timedelta(days=1), True
    while True:
        day += timedelta(days=1)
        if works(day):
            yield datetime.combine(day, time(17), SYDNEY).astimezone(UTC)


def expected(story: Story) -> list[tuple[str, datetime]]:
    """What silence should have brought until it was closed."""
    ahead = dict(zip(range(1, 11), cut_offs(story.asked), strict=False))
    named = {**STEPS, 10: "access.undecided"} if story.investigation else STEPS
    return [(step, ahead[day]) for day, step in named.items() if story.closed is None or ahead[day] <= story.closed]


async def stories(company: Company) -> list[Story]:
    """Every request of the log."""
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    found = []
    for filed in (row for row in rows if row["action"] == "access.file" and row["outcome"] == "done"):
        mine = [row for row in rows if row["subject"] == filed["subject"] and row["outcome"] == "done"]
        closed = [_at(row) for row in mine if row["action"] in CLOSING]
        steps = [
            (row["action"], _at(row)) for row in mine if row["actor"] == "clock" and row["action"] in STEPS.values()
        ]
        steps += [(row["action"], _at(row)) for row in mine if row["action"] == "access.undecided"]
        found.append(Story(filed["subject"], _at(filed), filed["clause"] == "P9", steps, closed[0] if closed else None))
    return found


def _at(row: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(row["at"]))


async def a_quarter(company: Company, random: Random) -> None:
    """People ask at any hour; most approvers answer some day, some never do."""
    askers = [await meet(company.door, account(f"UASKER{one}", f"Asker {one}")) for one in range(ASKERS)]
    moments = sorted(NOW + timedelta(minutes=random.randrange(WEEKS * 7 * 24 * 60)) for _ in range(REQUESTS))
    for number, moment in enumerate(moments):
        await pass_until(company, moment)
        await delivered(company)
        more = CLAIM if random.random() < 0.2 else {}
        request = await ask(
            company, random.choice(askers), calls=[random.choice(company.calls)], crm=f"CS-{number}", **more
        )
        await _somebody_answers(company, random, request)
    await pass_until(company, moments[-1] + timedelta(days=40))
    await delivered(company)


async def _somebody_answers(company: Company, random: Random, request: str) -> None:
    """Perhaps, and perhaps the one who asked; whoever may not is refused."""
    who = random.choice([company.tara, company.deven, company.helena, None, None])
    wanted = random.choice([Approve(request), Deny(request, "No."), Question(request, "Why?"), Withdraw(request)])
    if who is None or random.random() < 0.5:
        return
    await pass_until(company, company.clock.now + timedelta(hours=random.randrange(1, 60)))
    try:
        await company.door.enter(wanted, who)
    except Refused:
        return


def mornings(rows: list[Outgoing], zones: dict[int, ZoneInfo]) -> Counter[tuple[int, date]]:
    """How many messages that remind each person got on each day, by the person's own calendar; all in working hours."""
    found: Counter[tuple[int, date]] = Counter()
    for row in (one for one in rows if one.kind == "digest"):
        local = row.queued_at.astimezone(zones[row.person_id])
        assert time(9) <= local.time() < time(17), local
        assert works(local.date()), local
        found[row.person_id, local.date()] += 1
    return found


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak), pytest.param(3, marks=pytest.mark.soak)])
async def test_p7_in_a_quarter_each_step_falls_once_when_it_should(company: Company, seed: int) -> None:
    await a_quarter(company, Random(seed))
    told = await stories(company)
    assert len(told) == REQUESTS
    for story in told:
        seen = [one for one in story.steps if one[0] != "access.undecided"]
        alarms = [at for step, at in story.steps if step == "access.undecided"]
        wanted = [one for one in expected(story) if one[0] != "access.undecided"]
        assert [one for one in seen if one[0] != "access.deputy"] == [
            one for one in wanted if one[0] != "access.deputy"
        ], story
        assert set(seen) <= set(wanted), story
        first = [at for step, at in expected(story) if step == "access.undecided"]
        assert alarms[:1] == first, story
        assert all(later - at == timedelta(days=7) for at, later in pairwise(alarms)), story
    rows = await ledger(company)
    people = await company.database.read(lambda store: store.people.named(range(1, 60)))
    counted = mornings(rows, {one.id: ZoneInfo(one.zone) for one in people.values()})
    assert len(counted) > 20
    assert max(counted.values()) == 1
    assert not [row for row in await audit(company) if row[2] == "failed"]
