"""A bucket's address, and requests to it through the vendor's SDK, which blocks and so runs in threads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from botocore.loaders import create_loader

from bot.ports import Absent, Changed, ResponseListener, Unavailable, ignore_response
from bot.recorders import sidecar, tree

READERS = 8  # requests side by side
FACTS_LAST = 3600.0  # seconds
_CHUNK = 1024 * 1024  # bytes
_SETTINGS = Config(
    signature_version="s3v4",
    connect_timeout=5,
    read_timeout=20,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=2 * READERS,
    # Servers of other makers know no trailing checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_CREDENTIALS_REFUSED = {
    "403", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch",
    "TokenRefreshRequired",
}  # fmt: skip
"""Answers after which the SDK looks for credentials again; a HEAD says only 403."""
_SHAPES = create_loader()  # what the SDK knows of S3: read once, since that takes a fifth of a second
TOO_MANY = {"SlowDown", "ServiceUnavailable", "RequestLimitExceeded", "TooManyRequests", "429", "503"}
"""Answers that we ask too much, whatever it is."""
_NO_OBJECT_LOCK = {"ObjectLockConfigurationNotFoundError", "NotImplemented", "MethodNotAllowed", "InvalidRequest"}


class Item(NamedTuple):
    """An object; `size` in bytes, `modified` aware and in whole seconds, `version` empty in a bucket without versions."""

    etag: str
    size: int
    modified: datetime
    version: str = ""

    @property
    def identity(self) -> str:
        """What tells it from another object of that name."""
        # Without the time, which some servers set again when a hold is put on an object.
        return sidecar.stamp_part(self.etag, self.size)


class Version(NamedTuple):
    """One version of an object, or a delete marker, which has no audio; `modified` is aware."""

    name: str
    id: str
    marker: bool
    modified: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """How a bucket is set up: it keeps versions, it can lock them, it locks each for so many `days` in a `mode`."""

    versions: bool
    locks: bool
    days: int = 0
    mode: str = ""


class Bucket:
    """One bucket. Every method raises `Unavailable`, and `Absent` if it names an object; `page` is the length of a listing's page."""

    def __init__(
        self, place: Place, seconds: Callable[[], float], now: Callable[[], datetime], page: int = 1000,
        hears: ResponseListener = ignore_response, *, signed: bool = True,
    ) -> None:  # fmt: skip
        self.place, self.page, self.now, self._seconds, self._hears = place, page, now, seconds, hears
        self._signed = signed
        self._made: Any = None
        self._facts: tuple[float, Facts] | None = None

    @property
    def client(self) -> Any:
        """The SDK's client; the SDK finds the credentials itself."""
        made = self._made
        if made is None:
            made = self._made = _make_client(self.place, signed=self._signed)
            made.meta.events.register("after-call.s3", self._hear_headers)
        return made

    def second_client(self, *, signed: bool = True) -> Bucket:
        """Return the same bucket with a client of its own, or, unsigned, as a stranger sees it."""
        return Bucket(self.place, self._seconds, self.now, self.page, signed=signed)

    def _hear_headers(self, http_response: Any, **_: Any) -> None:
        """Pass on a response's host and headers; the SDK calls this after each request."""
        self._hears(urlsplit(http_response.url).hostname or "", http_response.headers)

    def ask(self, operation: str, name: str | None = None, **given: Any) -> Any:
        """Make one request and return the SDK's answer; `name` is an object below the prefix. Raises our errors."""
        if name is not None:
            given["Key"] = self.place.key(name)
        try:
            return getattr(self.client, operation)(Bucket=self.place.bucket, **given)
        except ClientError as error:
            raise self._as_port_error(error, name) from error
        except (BotoCoreError, OSError, RecursionError) as error:  # a redirect in a circle is followed to the end
            raise _failure_sentence(error) from error

    def _as_port_error(self, error: ClientError, name: str | None) -> Exception:
        """Return our error for one of the SDK's."""
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if code in _CREDENTIALS_REFUSED:
            self._made = None
        if name is not None and (code in ("NoSuchKey", "NoSuchVersion") or (code == "404" and self.exists())):
            return Absent(name)
        if status == 412:
            return Changed(name or "")
        return refusal_for(self.place.bucket, code or str(status))

    def exists(self) -> bool:
        """Return True if the bucket exists, else raise; a 404 for an object may also mean that there is no bucket."""
        # A listing may be allowed below the prefix alone.
        return bool(require_listing(self.ask("list_objects_v2", Prefix=self.place.prefix, MaxKeys=1)))

    def head(self, name: str, version: str = "") -> Item:
        """Return the object's present facts, or those of one version."""
        return read_item(self.ask("head_object", name, **({"VersionId": version} if version else {})))

    def head_or_none(self, name: str) -> Item | None:
        """Return the object like `head`; None if there is none."""
        try:
            return self.head(name)
        except Absent:
            return None

    def content(self, name: str, etag: str, most: int) -> bytes:
        """Return the first bytes of an object, at most `most`; raises `Changed` if its tag is another."""
        found = self.ask("get_object", name, IfMatch=etag, Range=f"bytes=0-{most - 1}")
        return read_whole(found["Body"])

    def versions(self, name: str) -> list[Version]:
        """Return all versions and delete markers of one object."""
        return [
            Version(name, one["VersionId"], kind == "DeleteMarkers", one["LastModified"])
            for page in self.pages("list_object_versions", name)
            for kind in ("Versions", "DeleteMarkers")
            for one in page.get(kind, ())
            if one["Key"] == self.place.key(name)
        ]

    def digest(self, name: str, version: str) -> str:
        """Return the SHA-256 (hex) of one version; empty if it's gone."""
        found = sha256()
        try:
            for chunk in self.ask("get_object", name, VersionId=version)["Body"].iter_chunks(_CHUNK):
                found.update(chunk)
        except Absent:
            return ""
        except (BotoCoreError, OSError) as error:
            raise _failure_sentence(error) from error
        return found.hexdigest()

    def all_hidden(self) -> dict[str, Item]:
        """Return, by name, the newest version of each audio object that a delete marker hides."""
        hidden, found = set[str](), dict[str, Item]()
        for page in self.pages("list_object_versions", ""):
            names = (self.place.name(one["Key"]) for one in page.get("DeleteMarkers", ()) if one["IsLatest"])
            hidden.update(filter(names_audio, names))  # the latest of a name is told before the others
            for one in page.get("Versions", ()):
                if (name := self.place.name(one["Key"])) in hidden and name not in found:
                    found[name] = Item(one["ETag"], one["Size"], one["LastModified"].replace(microsecond=0))
        return found

    def hidden(self, name: str) -> Item | None:
        """Return the newest version of an object that a delete marker hides; None if it has none."""
        versions = (one for one in self.versions(name) if not one.marker)
        newest = max(versions, key=lambda one: one.modified, default=None)
        return self.head(name, newest.id) if newest else None

    def pages(self, operation: str, start: str = "", **given: Any) -> Iterator[dict[str, Any]]:
        """Yield the pages of a listing of all names that begin with `start`, as the SDK returns them."""
        given |= {"MaxUploads" if operation == "list_multipart_uploads" else "MaxKeys": self.page}
        markers = dict[str, str]()
        while True:
            page = require_listing(self.ask(operation, Prefix=self.place.key(start), **given, **markers))
            yield page
            if not page.get("IsTruncated"):
                return
            next_markers = {mark: page[found] for mark, found in _MARKS[operation].items() if page.get(found)}
            if not next_markers or next_markers == markers:
                raise Unavailable("The bucket's listing is incomplete, so I can't rely on it.")
            markers = next_markers

    def facts(self) -> Facts:
        """Return how the bucket is set up; asked for at most once an hour."""
        if self._facts is None or self._seconds() >= self._facts[0]:
            self._facts = self._seconds() + FACTS_LAST, self._ask_facts()
        return self._facts[1]

    @property
    def known_facts(self) -> Facts:
        """How the bucket was last known to be set up; until it was asked, assume neither versions nor locks."""
        return self._facts[1] if self._facts else Facts(versions=False, locks=False)

    def _ask_facts(self) -> Facts:
        """Ask the bucket how it is set up. Raises `Unavailable`."""
        versions = bool(self.ask("get_bucket_versioning").get("Status"))  # what was kept stays where that is suspended
        try:
            found = self.ask("get_object_lock_configuration").get("ObjectLockConfiguration", {})
        except Unavailable as error:
            if error.answer not in _NO_OBJECT_LOCK:
                raise
            return Facts(versions, locks=False)
        rule = found.get("Rule", {}).get("DefaultRetention", {})
        days = rule.get("Days", 0) or 365 * rule.get("Years", 0)
        return Facts(versions, found.get("ObjectLockEnabled") == "Enabled", days, rule.get("Mode", "").lower())


