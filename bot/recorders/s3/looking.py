"""What is in a bucket: recordings as listed, their audio, those that another object overwrote, and one look at it all (P12)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice
from typing import Any, NamedTuple, Self, TypeVar

from bot.ports import Absent, Changed, Gone, KnownCalls, Problem, Sighting, Unavailable
from bot.recorders import sidecar
from bot.recorders.s3 import asking
from bot.recorders.s3.asking import Bucket, Item, Version
from bot.recorders.sidecar import join_stamp, split_stamp
from bot.recorders.tree import MEDIA_TYPES, media_type, printable_name, sidecar_of
from storage.columns import folder_of

Finding = Sighting | Problem | Gone
In = TypeVar("In")
Out = TypeVar("Out")
# Emptied by mistake, or another bucket: that many recordings don't vanish by themselves.
_TOO_MANY_GONE = 10
_REST = 19.0  # times as long as a look at everything took, until the next one
_NEWEST = 4  # folders with the newest recordings, which each look lists
_TOGETHER = 256


class Flaw(NamedTuple):
    """The problem of audio that can't be registered, and the stamp at which it was found."""

    stamp: str
    problem: Problem


@dataclass(frozen=True)
class Cursor:
    """Where the next look begins: with everything once `due` (seconds) has come, else with the newest folders.

    `newest` says when audio was last stored in each folder; `flaws` are the problems, by folder and native id; `hidden`
    the problems of audio that was deleted before it was registered and whose versions are still there.
    """

    due: float = 0.0
    newest: Mapping[str, float] = field(default_factory=dict)
    flaws: Mapping[str, Mapping[str, Flaw]] = field(default_factory=dict)
    hidden: tuple[Problem, ...] = ()

    def near(self) -> set[str]:
        """Return the folders that each look lists: the newest, and all above them, where new folders appear."""
        last = nlargest(_NEWEST, self.newest, key=lambda one: self.newest[one])
        return {above for one in last for above in _folder_and_parents(one)} | {""}


