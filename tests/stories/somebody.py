"""What a person does and sees in the main job, in the same words for each chat platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Seen:
    """Something on a screen as it was at one look: what it says, and what can be pressed. `news` is what its
    notification said. `place` is the platform's own, so that an outdated one can be pressed too.
    """

    words: str
    buttons: list[str]
    news: str
    place: Any  # a message, a dialog or the home, in the platform's shape

    @property
    def offers(self) -> list[str]:
        """What a card offers besides Details, which is on each."""
        return [one for one in self.buttons if one != "Details"]


@dataclass(frozen=True, slots=True)
class Looked:
    """What to choose in a look-up: the first `most` that it finds for what is `typed`."""

    typed: str = ""
    most: int = 1


Answers = Mapping[str, str | Looked]
"""What is filled in, by the fields' labels."""


class Somebody(Protocol):
    """A person on one platform. Pressing what isn't on the screen raises `LookupError`."""

    async def arrive(self) -> None:
        """Do whatever lets the bot write to this person."""

    async def ask(self, reason: str, answers: Mapping[str, str], typed: str) -> None:
        """Type the command, choose the first call that `typed` finds, fill in what the form asks, and send it."""

    async def press(self, seen: Seen, button: str) -> None:
        """Press a button that does something at once, or that opens something."""

    async def send(self, seen: Seen, button: str, words: str) -> None:
        """Press a button that opens a form with one field, write into it, and send it."""

    async def link(self, seen: Seen, button: str = "Listen", opens: str = "Open the player") -> str:
        """Press Listen or another button, return the address that the player's (or another) button opens, and go back."""

    async def open_home(self) -> None:
        """Look at the home."""

    def home(self) -> Seen:
        """Return the home as it is."""

    def front(self) -> Seen:
        """Return what the last press of a button opened, as it is now."""

    def cards(self, request: str = "R-") -> list[Seen]:
        """Return the cards of this request as they are, oldest first; of all requests if none is named."""