_MARKS = {
    "list_objects_v2": {"ContinuationToken": "NextContinuationToken"},
    "list_object_versions": {"KeyMarker": "NextKeyMarker", "VersionIdMarker": "NextVersionIdMarker"},
    "list_multipart_uploads": {"KeyMarker": "NextKeyMarker", "UploadIdMarker": "NextUploadIdMarker"},
}
"""For each listing: the parameters that ask for the next page, and the fields of the last page that hold them."""


def require_listing(page: dict[str, Any]) -> dict[str, Any]:
    """Return a page of a listing; raises `Unavailable` if it's something else, such as a proxy's log-in page."""
    if not page.keys() & {"Name", "Bucket"} or "IsTruncated" not in page:
        raise Unavailable("Something other than the bucket answered.")
    return page


def read_item(answer: dict[str, Any]) -> Item:
    """Return the object that an answer of the SDK describes; raises `Unavailable` for any other answer."""
    try:
        moment = answer["LastModified"].replace(microsecond=0)
        return Item(answer["ETag"], answer["ContentLength"], moment, answer.get("VersionId") or "")
    except KeyError as error:
        raise Unavailable("Something other than the bucket answered.") from error


def read_whole(body: Any) -> bytes:
    """Return the body of an answer; raises `Unavailable` if it breaks off."""
    try:
        return bytes(body.read())
    except (BotoCoreError, OSError, ValueError) as error:
        raise _failure_sentence(error) from error
    finally:
        body.close()


