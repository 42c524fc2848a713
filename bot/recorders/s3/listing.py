"""What lies directly in one folder of a bucket, as it is listed now: audio with its metadata, and what can't be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.ports import Problem
from bot.recorders.s3.asking import Bucket, Item, bad_name
from bot.recorders.sidecar import joined
from bot.recorders.tree import MEDIA_TYPES, printable, sidecar_of


class Pair(NamedTuple):
    """An audio object and, where it has one, the metadata object beside it."""

    native_id: str
    audio: Item
    sidecar: Item | None

    @property
    def stamp(self) -> str:
        """Another one as soon as anything else was written to either object."""
        return joined(self.audio.identity, self.sidecar.identity if self.sidecar else "")

    def problem(self, why: str, sentence: str) -> Problem:
        """What to tell of it where it can't be registered."""
        facts = self.stamp, self.audio.size, self.audio.modified
        return Problem(printable(self.native_id), sentence, why, *facts)


@dataclass
class Listing:
    """A folder, read as a whole; `prefix` is its path below the bucket's prefix, `objects` counts whatever lies in it."""

    prefix: str
    folders: list[str] = field(default_factory=list)
    odd: list[Problem] = field(default_factory=list)
    objects: int = 0
    newest: float = 0.0
    _audio: dict[str, Item] = field(default_factory=dict)
    _sidecars: dict[str, Item] = field(default_factory=dict)

    @classmethod
    def read(cls, bucket: Bucket, prefix: str) -> Listing:
        """Everything in it; raises `Unavailable` where a single page of it is missing."""
        made = cls(prefix)
        for page in bucket.pages("list_objects_v2", f"{prefix}/" if prefix else "", Delimiter="/"):
            for one in page.get("CommonPrefixes", ()):
                made._take_folder(bucket.place.name(one["Prefix"]).removesuffix("/"))
            for one in page.get("Contents", ()):
                made._take(bucket.place.name(one["Key"]), one)
        return made

    def _take_folder(self, name: str) -> None:
        self.objects += 1
        if name.rpartition("/")[2].startswith("."):
            return
        if bad_name(name):
            words = f"{printable(name)} has a name that can't be kept: copy what is in it to one with plain letters."
            self.odd.append(Problem(printable(name), words, "folder"))
        elif name not in self.folders:
            self.folders.append(name)

    def _take(self, name: str, told: dict[str, Any]) -> None:
        self.objects += 1
        last = name.rpartition("/")[2]
        stem, _, ending = last.rpartition(".")
        if not stem or last.startswith("."):
            return
        found = Item(told["ETag"], told["Size"], told["LastModified"].replace(microsecond=0))
        if ending == "json":
            self._sidecars[name] = found
        elif ending.lower() in MEDIA_TYPES:
            self._audio[name] = found
            self.newest = max(self.newest, found.modified.timestamp())

    def found(self) -> Iterator[Pair | tuple[Pair, Problem]]:
        """Each recording; with a problem where it can't be one, whatever its metadata say."""
        beside = {name: sidecar_of(name) for name in sorted(self._audio)}
        times = Counter(beside.values())
        for name, sidecar in beside.items():
            pair = Pair(name, self._audio[name], self._sidecars.get(sidecar))
            flaw = _objection(pair, alone=times[sidecar] == 1)
            yield (pair, flaw) if flaw else pair


def _objection(pair: Pair, *, alone: bool) -> Problem | None:
    name = pair.native_id
    if bad_name(name):
        words = f"{printable(name)} has characters in its name that can't be kept: copy it to one with plain letters."
        return pair.problem("name", words)
    if not alone:
        words = f"{name} shares {sidecar_of(name)} with another audio object: keep one of them, or rename it."
        return pair.problem("shared", words)
    if not pair.audio.size:
        return pair.problem("empty", f"{name} is empty: put the whole audio there.")
    if pair.sidecar is None:
        words = f"{name} has no metadata object beside it: add {sidecar_of(name)}."
        return pair.problem("no_metadata", words)
    return None
