"""What becomes of a call whose customer declines to be recorded, and who decides about it (P5).

| the call       | `declined_midway` | what was recorded                                                                |
|----------------|-------------------|----------------------------------------------------------------------------------|
| live           | discard           | locked at once; erased after so many working days, unless the Head keeps it      |
| live           | restrict          | locked at once, until the Head decides                                           |
| finished       | either            | locked at once, until the Head decides                                           |

| who decides              | unless                                                              | then                                |
|--------------------------|---------------------------------------------------------------------|-------------------------------------|
| Head of Customer Success | on the call, or an investigation or hold of it is about them; away or out | Manager, HR, then `breach_fallback` |

A call needed by an open request, an investigation, a customer's copy or a hold is kept until that is over, then erased.

| the agent hasn't said which call it was | who is reminded                                                           |
|-----------------------------------------|---------------------------------------------------------------------------|
| on the next working morning             | the agent; if the agent left or can't be reached, the deciders            |
| on the working morning after that       | the deciders, and again each working day                                  |
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handlers.policy import Policy, RoleName
from handlers.rules.deadlines import calendar_and_zone_of, next_working_moment
from handlers.rules.routing import Circumstances
from handlers.rules.working_days import calendar_of, due_after, moment_of

CHAIN: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")
LOOKING = timedelta(minutes=2)
"""How long a live call is looked for while the phone system doesn't answer."""
EARLIER = timedelta(minutes=10)
"""How far two clocks may differ about when a call began."""
KEPT: Mapping[str, str] = {
    "mistake": "It was pressed by mistake: the caller didn’t decline",
    "agreed": "The caller agreed to be recorded after all",
    "needed": "It is needed for an investigation or a legal claim",
}
"""Why a recording is kept all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclinedCircumstances(Circumstances, clause="P5", chain=CHAIN):
    """One call whose customer declined; it concerns those whom an investigation or a hold of it is about."""


def erased_at(policy: Policy, line: str, now: datetime) -> datetime | None:
    """Return when the recording of a live call is erased (UTC) if its customer declines at `now` (aware); None if a
    person has to decide.
    """
    if policy.declined_midway == "restrict":
        return None
    days = policy.declined_after_working_days
    return due_after(calendar_of(policy, line), now, days).at if days else now


def next_morning(policy: Policy, zone: str, line: str, now: datetime) -> datetime:
    """Return when work next begins (UTC), after `now` (aware), for a person in `zone` (IANA) and a matter of `line`."""
    calendar, here = calendar_and_zone_of(policy, zone, line)
    first = next_working_moment(calendar, now, here)
    if first > now:
        return first
    today = now.astimezone(ZoneInfo(here)).date()
    return next_working_moment(calendar, moment_of(today + timedelta(days=1), time.min, here), here)


def fits_call(started: datetime, began: datetime | None) -> bool:
    """Return True if a recording found under a call's name can be of that call (both moments aware): one that started
    clearly earlier is another call's.
    """
    return began is None or started > began - EARLIER


# What a list of declines says of `Declined.how` and `Declined.state`.
HOW: Mapping[str, str] = {"midway": "during the call", "afterwards": "after the call", "": "call not known yet"}
BECAME: Mapping[str, str] = {
    "kept": "kept",
    "going": "erased or being erased",
    "waiting": "is waiting for a decision",
    "stuck": "is waiting for a decision",
}


class Said(NamedTuple):
    """One caller's decline, as counted; `operator` is 0 until it is known who was on the call."""

    line: str
    operator: int
    how: str
    state: str
    id: str


@dataclass(frozen=True, slots=True)
class Group:
    """Declines on one line and with one operator; `how` and `became` count them by the words for it."""

    line: str
    operator: int
    how: Mapping[str, int]
    became: Mapping[str, int]
    ids: tuple[str, ...]


def group_by_operator(declines: Iterable[Said]) -> list[Group]:
    """Group declines by line and operator, in the given order; those of a group must be adjacent."""
    return [
        _make_group(line, operator, list(each)) for (line, operator), each in groupby(declines, key=lambda one: one[:2])
    ]


def _make_group(line: str, operator: int, declines: list[Said]) -> Group:
    how, became = [HOW.get(one.how, "") for one in declines], [BECAME.get(one.state, one.state) for one in declines]
    return Group(line, operator, _count_each(how), _count_each(became), tuple(one.id for one in declines))


def _count_each(words: list[str]) -> dict[str, int]:
    return {one: words.count(one) for one in dict.fromkeys(words) if one}
