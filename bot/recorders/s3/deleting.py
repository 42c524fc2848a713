"""Takes every version of a recording out of the bucket, and finds what is left of it: the one place that deletes there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from bot.ports import Absent, Changed, Held, Sought, Unavailable
from bot.recorders.s3.asking import Bucket, Item, Version, names_audio
from bot.recorders.s3.onlooker import Onlooker, decoded, looking_into, text
from bot.recorders.s3.written_over import all_versions, written_over
from bot.recorders.sidecar import part, parts, refuse_another
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


_OF_VERSIONS = (("NextKeyMarker", "key-marker"), ("NextVersionIdMarker", "version-id-marker"))
_OF_OBJECTS = (("NextContinuationToken", "continuation-token"),)
_OF_UPLOADS = (("NextKeyMarker", "key-marker"), ("NextUploadIdMarker", "upload-id-marker"))
_MEANWHILE = timedelta(minutes=1)


class Left(NamedTuple):
    """A version, a delete marker or an upload that was begun; `size` in bytes. `identity` is that of a version that is not shown now."""

    key: str
    id: str
    kind: str
    size: int = 0
    identity: str = ""

    def shown(self, bucket: Bucket) -> str:
        """Its name below the prefix, with what it is."""
        return f"{printable(bucket.place.name(self.key))} ({self.kind} {self.id})"


async def remains(bucket: Bucket, sought: Collection[Sought]) -> Mapping[str, tuple[str, ...]]:
    """By native id, what is left of each recording below the prefix; one way through all versions for all of them.

    Left is whatever has the name of the audio or of its metadata, and every version of the same size and SHA-256, whatever
    its name. Raises `Unavailable` where anything could not be looked at.
    """
    if not sought:
        return {}
    async with looking_into(bucket) as onlooker:
        traces = _Traces(bucket, onlooker, sought)
        await traces.by_name()
        await traces.all_of_it()
        return traces.left()


class _Traces:
    def __init__(self, bucket: Bucket, onlooker: Onlooker, sought: Collection[Sought]) -> None:
        self._bucket, self._onlooker = bucket, onlooker
        self._found: dict[str, set[Left]] = {one.native_id: set() for one in sought}
        self._named: dict[str, set[str]] = defaultdict(set)
        self._heard: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._hashed: dict[Left, str] = {}
        self._past: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in sought:
            if (past := written_over(one.native_id)) is not None:
                for name, identity in zip((past.name, sidecar_of(past.name)), parts(past.stamp), strict=True):
                    self._past[bucket.place.key(name), identity].add(one.native_id)
                continue
            for name in (one.native_id, sidecar_of(one.native_id)):
                self._named[bucket.place.key(name)].add(one.native_id)
        for one in sought:
            if one.size and one.audio:
                self._heard[one.size][one.audio.lower()].add(one.native_id)

    def left(self) -> Mapping[str, tuple[str, ...]]:
        """What was found of each, in names that can be shown."""
        return {one: tuple(sorted(left.shown(self._bucket) for left in found)) for one, found in self._found.items()}

    async def by_name(self) -> None:
        """Each name that is sought, asked for by itself: whatever a long listing may leave out."""
        for key in {*self._named, *(key for key, _ in self._past)}:
            name = self._bucket.place.name(key)
            for one in await self._versions(name):
                await self._look_at(one)
            async for page in self._onlooker.listed("uploads", name, _OF_UPLOADS):
                for told in page.findall("{*}Upload"):
                    begun = Left(decoded(page, text(told, "Key")), text(told, "UploadId"), "upload that was begun")
                    await self._look_at(begun)

    async def all_of_it(self) -> None:
        """Every version below the prefix, and then every object of which no version was told.

        Such a one came meanwhile, perhaps from a place that was still to be looked at; else the listing has gaps, and
        nothing can be told from it.
        """
        began, told = self._bucket.now(), set[int]()
        async for page in self._onlooker.listed("versions", "", _OF_VERSIONS):
            for one in _versions(page):
                told.add(hash(one.key))
                await self._look_at(one)
        async for page in self._onlooker.listed("list-type=2", "", _OF_OBJECTS):
            for element in page.findall("{*}Contents"):
                if hash(key := decoded(page, text(element, "Key"))) not in told:
                    await self._untold(key, _moment(element) < began - _MEANWHILE)

    async def _untold(self, key: str, old: bool) -> None:  # noqa: FBT001, it is said by the name
        for one in await self._versions(self._bucket.place.name(key)):
            await self._look_at(one)
            if old:
                raise Unavailable(
                    "The bucket leaves versions out where it lists them, so nothing can be told from that."
                )

    async def _versions(self, name: str) -> list[Left]:
        pages = self._onlooker.listed("versions", name, _OF_VERSIONS)
        return [one async for page in pages for one in _versions(page) if one.key == self._bucket.place.key(name)]

    async def _look_at(self, one: Left) -> None:
        """Whether this belongs to one of them."""
        whose = self._named.get(one.key, set()) | self._past.get((one.key, one.identity), set())
        if heard := self._heard.get(one.size) if one.kind == "version" else None:
            if one not in self._hashed:
                self._hashed[one] = await self._onlooker.digest(one.key, one.id)
            whose |= {
                name for name in heard.get(self._hashed[one], ()) if one.identity or not self._is_shown_over(one, name)
            }
        for native_id in whose:
            self._found[native_id].add(one)

    def _is_shown_over(self, one: Left, native_id: str) -> bool:
        """Whether this is the recording that took the place of the one that is sought, with the same audio."""
        past = written_over(native_id)
        return past is not None and self._bucket.place.key(past.name) == one.key


def _versions(page: ET.Element) -> Iterator[Left]:
    for kind, tag in (("version", "Version"), ("delete marker", "DeleteMarker")):
        for told in page.findall(f"{{*}}{tag}"):
            size, past = int(text(told, "Size") or 0), kind == "version" and text(told, "IsLatest") != "true"
            identity = part(text(told, "ETag"), size) if past else ""
            yield Left(decoded(page, text(told, "Key")), text(told, "VersionId"), kind, size, identity)


def _moment(element: ET.Element) -> datetime:
    try:
        return datetime.fromisoformat(text(element, "LastModified"))
    except ValueError as error:
        raise Unavailable("The bucket's listing has no moments in it, so nothing can be told from it.") from error
