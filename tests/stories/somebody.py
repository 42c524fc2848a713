"""What a person does and sees in the main job, the same words for each chat platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Seen:
    """Something on a screen, as it stood at one look: what it says, and what can be pressed.

    `news` is what its notification said. `place` is the platform's own, so that an outdated one can be pressed too.
    """

    words: str
    buttons: list[str]
    news: str
    place: Any  # a message, a dialog or the home, in the platform's shape

    @property
    def offers(self) -> list[str]:
        """What a card offers beside Details, which is on each."""
        return [one for one in self.buttons if one != "Details"]


@dataclass(frozen=True, slots=True)
class Looked:
    """What is chosen in a look-up: the first `most` that it finds for what is `typed`."""

    typed: str = ""
    most: int = 1


Answers = Mapping[str, str | Looked]
"""What is filled in, by the fields' labels."""


class Somebody(Protocol):
    """A person on one platform. What is not on the screen can't be pressed: that raises `LookupError`."""

    async def arrive(self) -> None:
        """Do what has to be done before the bot can write to this person."""

    async def ask(self, reason: str, answers: Mapping[str, str], typed: str) -> None:
        """Type the command, choose the first call that `typed` finds, fill in what the form asks, and send it."""

    async def press(self, seen: Seen, button: str) -> None:
        """Press a button that does something at once, or that shows something in front."""

    async def send(self, seen: Seen, button: str, words: str) -> None:
        """Press a button that opens a form with one field, write into it, and send it."""

    async def link(self, seen: Seen, button: str = "Listen", opens: str = "Open the player") -> str:
        """Press Listen or another button, read the address that the player's (or another) button opens, and go back."""

    async def open_home(self) -> None:
        """Go and look at the home."""

    def home(self) -> Seen:
        """The home, as it stands."""

    def front(self) -> Seen:
        """What the last press of a button brought to the front, as it stands."""

    def cards(self, request: str = "R-") -> list[Seen]:
        """The cards of this request as they stand, oldest first; of all requests without one."""
