"""What the audit log says of when calls go, so that nobody moves the moment of one unseen (P12, C1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from storage.records import Recording


def goes(recordings: Iterable[Recording]) -> dict[str, dict[str, str]]:
    """By recording, for an entry that fixes or changes its moment: when it goes, empty for never; nothing of no recording."""
    found = {str(one.id): one.erase_at.astimezone(UTC).isoformat() if one.erase_at else "" for one in recordings}
    return {"moments": found} if found else {}
