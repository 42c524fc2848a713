"""Words that more than one feature needs: how a call, a length, a moment and a state are named to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.cards import Sign, When, Words
from handlers.rules.phone import mask
from handlers.rules.policy import Policy
from storage.records import Recording

SIGNS = {
    "waiting": Sign.WAITING,
    "stuck": Sign.ALARM,
    "approved": Sign.APPROVED,
    "denied": Sign.DENIED,
    "withdrawn": Sign.WITHDRAWN,
    "ended": Sign.ENDED,
}


def clock_words(at: datetime, zone: str, now: datetime) -> str:
    """A moment in an IANA zone, such as “at 10:04 on Tue 24 Nov (Sydney)”; with its year where it is not that of `now`."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    return f"at {local:%H:%M} on {day_words(local.date(), today)} ({zone.rpartition('/')[2].replace('_', ' ')})"


def day_words(day: date, today: date) -> str:
    """A day such as “Tue 24 Nov”, with its year where it is another one."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day:%a} {day.day} {day:%b}{year}"


def calls_words(recordings: Sequence[Recording], today: date) -> str:
    """How many calls, and of which days in their lines' zones: “2 calls of Sat 21 Nov to Mon 23 Nov”."""
    days = sorted({date.fromisoformat(one.local_day) for one in recordings})
    span = " to ".join(dict.fromkeys(day_words(day, today) for day in (days[0], days[-1])))
    return f"{'1 call' if len(recordings) == 1 else f'{len(recordings)} calls'} of {span}"


def length_words(seconds: float) -> str:
    """A length such as “1 min 3 s”, never broken over two lines."""
    minutes, rest = divmod(round(seconds), 60)
    words = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def line_words(number: str, policy: Policy) -> tuple[str, str]:
    """A line's label and its zone (IANA); one that the policy names no more keeps its number, in UTC."""
    line = policy.line(number)
    return (line.label, line.time_zone) if line else (number, "UTC")


def masked(number: str) -> str:
    """A number to its last three digits, never broken over two lines; says when it was withheld."""
    return mask(number).replace("• ", "•\N{NO-BREAK SPACE}")


def call_line(recording: Recording, policy: Policy, now: datetime) -> Words:
    """One line for a card."""
    line, zone = line_words(recording.line, policy)
    parts = [f"{recording.direction} call", length_words(recording.seconds), f"with {recording.operator_name}"]
    parts += [f"caller {masked(recording.caller)}", line]
    return ("📞 ", When(recording.started, zone, now), " · " + " · ".join(parts))
