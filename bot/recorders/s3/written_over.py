"""A recording over which another one was stored: its version is still in the bucket, until its own moment (P12).

The register calls it by the name that it had, its stamp and its number, a line each.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from bot.ports import Absent
from bot.recorders.s3.asking import Bucket, Item, Version, names_audio
from bot.recorders.sidecar import parts
from bot.recorders.tree import sidecar_of


class WrittenOver(NamedTuple):
    """The name that such a recording had, and its stamp."""

    name: str
    stamp: str


def written_over(native_id: str) -> WrittenOver | None:
    """What such a name says; None for any other."""
    name, *more = native_id.split("\n")
    return WrittenOver(name, more[0]) if len(more) == 2 and names_audio(name) else None


def audio_versions(bucket: Bucket, one: WrittenOver) -> list[tuple[Version, Item]]:
    """What is left of its audio; raises `Unavailable`."""
    return _past(bucket, one.name, parts(one.stamp)[0])


def all_versions(bucket: Bucket, one: WrittenOver) -> list[Version]:
    """What is left of its audio and of the metadata beside it; raises `Unavailable`."""
    beside = _past(bucket, sidecar_of(one.name), parts(one.stamp)[1])
    return [version for version, _ in (*audio_versions(bucket, one), *beside)]


def _past(bucket: Bucket, name: str, identity: str) -> list[tuple[Version, Item]]:
    """Versions of this object that had this identity, but for the one that is shown now."""
    shown, found = bucket.head_or_none(name), list[tuple[Version, Item]]()
    for one in bucket.versions(name) if identity else ():
        if not one.marker and (shown is None or one.id != shown.version):
            with suppress(Absent):
                item = bucket.head(name, one.id)
                found += [(one, item)] if item.identity == identity else []
    return found
