"""Tries a bucket before recordings are trusted to it: whether strangers are let in, what is encrypted, and what it keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.ports import Absent, Unavailable
from bot.recorders.s3.asking import Bucket
from bot.recorders.s3.audio import Listing, Pair

_EVERYBODY = ("/global/AllUsers", "/global/AuthenticatedUsers")
_MEND = "Switch Block Public Access on, with all four of its settings, and take that permission away."
_UNTOLD = {"NotImplemented", "MethodNotAllowed", "501", "405"}


async def check_bucket(bucket: Bucket) -> str:
    """Sentences on what it holds and keeps; raises `Unavailable` where it is public, unencrypted, or can't be looked into."""
    facts = await asyncio.to_thread(bucket.facts)
    audio, beside, odd, some = await asyncio.to_thread(_counted, bucket)
    await asyncio.to_thread(_refuse_public, bucket)
    await asyncio.to_thread(_refuse_strangers, bucket, some)
    encrypted = await asyncio.to_thread(_encryption, bucket)
    await asyncio.to_thread(next, bucket.second_client().pages("list_object_versions", "."))
    more = f", and {odd:,} that can't be used" if odd else ""
    place = f"The bucket {bucket.place.bucket}" + (f" below {bucket.place.prefix}" if bucket.place.prefix else "")
    told = f"{place} holds {audio:,} audio objects, {beside:,} of them with metadata{more}. {encrypted}"
    return f"{told} {kept(facts.versions, facts.locks)}{retained(facts.days, facts.mode)}"


def kept(versions: bool, locks: bool) -> str:  # noqa: FBT001, two facts, in the order in which they are said
    """What the bucket keeps by itself, in a sentence."""
    past = "It keeps earlier versions" if versions else "It keeps no earlier versions"
    if locks:
        return f"{past}, and has Object Lock, so that a hold is kept by the bucket itself."
    return f"{past}, and has no Object Lock: anyone who may delete there can delete what only this program's register holds."


def retained(days: int, mode: str) -> str:
    """What a default retention means for erasing, in a sentence with a space before it; empty without one."""
    if not days:
        return ""
    return (
        f" Whatever is stored there is kept for {days:,} days (default retention, {mode}): no one can erase it before, "
        "so a call whose moment comes earlier is closed to everyone then, and erased late."
    )


def _counted(bucket: Bucket) -> tuple[int, int, int, str]:
    audio = beside = odd = 0
    waiting, some = [""], ""
    while waiting:
        listing = Listing.read(bucket, waiting.pop())
        waiting += listing.folders
        odd += len(listing.odd)
        for one in listing.found():
            pair = one if isinstance(one, Pair) else one[0]
            audio, beside, some = audio + 1, beside + (pair.sidecar is not None), pair.native_id
            odd += not isinstance(one, Pair) and one[1].why != "no_metadata"
    return audio, beside, odd, some


def _refuse_public(bucket: Bucket) -> None:
    """By what the bucket says of itself; raises `Unavailable`."""
    public = _told(bucket, "get_bucket_policy_status").get("PolicyStatus", {}).get("IsPublic")
    if public:
        raise Unavailable(f"The bucket's policy lets everyone in. {_MEND}")
    for grant in _told(bucket, "get_bucket_acl").get("Grants", ()):
        if grant.get("Grantee", {}).get("URI", "").endswith(_EVERYBODY):
            raise Unavailable(f"The bucket's access control list lets everyone in. {_MEND}")


def _told(bucket: Bucket, operation: str) -> dict[str, Any]:
    """What it answers; nothing where there is no such thing, or no such question."""
    try:
        return dict(bucket.ask(operation))
    except Unavailable as error:
        if error.answer in _UNTOLD or error.answer.startswith("NoSuchBucketPolicy"):
            return {}
        raise


def _refuse_strangers(bucket: Bucket, some: str) -> None:
    """By trying, without credentials; raises `Unavailable`."""
    stranger = bucket.second_client(signed=False)
    if _may(stranger.stands):
        raise Unavailable(f"Anybody can list the bucket. {_MEND}")
    if some and _may(lambda: stranger.head(some)):
        raise Unavailable(f"Anybody can hear recordings in the bucket. {_MEND}")


def _may(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Absent:
        return False
    except Unavailable as error:
        if error.answer in ("", "301", "307", "PermanentRedirect") or error.answer.startswith("5"):
            raise
        return False
    return True


def _encryption(bucket: Bucket) -> str:
    try:
        rules = bucket.ask("get_bucket_encryption")["ServerSideEncryptionConfiguration"]["Rules"]
        kind = rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    except Unavailable as error:
        if error.answer in _UNTOLD:
            return "Whether it is encrypted the server can't say: see to that where its disks are."
        if error.answer == "ServerSideEncryptionConfigurationNotFoundError":
            raise Unavailable(
                "The bucket is not encrypted. Switch its default encryption on (SSE-S3 or SSE-KMS)."
            ) from error
        raise
    except (KeyError, IndexError) as error:
        raise Unavailable(
            "The bucket is not encrypted. Switch its default encryption on (SSE-S3 or SSE-KMS)."
        ) from error
    return f"It is encrypted ({kind})."
