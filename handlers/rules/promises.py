"""What was promised beside what the calendar says now: a change is told, and moves no promise in silence (P8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .calendars import Calendar, DayOff
from .working_days import Due, due


@dataclass(frozen=True, slots=True)
class Changed:
    """A calendar that is no more what it was when something was promised; the promise stays.

    `off_now` were working days then, `working_now` were none; `anew` is what would be promised now.
    """

    promised: Due
    anew: Due
    off_now: tuple[DayOff, ...]
    working_now: tuple[date, ...]

    @property
    def moves(self) -> bool:
        """Whether another moment would be promised now."""
        return self.anew.at != self.promised.at


def changed(promised: Due, calendar: Calendar) -> Changed | None:
    """How the line's calendar of today differs from that of the promise; None where both say the same.

    A cut-off or zone that was changed counts, too, where it would move the moment.
    """
    span = promised.calendar
    anew = due(calendar, promised.received, len(promised.counted))
    if calendar.version(span.first, span.last).digest == span.digest and anew.at == promised.at:
        return None
    before = {off.day for off in (*promised.before, *promised.skipped)}
    now = tuple(calendar.offs(span.first, span.last))
    off_now = tuple(off for off in now if off.day not in before)
    return Changed(promised, anew, off_now, tuple(sorted(before - {off.day for off in now})))
