"""What keeps one version of an object in a bucket with Object Lock, asked version by version."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.ports import Absent, Unavailable
from bot.recorders.s3.asking import Bucket, Version

_NONE = {
    "NoSuchObjectLockConfiguration", "NoSuchObjectLegalHold", "ObjectLockConfigurationNotFoundError", "InvalidRequest",
}  # fmt: skip


def under_legal_hold(bucket: Bucket, one: Version) -> bool:
    """Whether a legal hold keeps this version; raises `Unavailable`."""
    return bool(_asked(bucket, one, "get_object_legal_hold", "LegalHold").get("Status") == "ON")


def retained_until(bucket: Bucket, one: Version) -> datetime | None:
    """Until when (UTC) a retention keeps this version, past or not; raises `Unavailable`."""
    until = _asked(bucket, one, "get_object_retention", "Retention").get("RetainUntilDate")
    return until.astimezone(UTC) if isinstance(until, datetime) else None


def _asked(bucket: Bucket, one: Version, operation: str, kind: str) -> dict[str, Any]:
    try:
        return dict(bucket.ask(operation, one.name, VersionId=one.id).get(kind, {}))
    except Absent:
        return {}
    except Unavailable as error:
        if error.answer not in _NONE:
            raise
        return {}
