"""Words that more than one feature needs: how a call, a length, a moment and a state are named to people."""

from __future__ import annotations

from datetime import datetime
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


def clock_words(at: datetime, zone: str) -> str:
    """A moment in an IANA zone, such as “at 10:04 on Tue 24 Nov (Sydney)”."""
    local = at.astimezone(ZoneInfo(zone))
    return f"at {local:%H:%M} on {local:%a} {local.day} {local:%b} ({zone.rpartition('/')[2].replace('_', ' ')})"


def length_words(seconds: float) -> str:
    """A length such as “1 min 3 s”."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def line_words(number: str, policy: Policy) -> tuple[str, str]:
    """A line's label and its zone (IANA); one that the policy names no more keeps its number, in UTC."""
    line = policy.line(number)
    return (line.label, line.time_zone) if line else (number, "UTC")


def call_line(recording: Recording, policy: Policy) -> Words:
    """One line for a card."""
    line, zone = line_words(recording.line, policy)
    parts = [f"{recording.direction} call", length_words(recording.seconds), f"with {recording.operator_name}"]
    parts += [f"caller {mask(recording.caller)}", line]
    return ("📞 ", When(recording.started, zone), " · " + " · ".join(parts))
