"""Working days and working hours for the checker, told from the calendars alone: it shares no code with the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

A_DAY = timedelta(days=1)
BEGIN, END = time(9), time(17)
YEARS = range(2026, 2029)
AU, UK = "+61281979000", "+442036953777"
LINES = {
    AU: (ZoneInfo("Australia/Sydney"), holidays.country_holidays("AU", subdiv="NSW", years=YEARS)),
    UK: (ZoneInfo("Europe/London"), holidays.country_holidays("GB", subdiv="ENG", years=YEARS)),
}
THERE = {
    "Australia/Sydney": AU, "Australia/Canberra": AU, "Europe/London": UK, "Europe/Belfast": UK,
}  # fmt: skip
"""By whose days somebody works who lives where a line is; everybody else works by those of the matter's line."""


class Days:
    """The calendars of the lines, and days on which the company is shut, with the line that each is for."""

    def __init__(self, shut: Mapping[date, str]) -> None:
        self.shut = shut

    def works(self, line: str, day: date) -> bool:
        return day.weekday() < 5 and day not in LINES[line][1] and self.shut.get(day) != line

    def ends(self, line: str, received: datetime) -> Iterator[datetime]:
        """When each working day ends after the one that counts as that of receipt, one after the other."""
        zone = LINES[line][0]
        local = received.astimezone(zone)
        day, late = local.date(), local.time() > END
        while late or not self.works(line, day):
            day, late = day + A_DAY, False
        while True:
            day += A_DAY
            if self.works(line, day):
                yield _at(day, END, zone)

    def next_hours(self, moment: datetime, zone: str, line: str) -> datetime:
        """This moment, where it is within working hours, else their next beginning: of somebody in `zone`, by a matter of `line`."""
        here, line = ZoneInfo(zone), THERE.get(zone, line)
        local = moment.astimezone(here)
        if self.works(line, local.date()) and local.time() < END:
            return max(moment, _at(local.date(), BEGIN, here))
        day = local.date() + A_DAY
        while not self.works(line, day):
            day += A_DAY
        return _at(day, BEGIN, here)

    def day_before(self, moment: datetime, zone: str, line: str) -> datetime:
        """The same time of day on the working day before, moved into working hours that come before the moment itself."""
        here, theirs = ZoneInfo(zone), THERE.get(zone, line)
        local = moment.astimezone(here)
        day = local.date() - A_DAY
        while not self.works(theirs, day):
            day -= A_DAY
        found = self.next_hours(_at(day, local.time(), here), zone, line)
        return found if found <= moment else _at(day, END, here)


def home_day(moment: datetime) -> date:
    """The day of the company."""
    return moment.astimezone(LINES[AU][0]).date()


def midnights(start: datetime, end: datetime) -> Iterator[datetime]:
    """Each beginning of a day of the company's, between two moments."""
    zone, day = LINES[AU][0], home_day(start) + A_DAY
    while (moment := _at(day, time(0), zone)) <= end:
        yield moment
        day += A_DAY


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
