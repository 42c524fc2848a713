"""What people do in a quarter: everything that they press, made of a seed beforehand, whatever comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Literal

from tests.moments import NOW
from tests.quarter.firm import CALLS, DECIDERS, EVERYBODY
from tests.quarter.timetable import ABSENCES, ASKED_BACK, CROWDED, GAPS, PASSED_ON, SATURDAY, WISHES, Gap, How, Wish

What = Literal["file", "approve", "deny", "question", "answer", "withdraw", "pass_on", "away", "back", "lost", "found"]
QUARTER = 13
"""Weeks."""
A_SLOT = timedelta(minutes=4)
"""People press at whole slots only: whatever a death delays by seconds is still told to the same slot."""
TO_LAPSE = timedelta(days=16)
"""Until a request of the last day has lapsed, and whom that concerns was told."""
BY_HOUR = tuple(slot for slot in range(15) if slot not in {0, 7})
"""The slots of an hour; without the full and the half one, on which working hours begin and end."""
STAFF_REASONS = ("training", "performance", "abuse_protection", "complaint", "process_quality", "transcription_check")
CLAIMS = ("crime", "legal_claim")


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody (an account) presses something about the request of that `number`; more as each kind needs it.

    `calls` are places in the firm's calls, `concerned` are short names of deciders.
    """

    at: datetime
    who: str
    what: What
    number: int = -1
    reason: str = ""
    calls: tuple[int, ...] = ()
    concerned: tuple[str, ...] = ()
    first: date = date.min
    last: date = date.min
    how: How = "gone"


@dataclass(frozen=True, slots=True)
class Lost:
    """An account that the chat does not reach from one moment to another."""

    account: str
    how: How
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """All presses in their order, who is out of reach when, and when the quarter is over: nothing is open then but what never lapses."""

    presses: tuple[Press, ...]
    lost: tuple[Lost, ...]
    end: datetime


class Slots:
    """Moments at which people press: no two at once, and none when something ends that was given a week before."""

    def __init__(self, random: Random, approvals: int) -> None:
        day = [A_SLOT * (15 * hour + slot) for hour in range(24) for slot in BY_HOUR]
        random.shuffle(day)
        self._approvals, self._others = day[:approvals], sorted(day[approvals:])
        self._taken: set[datetime] = set()

    def after(self, moment: datetime) -> datetime:
        """The next free one."""
        found = next(one for one in _from(moment, self._others) if one not in self._taken)
        self._taken.add(found)
        return found

    def keep(self, moment: datetime) -> None:
        """Let nothing else be pressed then."""
        self._taken.add(moment)

    def to_approve(self, moment: datetime) -> datetime:
        """One at a time of day at which nothing else is pressed on any day."""
        return next(_from(moment, [self._approvals.pop()]))


def _from(moment: datetime, times: list[timedelta]) -> Iterator[datetime]:
    day = datetime.combine(moment.date(), time(0), UTC)
    while True:
        yield from (day + one for one in times if day + one > moment)
        day += timedelta(days=1)


