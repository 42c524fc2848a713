"""When a checkpoint of the audit log is due: once each day, when the company begins to work."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.policy import Policy

USUALLY = time(9)


def checkpoint_day(policy: Policy, now: datetime) -> date:
    """The day whose checkpoint should be there by now; before the hour at which work begins it is the day before.

    So nobody is woken for it, and what was missed is made up for as soon as the program runs again.
    """
    local = now.astimezone(ZoneInfo(policy.lines[policy.company.home_line].time_zone))
    begins = policy.working_time.start or USUALLY
    return local.date() if local.time() >= begins else local.date() - timedelta(days=1)
