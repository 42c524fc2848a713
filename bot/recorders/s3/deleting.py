"""Deletes every version of a recording from the bucket, and finds what is left of it: the one place that deletes there."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from bot.ports import Absent, Changed, HeldBySystem, Sought, Unavailable
from bot.recorders.s3.asking import Bucket, Item, Version, names_audio
from bot.recorders.s3.looking import all_versions, written_over
from bot.recorders.sidecar import require_same_files, split_stamp, stamp_part
from bot.recorders.tree import printable_name, sidecar_of

_UNVERSIONED = "null"
"""The version id of an object stored while the bucket kept no versions; the next one stored may replace it."""
_KNOWS_NO_CONDITION = {"NotImplemented", "501", "InvalidArgument", "InvalidRequest"}


def delete_recording(bucket: Bucket, native_id: str, stamp: str) -> None:
    """Delete all versions and delete markers of the audio, then those of its metadata; what isn't there is fine.

    Of a recording that was overwritten, only its own versions are deleted. It may be repeated.

    Raises `Changed`, before anything is deleted, if the recording there (shown, or hidden by a marker) has another stamp;
    `HeldBySystem` if a version is locked; and `Unavailable` if something has to stay: it may not be deleted, or another
    audio object shares the metadata.
    """
    if (past := written_over(native_id)) is not None:
        versions = all_versions(bucket, past)
        for one in versions:
            _refuse_locked(bucket, one)
        _delete_versions(bucket, versions, None)
        return
    if not names_audio(native_id):
        return
    beside = sidecar_of(native_id)
    # Listed before it is compared, so that a version stored afterwards isn't deleted.
    audio, metadata = bucket.versions(native_id), bucket.versions(beside)
    audio_shown, metadata_shown = bucket.head_or_none(native_id), bucket.head_or_none(beside)
    require_same_files(
        native_id,
        stamp,
        *(one.identity if one else "" for one in (audio_shown or bucket.hidden(native_id), metadata_shown)),
    )
    if bucket.facts().locks:
        for one in (*audio, *metadata):
            _refuse_locked(bucket, one)
    # The audio first: a crash between the two leaves words without sound, never sound that nothing describes.
    _delete_versions(bucket, audio, audio_shown)
    if metadata and (sharing := _audio_sharing_sidecar(bucket, native_id)):
        raise Unavailable(f"{beside} also belongs to {min(sharing)}, so I left it: keep one of the two, or rename it.")
    _delete_versions(bucket, metadata, metadata_shown)


def _delete_versions(bucket: Bucket, versions: Sequence[Version], shown: Item | None) -> None:
    """Delete these versions; `shown` is the object compared before. Raises as `delete_recording`."""
    # Markers last: without its marker an older version would be the latest again.
    for one in sorted(versions, key=lambda one: (one.marker, one.id != _UNVERSIONED)):
        try:
            _delete_version(bucket, one, shown)
        except Changed:
            raise
        except Absent:
            continue
        except Unavailable as error:
            if error.answer != "AccessDenied":
                raise
            _refuse_locked(bucket, one)
            words = f"I may not delete {printable_name(one.name)}: allow s3:DeleteObject and s3:DeleteObjectVersion."
            raise Unavailable(words, answer=error.answer) from error
        if one.marker and one.id == _UNVERSIONED:
            _replace_marker(bucket, one.name)


def _replace_marker(bucket: Bucket, name: str) -> None:
    """Remove a marker without a version id, which some servers keep, by storing and deleting an empty object."""
    if any(one.marker and one.id == _UNVERSIONED for one in bucket.versions(name)):
        with suppress(Changed):  # a new call has its place already
            put = bucket.ask("put_object", name, Body=b"", IfNoneMatch="*")
            bucket.ask("delete_object", name, VersionId=_UNVERSIONED, IfMatch=put["ETag"])


def _delete_version(bucket: Bucket, one: Version, shown: Item | None) -> None:
    """Delete one version; in a bucket without versions only if it's still the `shown` object, where the server can check that."""
    compared = shown and not one.marker and one.id == _UNVERSIONED == (shown.version or _UNVERSIONED)
    condition = {"IfMatch": shown.etag} if shown and compared else {}
    try:
        bucket.ask("delete_object", one.name, VersionId=one.id, **condition)
    except Unavailable as error:
        if not condition or error.answer not in _KNOWS_NO_CONDITION:
            raise
        bucket.ask("delete_object", one.name, VersionId=one.id)


