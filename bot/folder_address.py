"""A folder as a setting names it: by an address, since others of the kind name something else than a folder."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit


def folder_at(url: str, like: str) -> Path:
    """The folder at `file:///mnt/journal` or, from the working directory, `file:journal`.

    Raises ValueError with a sentence that says how to write it: as in `like`, an address of three slashes.
    """
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise ValueError(f"{url!r} isn't a folder's address. Write it like {like}.")
    if parts.netloc not in ("", "localhost"):
        raise ValueError(f"{url} names another machine. Write three slashes, as in {like}.")
    if parts.query or parts.fragment:
        raise ValueError(f"{url} has a ? or # in it. Write %3F for ? and %23 for #.")
    if not parts.path:
        raise ValueError(f"{url} names no folder. Write one, as in {like}.")
    return Path(unquote(parts.path))


def folder_of(url: str) -> Path:
    """Return the journal's folder; else ValueError with a sentence."""
    return folder_at(url, "file:///mnt/journal")
