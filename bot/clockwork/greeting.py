"""The first words with a chat platform: who we are there, and who holds which role."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from bot.chats.directory import Directory
from bot.clockwork.holders import meet_holders
from handlers.policy import Policy

log = structlog.get_logger()
PAUSE = 5.0  # seconds until a platform that did not answer is asked again


async def greet(
    directory: Directory, policy: Policy, stopping: Callable[[], bool], answered: Callable[[], None]
) -> None:
    """Ask a platform who we are until it answers, which is told; then look up whom the policy names. Raises nothing of the platform's."""
    while not stopping():
        try:
            await directory.chat.greet()
        except Exception as error:  # noqa: BLE001  whatever it is, another try may find the platform well
            log.error("chat.not_reached", platform=directory.chat.platform, why=str(error) or type(error).__name__)
            await asyncio.sleep(PAUSE)
        else:
            answered()
            await meet_holders(directory, policy)
            return
