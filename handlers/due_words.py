"""How a due moment was counted, in words that anybody can follow, for Details and for the command line (P8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.cards import When
from handlers.rules.working_days import DayOff, Due
from handlers.words import beside, city, day_words, moment_words

Told = tuple[str | When, ...]


def sum_words(due: Due, now: datetime | None = None, what: str = "Due") -> Told:
    """“Received Thu 22 Apr, 17:20 Sydney, after 17:00 Sydney, so it counts as Fri 23 Apr. … Due Wed 5 May, 17:00 Sydney …”

    Moments are drawn in the reader's zone, with the line's where it differs; days are the line's. Without `now` (aware)
    each day has its year. `what` is said of the moment that was counted. Weekends stand there only where one delayed the receipt.
    """
    today = _today(due, now)
    told = [f"{_is(off, today)}. " for off in _worth_telling(due)]
    last = f", on working day {len(due.counted)}."
    received, at = (When(moment, due.zone, now) for moment in (due.received, due.at))
    return "Received ", received, f"{_counts_as(due, today)}. {''.join(told)}{what} ", at, last


def in_words(words: Told, zone: str) -> str:
    """Such words as plain text for a reader in an IANA zone."""
    return "".join(
        one if isinstance(one, str) else f"{moment_words(one.at, zone, one.now)}{beside(one, zone)}" for one in words
    )


def caution(due: Due) -> str:
    """That holidays may be missing, which nobody has proclaimed yet; nothing where all years are declared."""
    if not due.undeclared:
        return ""
    years = " and ".join(map(str, due.undeclared))
    return f"The public holidays of {years} may not all be declared yet."


def why_off(off: DayOff) -> str:
    """Why a day is no working day: “public holiday, Good Friday”."""
    if off.why == "weekend" and off.day.weekday() < 5:
        return "day on which nobody works"
    return f"{off.why}, {off.name}" if off.name else off.why


def why_later(due: Due) -> str:
    """Why day 0 is not the day of receipt: “after 17:00 Sydney” or “on a weekend”; nothing where it is."""
    if due.late:
        return f"after {due.cut_off:%H:%M} {city(due.zone)}"
    return f"on a {why_off(due.before[0])}" if due.before else ""


def _counts_as(due: Due, today: date | None) -> str:
    why = why_later(due)
    return f", {why}, so it counts as {day_words(due.day0, today)}" if why else ""


def _worth_telling(due: Due) -> Iterator[DayOff]:
    told_already = 0 if due.late else 1
    yield from (off for off in (*due.before[told_already:], *due.skipped) if off.why != "weekend")


def _is(off: DayOff, today: date | None) -> str:
    return f"{day_words(off.day, today)} is a {why_off(off)}"


def _today(due: Due, now: datetime | None) -> date | None:
    return now.astimezone(ZoneInfo(due.zone)).date() if now else None
