"""Who holds a role or confirms customers' requests, met on a chat platform before anybody asks them anything."""

from __future__ import annotations

import structlog

from bot.chats.directory import Directory
from bot.ports import NOT_INSTALLED, Unavailable, Unreachable
from handlers.policy import Policy
from storage.database.store import DatabaseDown

log = structlog.get_logger()


async def meet_holders(directory: Directory, policy: Policy) -> None:
    """Look up whoever the policy names for something, so that their names and zones stand on the first card. Raises nothing."""
    held = (email for role in policy.roles.held().values() for email in (role.holder, *role.deputies))
    for email in dict.fromkeys((*held, *policy.customers.handlers)):
        try:
            await directory.meet(await directory.chat.find(email))
        except (Unavailable, Unreachable) as error:
            if error.code != NOT_INSTALLED:
                log.warning("officer.not_found", platform=directory.chat.platform, code=error.code)
        except DatabaseDown:
            log.warning("officer.not_found", platform=directory.chat.platform, code="database")
        except Exception as error:  # whatever it is, the others are met
            log.exception("officer.fault", platform=directory.chat.platform, error=type(error).__name__)
