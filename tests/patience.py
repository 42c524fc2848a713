"""What a slow machine is given: platforms that wait longer than the real ones do, and a bot that hurries no more than they."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import bot.listeners
import bot.slack.answers
import bot.slack.form
import bot.teams.platform
from tests.databases import patiently

PATIENCE = 20.0  # seconds; Slack's own are 3, and `tests/bot/test_patience.py` holds the bot's to them
IN_THE_BOT = (
    (bot.slack.answers, "PATIENCE"),
    (bot.slack.answers, "KEEPING"),
    (bot.slack.form, "PATIENCE"),
    (bot.teams.platform, "PATIENCE"),
    (bot.listeners, "PATIENCE"),
)
ITS_OWN = [getattr(*one) for one in IN_THE_BOT]


@contextmanager
def unhurried() -> Iterator[None]:
    """The bot in this process gives what is asked of it as much time as the patient platforms do, and its database more."""
    with patiently(), _giving([PATIENCE - 1] * len(IN_THE_BOT)):
        yield


@contextmanager
def at_its_own_pace() -> Iterator[None]:
    """Within that: for as long as this, the bot hurries as the real platforms make it."""
    with _giving(ITS_OWN):
        yield


@contextmanager
def _giving(seconds: list[float]) -> Iterator[None]:
    with ExitStack() as stack:
        for one, told in zip(IN_THE_BOT, seconds, strict=True):
            stack.enter_context(patch.object(*one, told))
        yield
