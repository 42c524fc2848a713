"""What can be wanted of the calls that are kept for a report (P9, P13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from handlers.breach.intents.confidential import Within

PART = (1 << 20) - 1
"""Bytes of a kept call's audio that are sealed, and asked for, together. Each fills a mebibyte, so the shorter last one tells no size."""


@dataclass(frozen=True)
class Keep(Within[str]):
    """Begin a copy of a call's audio for the report; its name."""

    action: ClassVar[str] = "breach.keep"
    recording: int


@dataclass(frozen=True)
class Measure(Within[None]):
    """How long that copy lasts, as the register says now, so that it is heard at its own pace."""

    action: ClassVar[str] = "breach.measure"
    name: str


@dataclass(frozen=True)
class Keeping(Within[None]):
    """A part of that copy (from 0)."""

    action: ClassVar[str] = "breach.keeping"
    name: str
    part: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Kept(Within[None]):
    """The copy is whole: so many parts, and bytes of this media type."""

    action: ClassVar[str] = "breach.kept"
    name: str
    recording: int
    parts: int
    size: int
    media_type: str


@dataclass(frozen=True)
class AskToHear(Within[None]):
    """A handler asks to hear a call for the report; whoever decides investigations, and is not out, decides."""

    action: ClassVar[str] = "breach.ask_to_hear"
    name: str


@dataclass(frozen=True)
class DecideHearing(Within[None]):
    """Whoever was asked allows it or does not."""

    action: ClassVar[str] = "breach.decide_hearing"
    name: str
    asker: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """A part of a kept call's audio; `size` is the bytes of the whole. Empty where there is no such part."""

    data: bytes = field(repr=False)
    size: int
    media_type: str


@dataclass(frozen=True)
class Hear(Within[Sound]):
    """A part of a kept call's audio, `PART` bytes from `part * PART` on, for whoever may hear it; each hearing is noted."""

    action: ClassVar[str] = "breach.hear"
    name: str
    part: int
