"""Keeps a recording in the bucket by legal holds, as long as one case asks for it; who asks is counted in the bucket itself."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

from bot.ports import Absent
from bot.recorders.s3.asking import Bucket
from bot.recorders.s3.audio import BucketAudio
from bot.recorders.s3.locks import under_legal_hold
from bot.recorders.s3.written_over import written_over
from bot.recorders.tree import sidecar_of

COUNTED = ".holds"
"""Where an empty object stands for each case of each recording, by digests: neither names nor cases can be read there."""
_OTHERS = "others"


def hold_recording(bucket: Bucket, native_id: str, case: str) -> None:
    """Set a legal hold on all versions; raises `Absent` or `Unavailable`. A bucket without Object Lock keeps nothing.

    A hold that somebody else had set before is counted as one more case, which no release of ours ends.
    """
    BucketAudio.open(bucket, native_id)
    native_id = _own_name(native_id)
    if not bucket.facts().locks:
        return
    # In this order: where a hold of ours stands, what counts it stands, too.
    held = any(under_legal_hold(bucket, one) for one in bucket.versions(native_id) if not one.marker)
    if held and not _cases(bucket, native_id):
        _count(bucket, native_id, _OTHERS)
    _count(bucket, native_id, _digest(case))
    _set(bucket, native_id, on=True)


def release_recording(bucket: Bucket, native_id: str, case: str) -> None:
    """End the hold of one case, and lift it with the last; what is not held is fine. Raises `Unavailable`."""
    if not bucket.facts().locks:
        return
    native_id = _own_name(native_id)
    mine, cases = _digest(case), _cases(bucket, native_id)
    if mine not in cases:
        return
    if cases == {mine}:
        _set(bucket, native_id, on=False)
    # A marker is enough: only what stands there now is counted, and a retention would refuse more.
    bucket.ask("delete_object", _counter(native_id, mine))
    if cases == {mine} and _cases(bucket, native_id):  # another case came meanwhile
        _set(bucket, native_id, on=True)


def _own_name(native_id: str) -> str:
    """Of a recording that was written over the name that it had: the hold is on all versions of that."""
    past = written_over(native_id)
    return past.name if past is not None else native_id


def _set(bucket: Bucket, native_id: str, *, on: bool) -> None:
    for name in (native_id, sidecar_of(native_id)):
        for one in bucket.versions(name):
            if not one.marker:
                with suppress(Absent):
                    status = {"Status": "ON" if on else "OFF"}
                    bucket.ask("put_object_legal_hold", name, VersionId=one.id, LegalHold=status)


def _cases(bucket: Bucket, native_id: str) -> set[str]:
    start = _counter(native_id, "")
    pages = bucket.names(start)
    return {bucket.place.name(one["Key"]).removeprefix(start) for page in pages for one in page.get("Contents", ())}


def _count(bucket: Bucket, native_id: str, case: str) -> None:
    bucket.ask("put_object", _counter(native_id, case), Body=b"")


def _counter(native_id: str, case: str) -> str:
    return f"{COUNTED}/{_digest(native_id)}/{case}"


def _digest(words: str) -> str:
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:32]
