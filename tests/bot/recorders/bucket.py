"""An object store as S3 behaves: versions, delete markers, a legal hold for each version, and bad manners on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from bot.ports import Unavailable


class AccessDenied(Exception):
    """A version that is held was asked to be deleted."""


@dataclass(eq=False)
class Version:
    """One version of an object, or a delete marker, which has no content."""

    key: str
    number: str
    content: bytes | None
    held: bool = False


@dataclass
class Manners:
    """What the store does wrong; nothing, as it is made.

    `down` is raised by each request. `lies`: what is asked to be deleted is answered well and kept. `forgets`: so is all but the first version.
    """

    down: Unavailable | None = None
    lies: bool = False
    forgets: bool = False


@dataclass
class Bucket:
    """Keys and their versions, the latest last. Deleting a key adds a marker; deleting a version takes it away."""

    manners: Manners = field(default_factory=Manners)
    cases: dict[str, set[str]] = field(default_factory=dict)
    _versions: dict[str, list[Version]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def put(self, key: str, content: bytes | None) -> None:
        """What the call centre's software does: a new version, or a marker."""
        self._versions.setdefault(key, []).append(Version(key, f"v{next(self._numbers)}", content))

    def forget(self, key: str) -> None:
        """Somebody takes away all of it, whatever the rules."""
        del self._versions[key]

    async def head(self, key: str) -> Version:
        """The latest version; KeyError (404) where there is none, or where it is a marker."""
        await self._asked()
        latest = self._versions.get(key, [])[-1:]
        if not latest or latest[0].content is None:
            raise KeyError(key)
        return latest[0]

    async def keys(self) -> list[str]:
        """The keys that have a latest version (ListObjects)."""
        await self._asked()
        return [key for key, all_of_it in self._versions.items() if all_of_it[-1].content is not None]

    async def versions(self, key: str = "") -> list[Version]:
        """All versions and markers, of one key or of all (ListObjectVersions)."""
        await self._asked()
        return [one for name, all_of_it in self._versions.items() if key in ("", name) for one in all_of_it]

    async def delete_version(self, version: Version) -> None:
        """Takes one version away; `AccessDenied` where it is held."""
        await self._asked()
        left = self._versions.get(version.key, [])
        if version.held:
            raise AccessDenied(version.key)
        if version in left and not self.manners.lies:
            left.remove(version)
        if not left:
            self._versions.pop(version.key, None)
        self.manners.lies |= self.manners.forgets

    async def legal_hold(self, key: str, *, on: bool) -> None:
        """Holds what there is of a key now, and nothing that is put there later."""
        for version in await self.versions(key):
            version.held = on and version.content is not None

    async def _asked(self) -> None:
        if self.manners.down:
            raise self.manners.down