def _audio_sharing_sidecar(bucket: Bucket, native_id: str) -> set[str]:
    """Return the other audio objects that have the same metadata object."""
    stem = native_id.rpartition(".")[0]
    pages = bucket.pages("list_objects_v2", f"{stem}.")
    listed = (one["Key"] for page in pages for one in page.get("Contents", ()))
    names = {bucket.place.name(key) for key in listed} - {native_id}
    return {name for name in names if name.rpartition(".")[0] == stem and names_audio(name)}


def _refuse_locked(bucket: Bucket, one: Version) -> None:
    """Raise `HeldBySystem`, saying why and until when, if the bucket locks this version."""
    if one.marker or not bucket.facts().locks:
        return
    if under_legal_hold(bucket, one):
        raise HeldBySystem(f"{printable_name(one.name)} is under a legal hold in the bucket (version {one.id}).")
    until = retained_until(bucket, one)
    if until is not None and until > bucket.now():
        words = f"{printable_name(one.name)} is kept by the bucket's retention until {until:%Y-%m-%d %H:%M} UTC"
        raise HeldBySystem(f"{words} (version {one.id}).", until)


_NO_LOCK_THERE = {
    "NoSuchObjectLockConfiguration", "NoSuchObjectLegalHold", "ObjectLockConfigurationNotFoundError", "InvalidRequest",
}  # fmt: skip


def under_legal_hold(bucket: Bucket, one: Version) -> bool:
    """Return True if a legal hold keeps this version; raises `Unavailable`."""
    return bool(_ask_of_version(bucket, one, "get_object_legal_hold", "LegalHold").get("Status") == "ON")


def retained_until(bucket: Bucket, one: Version) -> datetime | None:
    """Return until when (UTC) a retention keeps this version, even if that is past; None without one. Raises `Unavailable`."""
    until = _ask_of_version(bucket, one, "get_object_retention", "Retention").get("RetainUntilDate")
    return until.astimezone(UTC) if isinstance(until, datetime) else None


def _ask_of_version(bucket: Bucket, one: Version, operation: str, kind: str) -> dict[str, Any]:
    """Return the part `kind` of the SDK's answer about one version; empty if there is no lock, or no such version."""
    try:
        return dict(bucket.ask(operation, one.name, VersionId=one.id).get(kind, {}))
    except Absent:
        return {}
    except Unavailable as error:
        if error.answer not in _NO_LOCK_THERE:
            raise
        return {}


_STORED_MEANWHILE = timedelta(minutes=1)


class Remnant(NamedTuple):
    """Something left in the bucket: a version, a delete marker, or an unfinished upload; `size` in bytes.

    `identity` is that of a version other than the current one.
    """

    name: str
    id: str
    kind: str
    size: int = 0
    identity: str = ""

    @property
    def shown(self) -> str:
        """Its name, with what it is."""
        return f"{printable_name(self.name)} ({self.kind} {self.id})"


def find_remains(bucket: Bucket, sought: Collection[Sought]) -> Mapping[str, tuple[str, ...]]:
    """Return, by native id, what is left of each recording below the prefix; one pass over all versions.

    Counted are anything with the name of the audio or its metadata, and every version of the same size and SHA-256, under
    any name. It uses a client of its own, and blocks. Raises `Unavailable` if anything couldn't be looked at.
    """
    if not sought:
        return {}
    traces = _Traces(bucket.second_client(), sought)
    traces.look_up_names()
    traces.search_prefix()
    return traces.remains()