class Look:
    """What one look finds. It depends only on what is listed now, what is stored, and where the last look ended (`before`)."""

    def __init__(
        self, bucket: Bucket, before: Cursor, seconds: Callable[[], float], departments: Collection[str]
    ) -> None:
        self._bucket, self._before, self._seconds, self._departments = bucket, before, seconds, departments
        self._began = seconds()
        self._whole = self._began >= before.due
        self._newest: dict[str, float] = {}
        self._flaws: dict[str, dict[str, Flaw]] = {}
        self._objects = 0
        self._hidden = before.hidden

    async def findings(self, known: KnownCalls, watched: Mapping[str, str]) -> AsyncIterator[Finding]:
        """Yield everything that is new, changed, gone or wrong; raises `Unavailable`."""
        waiting = [""] if self._whole else sorted(self._before.near() | await self._changed_folders(watched))
        queued, missing = set(waiting), list[str]()
        while waiting:
            listing = await asyncio.to_thread(Listing.read, self._bucket, waiting.pop())
            more = [one for one in listing.folders if one not in queued and self._should_list(one)]
            queued.update(more)
            waiting += more
            stamps = dict(await known.within([listing.prefix]))
            async for finding in self._judge_listing(listing, stamps):
                yield finding
            missing += stamps
        missing += await self._calls_not_listed(known, queued) if self._whole else ()
        for gone in await asyncio.to_thread(self._find_gone, missing):
            yield gone
        if self._whole:
            self._hidden = await self._never_registered(known)
        for problem in (*self._problems_known_before(queued), *self._hidden):
            yield problem

    def _should_list(self, folder: str) -> bool:
        """Return True if this look lists a folder that it came upon: all of them, or those that are new."""
        return self._whole or folder not in self._before.newest

    async def _changed_folders(self, watched: Mapping[str, str]) -> set[str]:
        """Return the folders of watched recordings whose stamp is another now."""
        names = [name for name in watched if asking.names_audio(name)]
        stamps = await asyncio.to_thread(_side_by_side, self._stamp_of, names)
        return {folder_of(name) for name, stamp in zip(names, stamps, strict=True) if stamp != watched[name]}

    def _stamp_of(self, name: str) -> str | None:
        """Return the stamp of a recording; empty if there is none, None if the bucket can't say, so that others go on."""
        try:
            return current_pair(self._bucket, name).stamp
        except Absent:
            return ""
        except Unavailable:
            return None

    async def _judge_listing(self, listing: Listing, stamps: dict[str, str]) -> AsyncIterator[Finding]:
        """Yield the findings of one folder; the calls left in `stamps` afterwards are missing."""
        folder = listing.prefix
        self._objects += listing.objects
        self._newest[folder] = listing.newest
        self._flaws[folder] = {}
        for problem in listing.odd:
            yield problem
        fresh = self._fresh_pairs(listing, stamps)
        while batch := list(islice(fresh, _TOGETHER)):
            for finding in await asyncio.to_thread(_side_by_side, self._tell_finding, batch):
                if finding is not None:
                    yield finding

    def _fresh_pairs(self, listing: Listing, stamps: dict[str, str]) -> Iterator[Pair | tuple[Pair, Problem]]:
        """Yield what is new, changed or had a problem; removes from `stamps` what was listed."""
        flaws = self._before.flaws.get(listing.prefix, {})
        for one in listing.found():
            pair = one if isinstance(one, Pair) else one[0]
            # What was fixed by writing the same once more has the stamp that it had before.
            if stamps.pop(pair.native_id, None) != pair.stamp or pair.native_id in flaws:
                yield one

    def _tell_finding(self, one: Pair | tuple[Pair, Problem]) -> Finding | None:
        """Return the finding on one pair, and remember it if it's a problem; None if it can't be told yet."""
        pair, finding = (one, self._read_again(one)) if isinstance(one, Pair) else one
        if isinstance(finding, Problem):
            folder = folder_of(pair.native_id)
            # What could not be read may be readable next time, though nothing has changed.
            stamp = "" if finding.why == "unreadable" else pair.stamp
            self._flaws[folder][pair.native_id] = Flaw(stamp, finding)
        return finding

    def _read_again(self, pair: Pair) -> Finding | None:
        """Return the finding on a pair; if nothing has changed since the last look, the problem that it had then."""
        flaw = self._before.flaws.get(folder_of(pair.native_id), {}).get(pair.native_id)
        return flaw.problem if flaw and flaw.stamp == pair.stamp else self._read_pair(pair)

    def _read_pair(self, pair: Pair) -> Finding | None:
        """Read a recording; None if it's just being replaced, which is left for the next look."""
        name, tag = pair.native_id, pair.sidecar.etag if pair.sidecar else ""
        file = sidecar.AudioFile(name, media_type(name), pair.audio.size, pair.stamp, pair.audio.modified)
        try:
            content = self._bucket.content(sidecar_of(name), tag, sidecar.MOST_BYTES + 1)
            return sidecar.read_sighting(file, content, self._departments)
        except sidecar.MetadataError as error:
            return pair.problem("metadata", str(error))
        except Absent:
            return None
        except Unavailable as error:
            return pair.problem("unreadable", self._unreadable_words(sidecar_of(name), error))

    def _unreadable_words(self, name: str, error: Unavailable) -> str:
        """Return why one object can't be read, if the bucket answers at all.

        Raises `Unavailable` if the bucket itself is out of reach.
        """
        if error.answer in ("AccessDenied", "InvalidObjectState"):
            return f"{name} can't be read by the bot's account."
        if error.answer in asking.TOO_MANY:
            raise error
        self._bucket.exists()
        return f"{name} can't be read: {error}"

    async def _calls_not_listed(self, known: KnownCalls, listed: set[str]) -> list[str]:
        """Return the known calls in folders that no longer exist; raises `Unavailable` if the bucket is empty."""
        folders = await known.folders()
        registered = sum(folders.values())
        if not self._objects and registered >= _TOO_MANY_GONE:
            raise Unavailable(
                f"That part of the bucket is empty but held {registered:,} recordings: does RECORDINGS_URL name the right one?"
            )
        lost = folders.keys() - listed
        return list(await known.within(lost)) if lost else []

    def _find_gone(self, names: list[str]) -> list[Gone]:
        """Return those of these calls that are missing even when asked for one by one."""
        stamps = zip(names, _side_by_side(self._stamp_of, names), strict=True)
        return [Gone(name, self._bucket.hidden(name) is not None) for name, stamp in stamps if stamp == ""]

    async def _never_registered(self, known: KnownCalls) -> tuple[Problem, ...]:
        """Return audio that is hidden by a marker and that the register never had: it would never be erased (P12)."""
        if not self._bucket.known_facts.versions:
            return ()
        hidden = await asyncio.to_thread(self._bucket.all_hidden)
        ever = frozenset(await known.ever(hidden.keys())) if hidden else frozenset()
        words = (
            "was deleted before I had registered it, and its audio is still there: put it back, or delete its versions."
        )
        return tuple(
            Problem(shown := printable_name(name), f"{shown} {words}", "hidden", one.identity, one.size, one.modified)
            for name, one in sorted(hidden.items())
            if name not in ever
        )

    def _problems_known_before(self, listed: set[str]) -> Iterator[Problem]:
        """Yield the known problems in folders that this look hasn't listed."""
        if not self._whole:
            for folder in self._before.flaws.keys() - listed:
                self._flaws[folder] = dict(self._before.flaws[folder])
                self._newest.setdefault(folder, self._before.newest.get(folder, 0.0))
                yield from (flaw.problem for flaw in self._flaws[folder].values())

    def cursor(self) -> Cursor:
        """Return where the next look may begin, once all findings are stored."""
        flaws = {folder: found for folder, found in self._flaws.items() if found}
        if not self._whole:
            return Cursor(self._before.due, {**self._before.newest, **self._newest}, flaws, self._hidden)
        ended = self._seconds()
        return Cursor(ended + _REST * (ended - self._began), self._newest, flaws, self._hidden)


