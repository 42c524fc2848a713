"""More time for a slow machine: platforms that wait longer than the real ones, and a bot that hurries no more than they
do.
"""

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
    (bot.slack.answers, "PATIENCE"), (bot.slack.answers, "KEEPING"), (bot.slack.form, "PATIENCE"),
    (bot.teams.platform, "PATIENCE"), (bot.listeners, "PATIENCE"),
)  # fmt: skip
ITS_OWN = [getattr(*one) for one in IN_THE_BOT]


@contextmanager
def unhurried() -> Iterator[None]:
    """Give the bot in this process as much time as the patient platforms, and its database more."""
    with patiently(), ExitStack() as stack:
        for one in IN_THE_BOT:
            stack.enter_context(patch.object(*one, PATIENCE - 1))
        yield
