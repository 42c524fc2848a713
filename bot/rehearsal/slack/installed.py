"""An installed app: its slash commands, and the calls it makes."""

from dataclasses import dataclass
from typing import NamedTuple

from bot.rehearsal.slack.people import Json


class Call(NamedTuple):
    """One Web API call as it arrived, and its answer."""

    method: str
    args: Json
    answer: Json


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command of the app's manifest."""

    command: str
    description: str = ""
    usage_hint: str = ""
