"""Takes every version of a recording out of the bucket: the one place that deletes there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from bot.ports import Absent, Changed, Held, Unavailable
from bot.recorders.s3.address import names_audio
from bot.recorders.s3.asking import Bucket, Item, Version
from bot.recorders.s3.locks import retained_until, under_legal_hold
from bot.recorders.s3.written_over import all_versions, written_over
from bot.recorders.stamps import refuse_another
from bot.recorders.tree import printable, sidecar_of

_UNVERSIONED = "null"
"""The version of an object that was stored while the bucket kept none: what is stored next may replace it."""
_KNOWS_NO_CONDITION = {"NotImplemented", "501", "InvalidArgument", "InvalidRequest"}


def delete_recording(bucket: Bucket, native_id: str, stamp: str) -> None:
    """Delete each version and delete marker of the audio, then those of the metadata beside it; what is not there is fine.

    Raises `Changed` before anything is deleted where what is shown there, or hidden by a marker, is another recording than
    that with this stamp; `Held` where a version of either is locked; and `Unavailable` where something has to stay: it may
    not be deleted, or the metadata are another audio's as well. Done twice it is done once. Of a recording that was written over
    its own versions go, and no others.
    """
    if (past := written_over(native_id)) is not None:
        left = all_versions(bucket, past)
        for one in left:
            _ask_lock(bucket, one)
        _take(bucket, left, None)
        return
    if not names_audio(native_id):
        return
    beside = sidecar_of(native_id)
    # Listed before it is compared: what is stored afterwards is a version that nobody asks to be deleted.
    audio, words = bucket.versions(native_id), bucket.versions(beside)
    heard, said = bucket.head_or_none(native_id), bucket.head_or_none(beside)
    refuse_another(
        native_id, stamp, *(one.identity if one else "" for one in (heard or bucket.hidden(native_id), said))
    )
    if bucket.facts().locks:
        for one in (*audio, *words):
            _ask_lock(bucket, one)
    # The audio first: a crash between the two leaves words without sound, never sound that nothing describes.
    _take(bucket, audio, heard)
    if words and (others := _others(bucket, native_id)):
        raise Unavailable(f"{beside} is also that of {min(others)}, so it was left: keep one of them, or rename it.")
    _take(bucket, words, said)


def _take(bucket: Bucket, versions: Sequence[Version], shown: Item | None) -> None:
    # Markers last: without its marker an older version would be the latest again.
    for one in sorted(versions, key=lambda one: (one.marker, one.id != _UNVERSIONED)):
        try:
            _delete(bucket, one, shown)
        except Changed:
            raise
        except Absent:
            continue
        except Unavailable as error:
            if error.answer != "AccessDenied":
                raise
            _ask_lock(bucket, one)
            words = f"{printable(one.name)} may not be deleted: allow s3:DeleteObject and s3:DeleteObjectVersion."
            raise Unavailable(words, answer=error.answer) from error
        if one.marker and one.id == _UNVERSIONED:
            _replace_marker(bucket, one.name)


def _replace_marker(bucket: Bucket, name: str) -> None:
    """Some servers keep a marker that has no version of its own: an empty object takes its place, and is deleted."""
    if any(one.marker and one.id == _UNVERSIONED for one in bucket.versions(name)):
        with suppress(Changed):  # a new call has its place already
            put = bucket.ask("put_object", name, Body=b"", IfNoneMatch="*")
            bucket.ask("delete_object", name, VersionId=_UNVERSIONED, IfMatch=put["ETag"])


def _delete(bucket: Bucket, one: Version, shown: Item | None) -> None:
    """Of what has no version of its own only what is `shown` and was compared goes, as far as the server can promise that."""
    compared = shown and not one.marker and one.id == _UNVERSIONED == (shown.version or _UNVERSIONED)
    condition = {"IfMatch": shown.etag} if shown and compared else {}
    try:
        bucket.ask("delete_object", one.name, VersionId=one.id, **condition)
    except Unavailable as error:
        if not condition or error.answer not in _KNOWS_NO_CONDITION:
            raise
        bucket.ask("delete_object", one.name, VersionId=one.id)


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
