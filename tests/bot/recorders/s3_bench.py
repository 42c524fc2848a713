"""The bench of a bucket on a real server: what the call centre's software does there, and what a look needs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.ports import Recorder
from bot.recorders.s3.asking import Place
from bot.recorders.s3.recorder import BucketRecorder
from tests.clocks import Seconds
from tests.s3_server import Storage

from .benches import TwoFiles, sidecar

NOWHERE = "http://127.0.0.1:9"  # where no server answers


class S3Bench(TwoFiles):
    """A part of a bucket, below its own prefix, listed in small pages; `through` is another address of the same server."""

    many, hides = 40, True

    def __init__(self, storage: Storage, bucket: str, prefix: str, page: int = 10, through: str = "") -> None:
        self.storage, self.client, self.bucket, self.prefix = storage, storage.client, bucket, prefix
        self.seconds = Seconds()
        self.place = Place(bucket, f"{prefix}/" if prefix else "", through or storage.endpoint, "us-east-1")
        self.made = BucketRecorder(self.place, seconds=self.seconds, page=page)
        self.recorder: Recorder = self.made

    def take(self, native_id: str) -> None:
        for name in (native_id, sidecar(native_id)):
            self.client.delete_object(Bucket=self.bucket, Key=self.place.key(name))

    def cut_off(self) -> None:
        self._at(NOWHERE)

    def reconnect(self) -> None:
        self._at(self.place.endpoint or "")

    def _at(self, endpoint: str) -> None:
        self.made.bucket.place = replace(self.place, endpoint=endpoint)
        self.made.bucket._made = None

    def write(self, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=self.place.key(name), Body=content)

    def remove(self, name: str) -> None:
        for one in self.versions(name):
            self.client.delete_object(Bucket=self.bucket, Key=one["Key"], VersionId=one["VersionId"])

    def names(self) -> set[str]:
        return {self.place.name(one["Key"]) for one in self.versions()}

    def versions(self, name: str = "") -> list[dict[str, Any]]:
        """Return all versions and delete markers, of one name or of all."""
        return [one for one in self._versions() if name in ("", self.place.name(one["Key"]))]

    def _versions(self) -> Iterator[dict[str, Any]]:
        told = self.client.list_object_versions(Bucket=self.bucket, Prefix=self.place.prefix)
        assert not told["IsTruncated"]
        yield from told.get("Versions", [])
        yield from told.get("DeleteMarkers", [])

    def lock(self, name: str, *, on: bool = True, version: str = "") -> None:
        """Set a legal hold, as another program would."""
        which = {"VersionId": version} if version else {}
        status = {"Status": "ON" if on else "OFF"}
        self.client.put_object_legal_hold(Bucket=self.bucket, Key=self.place.key(name), LegalHold=status, **which)
