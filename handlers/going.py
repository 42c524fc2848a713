"""What the log says of what keeps calls (P12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from storage.tables.erasures import Keep


def keeps(rows: Iterable[Keep], of: str) -> dict[str, dict[str, list[str]]]:
    """For an entry that has calls kept, or changes that: for what and until when, by the column `of` (`matter_id`, `recording_id`)."""
    return {"keeps": {str(getattr(one, of)): [one.why, _said(one.ends_at)] for one in rows}}


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