def refusal_for(bucket: str, code: str) -> Unavailable:
    """Return the error for a refused request, in a sentence that says what to do."""
    match code:
        case "NoSuchBucket" | "404":
            words = f"There is no bucket {bucket}: create it, or correct RECORDINGS_URL."
        case "AccessDenied" | "403" | "AllAccessDisabled":
            words = f"The bucket {bucket} refuses access (403): check the credentials, and the permissions in docs/running.md."
        case "InvalidObjectState":
            words = "The audio was moved to an archive class: have it restored in the storage first."
        case "PermanentRedirect" | "AuthorizationHeaderMalformed" | "301" | "307":
            words = f"The bucket {bucket} is in another region: name it in AWS_REGION or in RECORDINGS_URL."
        case "RequestTimeTooSkewed":
            words = "This machine's clock or the storage's is wrong: correct it."
        case _ if code in _CREDENTIALS_REFUSED:
            words = f"The bucket {bucket} doesn't accept these credentials ({code}): provide new ones."
        case _:
            words = f"The bucket {bucket} answers {code}."
    return Unavailable(words, answer=code)


def _failure_sentence(error: Exception) -> Unavailable:
    """Return the error for a request without an answer, in a sentence."""
    # An error's own words may hold an address that is signed.
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return Unavailable(
            "I have no credentials for the bucket. Give me some the SDK's usual way: AWS_PROFILE, a role or keys."
        )
    return Unavailable(f"I can't reach the bucket ({type(error).__name__}).")