def _side_by_side(do: Callable[[In], Out], items: Collection[In]) -> list[Out]:
    """Return what `do` returns for each, in their order; several run at a time, in threads."""
    if not items:
        return []
    with ThreadPoolExecutor(min(asking.READERS, len(items))) as readers:
        return list(readers.map(do, items))


def _folder_and_parents(folder: str) -> Iterator[str]:
    """Yield a folder and all folders above it, without the top one."""
    while folder:
        yield folder
        folder = folder_of(folder)


class Pair(NamedTuple):
    """An audio object and, where it has one, the metadata object beside it."""

    native_id: str
    audio: Item
    sidecar: Item | None

    @property
    def stamp(self) -> str:
        """The recording's stamp, which changes as soon as either object does."""
        return join_stamp(self.audio.identity, self.sidecar.identity if self.sidecar else "")

    def problem(self, why: str, sentence: str) -> Problem:
        """Return the problem for a recording that can't be registered."""
        facts = self.stamp, self.audio.size, self.audio.modified
        return Problem(printable_name(self.native_id), sentence, why, *facts)


@dataclass
class Listing:
    """A folder, listed completely; `prefix` is its path below the bucket's prefix, `objects` how many things are in it."""

    prefix: str
    folders: list[str] = field(default_factory=list)
    odd: list[Problem] = field(default_factory=list)
    objects: int = 0
    newest: float = 0.0
    _audio: dict[str, Item] = field(default_factory=dict)
    _sidecars: dict[str, Item] = field(default_factory=dict)

    @classmethod
    def read(cls, bucket: Bucket, prefix: str) -> Listing:
        """Read the whole folder; raises `Unavailable` if a single page is missing."""
        made = cls(prefix)
        for page in bucket.pages("list_objects_v2", f"{prefix}/" if prefix else "", Delimiter="/"):
            for one in page.get("CommonPrefixes", ()):
                made._take_folder(bucket.place.name(one["Prefix"]).removesuffix("/"))
            for one in page.get("Contents", ()):
                made._take_object(bucket.place.name(one["Key"]), one)
        return made

    def _take_folder(self, name: str) -> None:
        """Note a folder inside this one, or why it can't be used; a hidden one is passed over."""
        self.objects += 1
        if name.rpartition("/")[2].startswith("."):
            return
        if asking.bad_name(name):
            words = (
                f"{printable_name(name)} has a name that I can't store: copy its contents to one with plain letters."
            )
            self.odd.append(Problem(printable_name(name), words, "folder"))
        elif name not in self.folders:
            self.folders.append(name)

    def _take_object(self, name: str, listed: dict[str, Any]) -> None:
        """Note an object, as the SDK tells of it, if it's audio or metadata."""
        self.objects += 1
        last = name.rpartition("/")[2]
        stem, _, ending = last.rpartition(".")
        if not stem or last.startswith("."):
            return
        item = Item(listed["ETag"], listed["Size"], listed["LastModified"].replace(microsecond=0))
        if ending == "json":
            self._sidecars[name] = item
        elif ending.lower() in MEDIA_TYPES:
            self._audio[name] = item
            self.newest = max(self.newest, item.modified.timestamp())

    def found(self) -> Iterator[Pair | tuple[Pair, Problem]]:
        """Yield each recording; with its problem if it can't be one, whatever its metadata says."""
        beside = {name: sidecar_of(name) for name in sorted(self._audio)}
        uses = Counter(beside.values())
        for name, described_by in beside.items():
            pair = Pair(name, self._audio[name], self._sidecars.get(described_by))
            flaw = _why_unusable(pair, alone=uses[described_by] == 1)
            yield (pair, flaw) if flaw else pair


def _why_unusable(pair: Pair, *, alone: bool) -> Problem | None:
    """Return the problem of audio that can't be a recording, `alone` in having its metadata object; None if it can."""
    name = pair.native_id
    if asking.bad_name(name):
        words = f"{printable_name(name)} has characters in its name that I can't store: copy it to a name with plain letters."
        return pair.problem("name", words)
    if not alone:
        words = f"{name} shares {sidecar_of(name)} with another audio object: keep one of them, or rename it."
        return pair.problem("shared", words)
    if not pair.audio.size:
        return pair.problem("empty", f"{name} is empty: put the complete audio there.")
    if pair.sidecar is None:
        words = f"{name} has no metadata object beside it: add {sidecar_of(name)}."
        return pair.problem("no_metadata", words)
    return None


