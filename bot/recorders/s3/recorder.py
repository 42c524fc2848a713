"""The recorder of a bucket: what it shows, hands out and keeps there."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from bot import ports
from bot.recorders import sidecar, tree
from bot.recorders.folder_live import NoLiveCalls
from bot.recorders.s3.asking import Bucket, Place
from bot.recorders.s3.deleting import delete_recording, find_remains, under_legal_hold
from bot.recorders.s3.looking import BucketAudio, Cursor, Listing, Look, Pair, written_over

HOW = "Every version and delete marker of the audio, and of any metadata beside it, was deleted from the bucket."
UNSEEN = "Copies outside this part of the bucket, in its replicas and backups and in other buckets; converted or cut copies; names in the storage's own access logs and inventories; and what its disks keep until it is overwritten."


class BucketRecorder(NoLiveCalls):
    """Reads `x.mp3` (or .wav, .ogg, .flac, .m4a) with `x.json` beside it, below a prefix in a bucket.

    A recording's native id is its audio's name below that prefix. Names that begin with a dot are passed over. Folders are
    listed one by one, each completely. `seconds` counts and never goes back, `now` is aware, `page` is the length of a
    listing's page. `hears` is called with the host and the headers of each answer.
    """

    def __init__(
        self, place: Place, departments: Collection[str] = sidecar.DEPARTMENTS,
        seconds: Callable[[], float] = time.monotonic, now: Callable[[], datetime] = lambda: datetime.now(UTC), page: int = 1000,
        hears: ports.ResponseListener = ports.ignore_response,
    ) -> None:  # fmt: skip
        self.bucket = Bucket(place, seconds, now, page, hears)
        self._departments, self._seconds = departments, seconds

    @classmethod
    def at(cls, url: str, hears: ports.ResponseListener = ports.ignore_response) -> Self:
        """Return the bucket at `s3://bucket/prefix`; raises ValueError for anything else."""
        return cls(Place.at(url), hears=hears)

    async def changes(
        self, known: ports.KnownCalls, since: object = None, watched: Mapping[str, str] = ports.NOTHING
    ) -> AsyncIterator[ports.Sighting | ports.Problem | ports.Gone | ports.LookFinished]:
        """Yield what is new, changed, gone or wrong against the `known` calls, then the cursor for the next look.

        `since` is the cursor of the last look; `watched` are native ids to check by name, with their stored stamps.
        Unchanged objects aren't opened. Raises `Unavailable`.
        """
        await asyncio.to_thread(self.bucket.facts)
        before = since if isinstance(since, Cursor) else Cursor()
        look = Look(self.bucket, before, self._seconds, self._departments)
        async for finding in look.findings(known, watched):
            yield finding
        yield ports.LookFinished(look.cursor())

    async def audio(self, native_id: str) -> BucketAudio:
        """Open a recording's audio, even if a delete marker hides it; raises `Absent` or `Unavailable`."""
        return await asyncio.to_thread(BucketAudio.open, self.bucket, native_id)

    def capabilities(self) -> ports.Capabilities:
        """Return what the bucket can do, and what a certificate of an erasure says of it; the least, until it was asked."""
        facts = self.bucket.known_facts
        hold: ports.Support = "native" if facts.locks else "emulated"
        return ports.Capabilities(
            "native", hold, HOW + retention_sentence(facts.days, facts.mode), UNSEEN, days=facts.days
        )

    async def delete(self, native_id: str, stamp: str) -> None:
        """Delete all versions of the recording with this stamp; raises `Changed`, `HeldBySystem` or `Unavailable`."""
        await asyncio.to_thread(delete_recording, self.bucket, native_id, stamp)

    async def look(self, sought: Collection[ports.Sought]) -> Mapping[str, tuple[str, ...]]:
        """Return, by native id, what is left of deleted recordings.

        It looks at every version's name below the prefix, and reads only those as large as one sought. Raises `Unavailable`.
        """
        return await asyncio.to_thread(find_remains, self.bucket, sought)

    async def hold(self, native_id: str, case: str) -> None:
        """Lock the recording for a case; without Object Lock, only check that it's there. Raises `Absent` or `Unavailable`."""
        await asyncio.to_thread(hold_recording, self.bucket, native_id, case)

    async def release(self, native_id: str, case: str) -> None:
        """End the hold of one case; another case's hold continues. Raises `Unavailable`."""
        await asyncio.to_thread(release_recording, self.bucket, native_id, case)

    async def check(self) -> str:
        """Return what the bucket holds and keeps; raises `Unavailable` if it's public or can't be opened."""
        bucket = self.bucket
        facts = await asyncio.to_thread(bucket.facts)
        audio, beside, unusable, any_name = await asyncio.to_thread(_count_objects, bucket)
        await asyncio.to_thread(_refuse_shared, bucket, any_name)
        await asyncio.to_thread(next, bucket.second_client().pages("list_object_versions", "."))
        more = f", and {unusable:,} that can't be used" if unusable else ""
        place = f"The bucket {bucket.place.bucket}" + (f" below {bucket.place.prefix}" if bucket.place.prefix else "")
        contents = f"{place} holds {audio:,} audio objects, {beside:,} of them with metadata{more}."
        return (
            f"{contents} {versions_sentence(facts.versions, facts.locks)}{retention_sentence(facts.days, facts.mode)}"
        )


