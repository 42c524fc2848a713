"""What is drawn: one message, dialog or home as somebody in the sample company has it on the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["message", "modal", "home", "confirm"]
Platform = Literal["slack", "teams"]


@dataclass(frozen=True, slots=True)
class Shot:
    """`name` says whose screen or which variant it is; `seen` is the JSON that Slack would get, `twin` Teams' message.

    `about` has what drawing needs beside it: the reader (`uid`, `zone`), `now` (ISO) and everybody's names by id.
    `errors` are sentences at fields of a modal; `spoken` is a message's notification sentence.
    """

    name: str
    kind: Kind
    seen: Json
    about: Json
    errors: dict[str, str] = field(default_factory=dict)
    twin: Json = field(default_factory=dict)

    @property
    def spoken(self) -> str:
        return str(self.seen.get("text", "")) if self.kind == "message" else ""

    def drawing(self, platform: Platform) -> Json:
        """What the `draw` of that platform's page takes."""
        if platform == "teams":
            return self.twin
        return {"kind": self.kind, "seen": self.seen, "errors": self.errors, **self.about}


@dataclass(frozen=True, slots=True)
class State:
    """One state of one thing, with all its pictures; `path` is unique and fit for a file name."""

    group: str
    name: str
    shots: tuple[Shot, ...]

    def path(self, shot: Shot) -> str:
        words = f"{self.group} {self.name} {shot.name}".lower()
        return "-".join("".join(sign if sign.isalnum() else " " for sign in words).split())
