"""Reads an address such as `s3://bucket/prefix`, and says which names can be those of recordings there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from bot.ports import Absent
from bot.recorders.tree import UNSAFE, inside, media_type

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST_KEY = 1024  # bytes, as S3 counts
_EXAMPLE = "Write it like s3://bucket/prefix."


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, the start that all names in it have (empty, or with a slash behind it), and where it is, unless the SDK knows."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None

    @classmethod
    def at(cls, url: str) -> Self:
        """The place at `s3://bucket/prefix?endpoint=https://…&region=…`; ValueError says what to mend."""
        parts = urlsplit(url)
        if "@" in parts.netloc:
            raise ValueError(f"RECORDINGS_URL has a name or a password in it: the SDK finds those itself. {_EXAMPLE}")
        if not _BUCKET.fullmatch(parts.netloc) or parts.netloc.endswith("--x-s3"):
            raise ValueError(f"{parts.netloc!r} is not the name of a general purpose bucket. {_EXAMPLE}")
        if parts.fragment:
            raise ValueError(f"RECORDINGS_URL has a # in it: write %23. {_EXAMPLE}")
        prefix = unquote(parts.path).strip("/")
        if prefix and not storable(prefix):
            raise ValueError(f"RECORDINGS_URL has a prefix that can't be used. {_EXAMPLE}")
        return cls(parts.netloc, f"{prefix}/" if prefix else "", *_options(parts.query))

    def key(self, name: str) -> str:
        """The object's whole name of what has this name below the prefix."""
        return self.prefix + name

    def name(self, key: str) -> str:
        """The opposite of `key`."""
        return key.removeprefix(self.prefix)


def safe(endpoint: str) -> bool:
    """Whether audio may pass there: by TLS, or on this machine."""
    parts = urlsplit(endpoint)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def storable(name: str) -> bool:
    """Whether a name is one that is kept everywhere as it is; with a backslash or an empty step some servers make another of it."""
    return inside(name) and "\\" not in name and len(name.encode()) <= _LONGEST_KEY


def names_audio(name: str) -> bool:
    """Whether a recording's audio may have this name."""
    try:
        return storable(name) and bool(media_type(name))
    except Absent:
        return False


def bad_name(name: str) -> bool:
    """Whether a name that is not hidden can't be kept."""
    return bool(UNSAFE.search(name)) or "\\" in name or "" in name.split("/")


def _options(query: str) -> tuple[str | None, str | None]:
    try:
        found = {name: values[-1] for name, values in parse_qs(query, strict_parsing=bool(query)).items()}
    except ValueError as why:
        raise ValueError("RECORDINGS_URL has a ? in it: write %3F, or endpoint=https://… behind it.") from why
    if odd := found.keys() - {"endpoint", "region"}:
        raise ValueError(f"RECORDINGS_URL asks for {min(odd)!r}. Known are: endpoint, region.")
    endpoint = found.get("endpoint")
    if endpoint is not None and not safe(endpoint):
        raise ValueError("RECORDINGS_URL names an endpoint without https://, so that anybody on the way could listen.")
    return endpoint, found.get("region")
