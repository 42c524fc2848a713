"""Whether what somebody's status in Slack says looks like a holiday, and until when; its words are read here and go no further."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

EMOJI = frozenset({":palm_tree:", ":desert_island:", ":beach_with_umbrella:"})
WORDS = re.compile(
    r"\b(holidays?|vacation(ing)?|annual leave|parental leave|(on|am on) leave|out of (the )?office|ooo|away until)\b"
)
BACK = re.compile(r"\b(back from|no (holidays?|vacation)|working)\b")
LATEST = 2**32  # seconds: no status lasts that long, and a moment can be made of it


def holiday(user: Mapping[str, Any]) -> datetime | None:
    """When a status ends that suggests a holiday, of Slack's user object; None for any other, and for one without an end."""
    profile = user.get("profile")
    about: Mapping[str, Any] = profile if isinstance(profile, dict) else {}
    ends = about.get("status_expiration")
    if not isinstance(ends, int) or not 0 < ends < LATEST:
        return None
    words = " ".join(str(about.get("status_text") or "").casefold().split())
    shown = str(about.get("status_emoji") or "").split("::")[0].rstrip(":") + ":"
    suggests = shown in EMOJI or WORDS.search(words) is not None
    return datetime.fromtimestamp(ends, UTC) if suggests and BACK.search(words) is None else None
