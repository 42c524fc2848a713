"""What an installed app brings, its slash commands, and what it does, its calls."""

from dataclasses import dataclass
from typing import NamedTuple

from bot.rehearsal.slack.people import Json


class Call(NamedTuple):
    """One Web API call as it came, and what it was answered (`lost`: nothing arrived)."""

    method: str
    args: Json
    answer: Json


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command of the app's manifest."""

    command: str
    description: str = ""
    usage_hint: str = ""