def _make_client(place: Place, *, signed: bool) -> Any:
    """Return an SDK client; raises `Unavailable` if its configuration doesn't work or isn't encrypted."""
    settings = _SETTINGS if signed else _SETTINGS.merge(Config(signature_version=UNSIGNED))
    session = botocore.session.get_session()
    session.register_component("data_loader", _SHAPES)
    try:
        made = session.create_client("s3", region_name=place.region, endpoint_url=place.endpoint, config=settings)
    except (BotoCoreError, ValueError, OSError) as error:
        raise Unavailable(f"The SDK's own configuration doesn't work ({type(error).__name__}).") from error
    if not is_safe_endpoint(made.meta.endpoint_url):
        raise Unavailable("The endpoint isn't https://, so others could listen in: correct AWS_ENDPOINT_URL_S3.")
    return made


LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST_KEY = 1024  # bytes, as S3 counts
_EXAMPLE = "Write it like s3://bucket/prefix."


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, the prefix of all names in it (empty, or with a slash at the end), and where it is, if the SDK doesn't know."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the place at `s3://bucket/prefix?endpoint=https://…&region=…`; ValueError says what to fix."""
        parts = urlsplit(url)
        if "@" in parts.netloc:
            raise ValueError(
                f"RECORDINGS_URL has a name or password in it. Take it out: the SDK finds its own. {_EXAMPLE}"
            )
        if not _BUCKET.fullmatch(parts.netloc) or parts.netloc.endswith("--x-s3"):
            raise ValueError(f"{parts.netloc!r} isn't the name of a general purpose bucket. {_EXAMPLE}")
        if parts.fragment:
            raise ValueError(f"RECORDINGS_URL has a # in it: write %23. {_EXAMPLE}")
        prefix = unquote(parts.path).strip("/")
        if prefix and not is_storable(prefix):
            raise ValueError(f"RECORDINGS_URL has a prefix that I can't use. {_EXAMPLE}")
        return cls(parts.netloc, f"{prefix}/" if prefix else "", *_read_options(parts.query))

    def key(self, name: str) -> str:
        """Return the whole name of an object, given its name below the prefix."""
        return self.prefix + name

    def name(self, key: str) -> str:
        """Return an object's name below the prefix, given its whole name."""
        return key.removeprefix(self.prefix)


def is_safe_endpoint(endpoint: str) -> bool:
    """Return True if audio may be sent there: over TLS, or on this machine."""
    parts = urlsplit(endpoint)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def is_storable(name: str) -> bool:
    """Return True if every server stores this name unchanged; some alter a backslash or an empty step."""
    return tree.is_inside(name) and "\\" not in name and len(name.encode()) <= _LONGEST_KEY


def names_audio(name: str) -> bool:
    """Return True if a recording's audio may have this name."""
    try:
        return is_storable(name) and bool(tree.media_type(name))
    except Absent:
        return False


def bad_name(name: str) -> bool:
    """Return True if a name, other than a hidden one, can't be stored."""
    return bool(tree.UNSAFE.search(name)) or "\\" in name or "" in name.split("/")


def _read_options(query: str) -> tuple[str | None, str | None]:
    """Return endpoint and region from RECORDINGS_URL's options. Raises ValueError."""
    try:
        found = {name: values[-1] for name, values in parse_qs(query, strict_parsing=bool(query)).items()}
    except ValueError as why:
        raise ValueError("RECORDINGS_URL has a ? in it: write %3F for it, or endpoint=https://… after it.") from why
    if odd := found.keys() - {"endpoint", "region"}:
        raise ValueError(f"RECORDINGS_URL has {min(odd)!r} in it. It takes only endpoint and region.")
    endpoint = found.get("endpoint")
    if endpoint is not None and not is_safe_endpoint(endpoint):
        raise ValueError("RECORDINGS_URL's endpoint isn't https://, so others could listen in.")
    return endpoint, found.get("region")