class _Traces:
    """What belongs to the recordings that are sought, and what was found of each."""

    def __init__(self, bucket: Bucket, sought: Collection[Sought]) -> None:
        self._bucket = bucket
        self._found: dict[str, set[Remnant]] = {one.native_id: set() for one in sought}
        # The native ids of those sought: by name, by size and SHA-256, and if overwritten by name and identity.
        self._named: dict[str, set[str]] = defaultdict(set)
        self._by_digest: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._hashed: dict[Remnant, str] = {}  # the SHA-256 of versions that were read
        self._past: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in sought:
            if (past := written_over(one.native_id)) is not None:
                for name, identity in zip((past.name, sidecar_of(past.name)), split_stamp(past.stamp), strict=True):
                    self._past[name, identity].add(one.native_id)
                continue
            for name in (one.native_id, sidecar_of(one.native_id)):
                self._named[name].add(one.native_id)
        for one in sought:
            if one.size and one.audio:
                self._by_digest[one.size][one.audio.lower()].add(one.native_id)

    def remains(self) -> Mapping[str, tuple[str, ...]]:
        """Return the printable names of what was found of each recording."""
        return {one: tuple(sorted(remnant.shown for remnant in found)) for one, found in self._found.items()}

    def look_up_names(self) -> None:
        """Look up each name separately, in case a long listing leaves something out."""
        for name in {*self._named, *(name for name, _ in self._past)}:
            for one in self._versions_named(name):
                self._note_remnant(one)
            for page in self._bucket.pages("list_multipart_uploads", name):
                for upload in page.get("Uploads", ()):
                    self._note_remnant(
                        Remnant(self._bucket.place.name(upload["Key"]), upload["UploadId"], "upload that was begun")
                    )

    def search_prefix(self) -> None:
        """Look at every version below the prefix, then at every object without a listed version.

        Such an object may have been stored meanwhile; if it's older, the listing has gaps, and `Unavailable` is raised.
        """
        began, listed = self._bucket.now(), set[int]()
        for page in self._bucket.pages("list_object_versions"):
            for one in self._left_in_page(page):
                listed.add(hash(one.name))
                self._note_remnant(one)
        for page in self._bucket.pages("list_objects_v2"):
            for shown in page.get("Contents", ()):
                if hash(name := self._bucket.place.name(shown["Key"])) not in listed:
                    self._note_unlisted(name, old=shown["LastModified"] < began - _STORED_MEANWHILE)

    def _note_unlisted(self, name: str, *, old: bool) -> None:
        """Look at an object that the list of versions left out; raises `Unavailable` if it's too `old` to be new."""
        for one in self._versions_named(name):
            self._note_remnant(one)
            if old:
                raise Unavailable("The bucket's list of versions is incomplete, so I can't rely on it.")

    def _versions_named(self, name: str) -> list[Remnant]:
        """Return all versions and delete markers of this name."""
        pages = self._bucket.pages("list_object_versions", name)
        return [one for page in pages for one in self._left_in_page(page) if one.name == name]

    def _left_in_page(self, page: dict[str, Any]) -> Iterator[Remnant]:
        """Yield the versions and delete markers in a page of a listing."""
        for kind, listed in (("version", "Versions"), ("delete marker", "DeleteMarkers")):
            for entry in page.get(listed, ()):
                size = entry.get("Size", 0)
                identity = stamp_part(entry["ETag"], size) if kind == "version" and not entry["IsLatest"] else ""
                yield Remnant(self._bucket.place.name(entry["Key"]), entry["VersionId"], kind, size, identity)

    def _note_remnant(self, one: Remnant) -> None:
        """Note which recordings this is left over from."""
        owners = self._named.get(one.name, set()) | self._past.get((one.name, one.identity), set())
        if by_digest := self._by_digest.get(one.size) if one.kind == "version" else None:
            if one not in self._hashed:
                self._hashed[one] = self._bucket.digest(one.name, one.id)
            owners |= {
                name for name in by_digest.get(self._hashed[one], ()) if one.identity or not _is_shown_over(one, name)
            }
        for native_id in owners:
            self._found[native_id].add(one)


def _is_shown_over(one: Remnant, native_id: str) -> bool:
    """Return True if this is the current object that overwrote the sought recording, with the same audio."""
    past = written_over(native_id)
    return past is not None and past.name == one.name
