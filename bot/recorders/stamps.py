"""The stamp of a recording that is two files or objects: each has a part of its own, so that each can be told from another."""

from __future__ import annotations

from hashlib import blake2b

from bot.ports import Changed


def part(*facts: object) -> str:
    """What a stamp says of one file, given the facts that tell it from another."""
    return blake2b(repr(facts).encode(), digest_size=10).hexdigest()


def joined(audio: str, sidecar: str, *more: str) -> str:
    """The stamp of audio and metadata (empty where there is none); `more` changes with whatever else describes them."""
    return ".".join((audio, sidecar, *more))


def parts(stamp: str) -> tuple[str, str]:
    """What a stamp says of the audio, and of the metadata."""
    audio, sidecar, *_ = (*stamp.split("."), "")
    return audio, sidecar


def changed(stamp: str) -> str:
    """What it says of whatever else describes them; of files, when the disk last saw them change."""
    return (*stamp.split("."), "", "", "")[2]


def refuse_another(native_id: str, stamp: str, audio: str = "", sidecar: str = "") -> None:
    """Raise `Changed` where the audio or the metadata that are there now are not those of the stamp; empty is not there."""
    if any(now not in ("", was) for now, was in zip((audio, sidecar), parts(stamp), strict=True)):
        raise Changed(native_id)