HOLD_COUNTERS = ".holds"
"""Folder with an empty object for each case of each recording, named by digests that reveal neither names nor cases."""
_FOREIGN_HOLD = "others"


def hold_recording(bucket: Bucket, native_id: str, case: str) -> None:
    """Set a legal hold on all versions; raises `Absent` or `Unavailable`. Without Object Lock nothing is done.

    A hold that isn't ours counts as one more case, so that no release of ours ends it.
    """
    BucketAudio.open(bucket, native_id)
    native_id = _name_before_overwriting(native_id)
    if not bucket.facts().locks:
        return
    # In this order, so that a hold of ours is always counted.
    held = any(under_legal_hold(bucket, one) for one in bucket.versions(native_id) if not one.marker)
    if held and not _counted_cases(bucket, native_id):
        bucket.ask("put_object", _counter_name(native_id, _FOREIGN_HOLD), Body=b"")
    bucket.ask("put_object", _counter_name(native_id, _words_digest(case)), Body=b"")
    _set_holds(bucket, native_id, on=True)


def release_recording(bucket: Bucket, native_id: str, case: str) -> None:
    """End the hold of one case; the last one lifts the legal hold. What isn't held is fine. Raises `Unavailable`."""
    if not bucket.facts().locks:
        return
    native_id = _name_before_overwriting(native_id)
    this_case, cases = _words_digest(case), _counted_cases(bucket, native_id)
    if this_case not in cases:
        return
    if cases == {this_case}:
        _set_holds(bucket, native_id, on=False)
    # A marker is enough: only what is there now is counted, and a retention would refuse more.
    bucket.ask("delete_object", _counter_name(native_id, this_case))
    if cases == {this_case} and _counted_cases(bucket, native_id):  # another case came meanwhile
        _set_holds(bucket, native_id, on=True)


def _name_before_overwriting(native_id: str) -> str:
    """Return the name that a recording had before it was overwritten; holds are on all versions of that name."""
    past = written_over(native_id)
    return past.name if past is not None else native_id


def _set_holds(bucket: Bucket, native_id: str, *, on: bool) -> None:
    """Set or lift the legal hold on all versions of the audio and its metadata."""
    for name in (native_id, tree.sidecar_of(native_id)):
        for one in bucket.versions(name):
            if not one.marker:
                with suppress(ports.Absent):
                    status = {"Status": "ON" if on else "OFF"}
                    bucket.ask("put_object_legal_hold", name, VersionId=one.id, LegalHold=status)


