"""What those who handle a report can want of it (P13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.breach.intents.confidential import Confidential, Within
from handlers.breach.view import HandlerView


@dataclass(frozen=True)
class Read(Within[HandlerView]):
    """A handler looks at the report; it is noted in it."""

    action: ClassVar[str] = "breach.read"


@dataclass(frozen=True)
class Leave(Within[None]):
    """The page is left: its session ends."""

    action: ClassVar[str] = "breach.leave"


@dataclass(frozen=True)
class Acknowledge(Within[None]):
    """P13: a person has read it and says so to the reporter."""

    action: ClassVar[str] = "breach.acknowledge"


@dataclass(frozen=True)
class AcknowledgePressed(Confidential[None]):
    """The same, pressed on the card in chat: it counts only of who has opened the report."""

    action: ClassVar[str] = "breach.acknowledge_pressed"
    report: str

    @property
    def subject(self) -> str:
        return self.report


@dataclass(frozen=True)
class Ask(Within[None]):
    """A handler asks the reporter something, or tells how it stands: the first feedback."""

    action: ClassVar[str] = "breach.ask"
    words: str


@dataclass(frozen=True)
class Note(Within[None]):
    """A note that those who handle the report see, and nobody else."""

    action: ClassVar[str] = "breach.note"
    words: str


@dataclass(frozen=True)
class Accuse(Within[None]):
    """Somebody else is accused: whoever reads and is accused loses sight of it at once."""

    action: ClassVar[str] = "breach.accuse"
    person: str
    words: str


@dataclass(frozen=True)
class TakeStep(Within[None]):
    """A step of the Code of Conduct's process was taken, or not after all; by its number in the policy, from 1."""

    action: ClassVar[str] = "breach.step"
    number: int
    taken: bool


@dataclass(frozen=True)
class Gather(Within[None]):
    """Gather who listened to a call and by whose approval; by a call's number, its id at home, or a part of its reference."""

    action: ClassVar[str] = "breach.gather"
    words: str


@dataclass(frozen=True)
class Outcome(Within[None]):
    """What came of it, with the reference of the Code of Conduct's process; the bot words no verdict."""

    action: ClassVar[str] = "breach.outcome"
    reference: str
    words: str


@dataclass(frozen=True)
class Close(Within[None]):
    """Close it, with what the reporter is told. Where there are two handlers both close, or the Manager."""

    action: ClassVar[str] = "breach.close"
    words: str
