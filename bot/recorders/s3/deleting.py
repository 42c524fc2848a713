"""Takes every version of a recording out of the bucket: the one place that deletes there."""

from __future__ import annotations

from collections.abc import Iterable

from bot.ports import Absent, Held, Unavailable
from bot.recorders.s3.address import names_audio
from bot.recorders.s3.asking import Bucket, Version
from bot.recorders.s3.locks import retained_until, under_legal_hold
from bot.recorders.tree import printable, sidecar_of


def delete_recording(bucket: Bucket, native_id: str) -> None:
    """Delete each version and delete marker of the audio, then those of the metadata beside it; what is not there is fine.

    Raises `Held` before anything is deleted where a version of either is locked, and `Unavailable` where something has to
    stay: it may not be deleted, or the metadata are another audio's as well. Done twice it is done once.
    """
    if not names_audio(native_id):
        return
    beside = sidecar_of(native_id)
    audio, words = bucket.versions(native_id), bucket.versions(beside)
    if bucket.facts().locks:
        for one in (*audio, *words):
            _ask_lock(bucket, one)
    # The audio first: a crash between the two leaves words without sound, never sound that nothing describes.
    _take(bucket, audio)
    if words and (others := _others(bucket, native_id)):
        raise Unavailable(f"{beside} is also that of {min(others)}, so it was left: keep one of them, or rename it.")
    _take(bucket, words)


def _take(bucket: Bucket, versions: Iterable[Version]) -> None:
    # Markers last: without its marker an older version would be the latest again.
    for one in sorted(versions, key=lambda one: one.marker):
        try:
            bucket.ask("delete_object", one.name, VersionId=one.id)
        except Absent:
            continue
        except Unavailable as error:
            if error.answer != "AccessDenied":
                raise
            _ask_lock(bucket, one)
            words = f"{printable(one.name)} may not be deleted: allow s3:DeleteObject and s3:DeleteObjectVersion."
            raise Unavailable(words, answer=error.answer) from error


def _others(bucket: Bucket, native_id: str) -> set[str]:
    """Other audio that has the same metadata object now."""
    stem = native_id.rpartition(".")[0]
    listed = (one["Key"] for page in bucket.names(f"{stem}.") for one in page.get("Contents", ()))
    names = {bucket.place.name(key) for key in listed} - {native_id}
    return {name for name in names if name.rpartition(".")[0] == stem and names_audio(name)}


def _ask_lock(bucket: Bucket, one: Version) -> None:
    """Raises `Held` where the bucket keeps this version, in words that name why, and until when."""
    if one.marker or not bucket.facts().locks:
        return
    if under_legal_hold(bucket, one):
        raise Held(f"{printable(one.name)} is under a legal hold in the bucket (version {one.id}).")
    until = retained_until(bucket, one)
    if until is not None and until > bucket.now():
        told = f"{printable(one.name)} is kept by the bucket's retention until {until:%Y-%m-%d %H:%M} UTC"
        raise Held(f"{told} (version {one.id}).", until)
