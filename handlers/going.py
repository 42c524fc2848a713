"""What the audit log says of when calls go, how they stand, and what keeps them, so that nobody changes that unseen (P5, P12, C1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from storage.records import Recording
from storage.tables.erasures import Keep


def goes(recordings: Iterable[Recording]) -> dict[str, dict[str, str]]:
    """By recording, for an entry that fixes or changes its moment: when it goes, empty for never; nothing of no recording."""
    found = {str(one.id): _said(one.erase_at) if one.erase_at else "" for one in recordings}
    return {"moments": found} if found else {}


def stand(recordings: Iterable[Recording]) -> dict[str, dict[str, list[int]]]:
    """By state, for an entry that gives calls one, or may: those that have it now. Said of none as well, which no earlier version did."""
    found: dict[str, list[int]] = {}
    for one in recordings:
        found.setdefault(one.state, []).append(one.id)
    return {"states": found}


def stood(recordings: Iterable[Recording]) -> dict[int, str]:
    """How these calls stand, to be remembered before something is done."""
    return {one.id: one.state for one in recordings}


def anew(recordings: Iterable[Recording], before: Mapping[int, str]) -> list[Recording]:
    """Those that stand otherwise than `before`, or were not there; each once."""
    return [one for one in {one.id: one for one in recordings}.values() if before.get(one.id) != one.state]


def keeps(rows: Iterable[Keep], of: str) -> dict[str, dict[str, list[str]]]:
    """For an entry that has calls kept, or changes that: for what and until when, by the column `of` (`matter_id`, `recording_id`)."""
    return {"keeps": {str(getattr(one, of)): [one.why, _said(one.ends_at)] for one in rows}}


def _said(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