class WrittenOver(NamedTuple):
    """A recording that another object overwrote: the name that it had, and its stamp."""

    name: str
    stamp: str


def written_over(native_id: str) -> WrittenOver | None:
    """Return the overwritten recording that a native id means; None for any other native id.

    The register calls it by its former name, its stamp and a number, with line breaks between, which no object's name has.
    """
    name, *more = native_id.split("\n")
    return WrittenOver(name, more[0]) if len(more) == 2 and asking.names_audio(name) else None


def audio_versions(bucket: Bucket, one: WrittenOver) -> list[tuple[Version, Item]]:
    """Return the versions left of its audio; raises `Unavailable`."""
    return _past_versions(bucket, one.name, split_stamp(one.stamp)[0])


def all_versions(bucket: Bucket, one: WrittenOver) -> list[Version]:
    """Return the versions left of its audio and of its metadata; raises `Unavailable`."""
    beside = _past_versions(bucket, sidecar_of(one.name), split_stamp(one.stamp)[1])
    return [version for version, _ in (*audio_versions(bucket, one), *beside)]


def _past_versions(bucket: Bucket, name: str, identity: str) -> list[tuple[Version, Item]]:
    """Return the versions of this object with this identity, except the current one."""
    shown, found = bucket.head_or_none(name), list[tuple[Version, Item]]()
    for one in bucket.versions(name) if identity else ():
        if not one.marker and (shown is None or one.id != shown.version):
            with suppress(Absent):
                item = bucket.head(name, one.id)
                found += [(one, item)] if item.identity == identity else []
    return found


@dataclass(slots=True)
class BucketAudio:
    """The audio of the object that was opened; if `behind` is set, that version of it, since it's hidden or overwritten."""

    bucket: Bucket
    native_id: str
    media_type: str
    size: int
    stamp: str
    opened: Item
    behind: str = ""

    @classmethod
    def open(cls, bucket: Bucket, native_id: str) -> Self:
        """Open the audio of a recording, which blocks; raises `Absent` or `Unavailable`."""
        if (past := written_over(native_id)) is not None:
            for version, one in audio_versions(bucket, past):
                return cls(bucket, past.name, media_type(past.name), one.size, past.stamp, one, version.id)
            raise Absent(native_id)
        try:
            pair, behind = current_pair(bucket, native_id), ""
        except Absent:
            pair = hidden_pair(bucket, native_id)
            behind = pair.audio.version
        return cls(bucket, native_id, media_type(native_id), pair.audio.size, pair.stamp, pair.audio, behind)

    async def read(self, start: int, end: int) -> bytes:
        """Return bytes from `start` up to `end`, which may be past the last; raises ValueError for an invalid range.

        Raises `Absent` if the audio is gone, `Changed` if it was rewritten, `Unavailable`.
        """
        if not 0 <= start <= end:
            raise ValueError(f"{start} to {end} isn't a range of bytes")
        return await asyncio.to_thread(self._read_bytes, start, min(end, self.size))

    def _read_bytes(self, start: int, end: int) -> bytes:
        if start >= end:
            self._require_same(self.bucket.head(self.native_id, self.behind))
            return b""
        conditions = {"IfMatch": self.opened.etag, "Range": f"bytes={start}-{end - 1}"}
        conditions |= {"VersionId": self.behind} if self.behind else {}
        answer = self.bucket.ask("get_object", self.native_id, **conditions)
        found = asking.read_whole(answer["Body"])
        if len(found) != end - start:
            raise Unavailable(f"I asked the bucket for {end - start:,} bytes and got {len(found):,}.")
        self._require_same(asking.read_item(answer)._replace(size=self.size))
        return found

    def _require_same(self, now: Item) -> None:
        """Raise `Changed` if the object isn't the one that was opened."""
        # A tag says what the bytes are: the same ones rewritten are another call. Without versions only their time tells.
        if now != (self.opened if not now.version else self.opened._replace(modified=now.modified)):
            raise Changed(self.native_id)


def current_pair(bucket: Bucket, native_id: str) -> Pair:
    """Return the recording of this name as it is now; raises `Absent` or `Unavailable`."""
    if not asking.names_audio(native_id):
        raise Absent(native_id)
    return Pair(native_id, bucket.head(native_id), bucket.head_or_none(sidecar_of(native_id)))


def hidden_pair(bucket: Bucket, native_id: str) -> Pair:
    """Return the recording of this name that a delete marker hides; raises `Absent` or `Unavailable`."""
    audio = bucket.hidden(native_id) if asking.names_audio(native_id) else None
    if audio is None:
        raise Absent(native_id)
    beside = sidecar_of(native_id)
    return Pair(native_id, audio, bucket.head_or_none(beside) or bucket.hidden(beside))