class Making:
    """A plan that grows."""

    def __init__(self, seed: int, requests: int) -> None:
        self.random = Random(seed)
        self.slots = Slots(self.random, min(requests, 150))
        self.approvals_left = min(requests, 150)
        self.presses: list[Press] = []
        self.lost: list[Lost] = []
        self._number = 0

    @property
    def requests(self) -> int:
        """How many there are so far."""
        return self._number

    def ask(self, moment: datetime, who: str, *, investigation: bool) -> None:
        """A request after this moment, and what people do about it later."""
        random, number = self.random, self._number
        self._number += 1
        at = self.slots.after(moment)
        calls, concerned = self._about(at, who, investigation=investigation)
        reason = random.choice(CLAIMS if investigation else STAFF_REASONS)
        self.presses.append(Press(at, who, "file", number, reason, calls, concerned))
        self._fate(at, who, number, investigation=investigation)

    def on_a_saturday(self) -> None:
        """Somebody in Sydney asks at noon, and is given access in the evening."""
        who = self.random.choice([one.account for one in EVERYBODY[len(DECIDERS) :] if one.zone == "Australia/Sydney"])
        self._plain(self.slots.after(_noon(SATURDAY)), who)
        evening = self.slots.after(_noon(SATURDAY) + timedelta(hours=6))
        self.slots.keep(evening + timedelta(days=7))
        self.presses.append(Press(evening, DECIDERS["tara"].account, "approve", self._number - 1))

    def asked_back(self, who: str) -> None:
        """Somebody asks, and answers the question that comes back."""
        self._plain(self.slots.after(_noon(ASKED_BACK)), who)
        self._asked_back(_noon(ASKED_BACK) + timedelta(hours=1), who, DECIDERS["tara"].account, self._number - 1, 1.0)

    def out_of_reach(self, gap: Gap, staff: list[str]) -> None:
        """One asks the day before, and one meanwhile; whoever is out of reach presses nothing."""
        account, noon = DECIDERS[gap.who].account, _noon(gap.first)
        first, back = self.slots.after(noon), self.slots.after(_noon(gap.back))
        self.lost.append(Lost(account, gap.how, first, back))
        self.presses.append(Press(first, account, "lost", how=gap.how))
        self.presses.append(Press(back, account, "found", how=gap.how))
        reason = (STAFF_REASONS if gap.who == "tara" else CLAIMS)[0]
        for hours in (-26, 3):
            self._plain(self.slots.after(noon + timedelta(hours=hours)), self.random.choice(staff), reason)

    def passed_on(self, day: date, who: str, passers: tuple[str, ...], *, investigation: bool) -> None:
        """Somebody asks, and one after the other passes it on."""
        self._plain(self.slots.after(_noon(day)), who, (CLAIMS if investigation else STAFF_REASONS)[0])
        for hours, passer in enumerate(passers, 1):
            at = self.slots.after(_noon(day) + timedelta(hours=hours))
            self.presses.append(Press(at, DECIDERS[passer].account, "pass_on", self._number - 1))

    def _plain(self, at: datetime, who: str, reason: str = STAFF_REASONS[0]) -> None:
        """About a call that nobody with a role was on; what never lapses is given up."""
        self.presses.append(Press(at, who, "file", self._number, reason, (CALLS - 1 - self._number,)))
        if reason in CLAIMS:
            self.presses.append(Press(self.slots.after(at + timedelta(days=9)), who, "withdraw", self._number))
        self._number += 1

    def _about(self, at: datetime, who: str, *, investigation: bool) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Which calls, and whom it concerns: of those who decide one at most has a conflict, so that somebody is left."""
        random, roles = self.random, range(len(DECIDERS))
        calls = random.sample(range(len(DECIDERS), CALLS), random.choice([1, 1, 2]))
        crowded = any(_day(at).toordinal() in days for days in CROWDED)
        if crowded or who in {one.account for one in DECIDERS.values()}:
            return tuple(calls), ()
        if investigation and random.random() < 0.4:
            return tuple(calls), (random.choice(["tara", "deven", "helena", "henrik", "ruth"]),)
        return (random.choice(roles), *calls[1:]) if random.random() < 0.2 else tuple(calls), ()

    def _fate(self, at: datetime, who: str, number: int, *, investigation: bool) -> None:
        random = self.random
        shorts = (
            ("helena", "helena", "henrik", "ruth", "miles")
            if investigation
            else ("tara", "tara", "deven", "helena", "ruth")
        )
        decider = DECIDERS[random.choice(shorts)].account
        later = at + timedelta(
            hours=random.choice([random.randrange(1, 24), random.randrange(24, 100), random.randrange(100, 300)])
        )
        if investigation:
            # It never lapses, and is given up in the end, whatever else came of it.
            given_up = at + timedelta(days=random.choice([6, 9, 16, 16, 24]))
            self.presses.append(Press(self.slots.after(given_up), who, "withdraw", number))
        match random.choices(
            ["silence", "approve", "deny", "question", "withdraw", "pass_on"], [30, 28, 10, 10, 12, 10]
        )[0]:
            case "approve" if self.approvals_left:
                self._approved(later, who, decider, number)
            case "deny":
                self.presses.append(Press(self.slots.after(later), decider, "deny", number))
            case "question":
                self._asked_back(later, who, decider, number)
            case "pass_on":
                self.presses.append(Press(self.slots.after(later), decider, "pass_on", number))
            case "withdraw":
                self.presses.append(Press(self.slots.after(later), who, "withdraw", number))
            case _:
                return

    def _approved(self, moment: datetime, who: str, decider: str, number: int) -> None:
        self.approvals_left -= 1
        at = self.slots.to_approve(moment)
        self.presses.append(Press(at, decider, "approve", number))
        if self.random.random() < 0.3:
            back = self.slots.after(at + timedelta(hours=self.random.randrange(1, 160)))
            self.presses.append(Press(back, self.random.choice([who, decider]), "withdraw", number))

    def _asked_back(self, moment: datetime, who: str, decider: str, number: int, answered: float = 0.6) -> None:
        at = self.slots.after(moment)
        self.presses.append(Press(at, decider, "question", number))
        if self.random.random() < answered:
            self.presses.append(Press(self.slots.after(at + timedelta(hours=5)), who, "answer", number))

    def absences(self) -> None:
        """Everybody says so a day or two before, and one is back early."""
        for one in ABSENCES:
            who, before = DECIDERS[one.who].account, timedelta(days=self.random.randrange(1, 3))
            at = self.slots.after(_noon(one.first) - before)
            self.presses.append(Press(at, who, "away", first=one.first, last=one.last))
            if one.back is not None:
                self.presses.append(Press(self.slots.after(_noon(one.back)), who, "back"))


def a_plan(seed: int, requests: int, weeks: int = QUARTER, fixed: Iterable[Wish] = WISHES) -> Plan:
    """The first so many weeks: what stands fixed in them, and as many more requests as are wanted in all, at any hour."""
    making, last = Making(seed, requests), NOW + timedelta(weeks=weeks)
    random, staff = making.random, [one.account for one in EVERYBODY[len(DECIDERS) :]]
    _fixed(making, staff, last)
    wishes = [one for one in fixed if _noon(one.day) < last][: requests - making.requests]
    for one in wishes:
        who = random.choice(staff) if one.who == "anybody" else DECIDERS[one.who].account
        making.ask(_noon(one.day) - timedelta(hours=3), who, investigation=one.investigation)
    for _ in range(requests - making.requests):
        moment = NOW + timedelta(minutes=random.randrange(weeks * 7 * 24 * 60))
        making.ask(moment, random.choice(staff), investigation=random.random() < 0.25)
    end = last + TO_LAPSE
    lost = tuple(making.lost)
    presses = (one for one in making.presses if one.at < end and not _out(one, lost))
    return Plan(tuple(sorted(presses, key=lambda one: one.at)), lost, end)


def _fixed(making: Making, staff: list[str], last: datetime) -> None:
    making.absences()
    making.on_a_saturday()
    making.asked_back(making.random.choice(staff))
    for gap in (one for one in GAPS if _noon(one.back) < last):
        making.out_of_reach(gap, staff)
    for day, investigation, passers in PASSED_ON:
        if _noon(day) < last:
            making.passed_on(day, making.random.choice(staff), passers, investigation=investigation)


def _out(press: Press, lost: tuple[Lost, ...]) -> bool:
    """Whether somebody would press this who is out of reach; what the chat tells of an account is no press of the person."""
    if press.what in {"lost", "found"}:
        return False
    return any(one.account == press.who and one.since <= press.at <= one.until for one in lost)


def _noon(day: date) -> datetime:
    """In the middle of the company's working day, in summer."""
    return datetime.combine(day, time(2), UTC)


def _day(moment: datetime) -> date:
    """The company's day, in summer."""
    return (moment + timedelta(hours=11)).date()