def _counted_cases(bucket: Bucket, native_id: str) -> set[str]:
    """Return the digests of the cases for which the recording is held."""
    start = _counter_name(native_id, "")
    pages = bucket.pages("list_objects_v2", start)
    return {bucket.place.name(one["Key"]).removeprefix(start) for page in pages for one in page.get("Contents", ())}


def _counter_name(native_id: str, case: str) -> str:
    """Return the name of the object that counts a case, given its digest; without one, how all of this recording begin."""
    return f"{HOLD_COUNTERS}/{_words_digest(native_id)}/{case}"


def _words_digest(words: str) -> str:
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:32]


_EVERYBODY = ("/global/AllUsers", "/global/AuthenticatedUsers")
_ADVICE = "Turn on all four Block Public Access settings, and remove that permission."
_NOT_SUPPORTED = {"NotImplemented", "MethodNotAllowed", "501", "405"}


def versions_sentence(versions: bool, locks: bool) -> str:  # noqa: FBT001, two facts, in the order in which they are said
    """Say in a sentence what the bucket keeps on its own."""
    past = "It keeps earlier versions" if versions else "It keeps no earlier versions"
    if locks:
        return f"{past}, and has Object Lock, so the bucket itself enforces holds."
    return f"{past}, and has no Object Lock: a hold doesn't stop others from deleting there."


def retention_sentence(days: int, mode: str) -> str:
    """Return what a default retention means for erasing, in a sentence with a space before it; empty without one."""
    if not days:
        return ""
    return f" It keeps everything for {days:,} days (default retention, {mode}), and no one can erase it sooner. A call whose time is up earlier is locked then, and erased late."


def _count_objects(bucket: Bucket) -> tuple[int, int, int, str]:
    """Return the number of audio objects, of those with metadata, of unusable ones, and the name of any recording."""
    audio = beside = unusable = 0
    waiting, any_name = [""], ""
    while waiting:
        listing = Listing.read(bucket, waiting.pop())
        waiting += listing.folders
        unusable += len(listing.odd)
        for one in listing.found():
            pair = one if isinstance(one, Pair) else one[0]
            audio, beside, any_name = audio + 1, beside + (pair.sidecar is not None), pair.native_id
            unusable += not isinstance(one, Pair) and one[1].why != "no_metadata"
    return audio, beside, unusable, any_name


def _refuse_shared(bucket: Bucket, any_name: str) -> None:
    """Raise `Unavailable` if strangers can read the bucket: tries without credentials, and asks for its settings."""
    stranger = bucket.second_client(signed=False)
    if _is_allowed(stranger.exists):
        raise ports.Unavailable(f"Anyone can list the bucket. {_ADVICE}")
    if any_name and _is_allowed(lambda: stranger.head(any_name)):
        raise ports.Unavailable(f"Anyone can hear recordings in the bucket. {_ADVICE}")
    for question in ("get_bucket_policy_status", "get_bucket_acl"):
        try:
            answer = bucket.ask(question)
        except ports.Unavailable as error:
            if error.answer in (*_NOT_SUPPORTED, "AccessDenied", "NoSuchBucketPolicy"):
                continue
            raise
        named = (one.get("Grantee", {}).get("URI", "") for one in answer.get("Grants", ()))
        if answer.get("PolicyStatus", {}).get("IsPublic") or any(one.endswith(_EVERYBODY) for one in named):
            raise ports.Unavailable(f"The bucket's policy or access control list lets everyone in. {_ADVICE}")


def _is_allowed(ask: Callable[[], object]) -> bool:
    """Return True if this request is allowed; raises `Unavailable` if the bucket doesn't say."""
    try:
        ask()
    except ports.Absent:
        return False
    except ports.Unavailable as error:
        if error.answer in ("", "301", "307", "PermanentRedirect") or error.answer.startswith("5"):
            raise
        return False
    return True
