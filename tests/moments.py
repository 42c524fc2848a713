"""The moment at which tests start, and the present moment of a running test."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday, 14:00 in Sydney


def moment() -> datetime:
    """Return the running test's moment, aware, in UTC: what it named or `NOW`, and the seconds since then.

    `tests/conftest.py` sets the clock that this reads. No other file in tests/ reads one.
    """
    return datetime.now(UTC)
