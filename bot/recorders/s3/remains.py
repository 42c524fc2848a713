"""Finds what is left of recordings in a bucket: versions and delete markers by their names, and copies by what is in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from xml.etree import ElementTree as ET

from bot.ports import Sought, Unavailable
from bot.recorders.s3.asking import Bucket
from bot.recorders.s3.onlooker import Onlooker, decoded, looking_into, text
from bot.recorders.s3.written_over import written_over
from bot.recorders.stamps import part, parts
from bot.recorders.tree import printable, sidecar_of

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
