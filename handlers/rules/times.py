"""Moments and how far off they are, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def ends_after(start: datetime, days: int) -> datetime:
    """So many days of 24 hours after an aware moment, in UTC, whatever clocks do at night meanwhile."""
    return start.astimezone(UTC) + timedelta(days=days)


def relative(at: datetime, now: datetime) -> str:
    """How far `at` is from `now` (both aware), to the nearest unit: “in 6 days”, “2 hours ago”."""
    seconds = (at - now).total_seconds()
    amount = _amount(abs(seconds))
    if amount is None:
        return "in less than a minute" if seconds > 0 else "just now"
    return f"in {amount}" if seconds > 0 else f"{amount} ago"


def _amount(seconds: float) -> str | None:
    if seconds < 60:
        return None
    for unit, length, most in (("minute", 60, 60), ("hour", 3600, 48)):
        count = int(seconds / length + 0.5)
        if count < most:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{int(seconds / 86400 + 0.5)} days"
